"""The way in for a party without an account: one link a seller and allegation, one code a complainant."""

from datetime import datetime, timedelta

from django.conf import settings
from django.db import models

from accounts.choices import LinkPurpose
from accounts.models import AccessLink
from accounts.services import create_link, link_secret
from core import rulesets
from reports.models import Allegation, Complainant, Report

#: A link that ends within so many days is not sent again: a new one is made.
_LEAST_DAYS = 30


def seller_link(allegation: Allegation, *, now: datetime) -> str:
    """Where the seller of the listing reads what is alleged, explains and appeals."""
    return f"{settings.SITE_ORIGIN}/seller/{_secret(LinkPurpose.SELLER, allegation, now)}/"


def tracking_link(subject: Complainant | Report, *, now: datetime) -> str:
    """Where a complainant follows, answers and appeals."""
    return f"{settings.SITE_ORIGIN}/track/{tracking_code(subject, now=now)}/"


def tracking_code(subject: Complainant | Report, *, now: datetime) -> str:
    """The code that opens the same; the key itself, so it stands in no log and no other party's mail."""
    return _secret(LinkPurpose.TRACK, subject, now)


def first_tracking_code(report: Report, *, days: int, now: datetime) -> str:
    """The same for a report that was filed just now, which has none yet: nothing is looked up."""
    return _new(LinkPurpose.TRACK, report, days, now)


def hand_over(old: Complainant, new: Complainant) -> None:
    """The codes of one complainant open what another holds from now on: both are the same person."""
    codes = AccessLink.objects.filter(purpose=LinkPurpose.TRACK, subject_type=old._meta.label_lower)
    codes.filter(subject_ref=str(old.pk)).update(subject_ref=str(new.pk))


def _secret(purpose: LinkPurpose, subject: models.Model, now: datetime) -> str:
    """The secret of the link that is there, or of a new one. Two made at once both open."""
    known = AccessLink.objects.filter(
        purpose=purpose,
        subject_type=subject._meta.label_lower,
        subject_ref=str(subject.pk),
        revoked_at__isnull=True,
        expires_at__gt=now + timedelta(days=_LEAST_DAYS),
    )
    link = known.order_by("-id").first()
    if link is not None:
        return link_secret(link)
    return _new(purpose, subject, rulesets.current("reports").number("link_valid_days"), now)


def _new(purpose: LinkPurpose, subject: models.Model, days: int, now: datetime) -> str:
    return create_link(purpose, subject=subject, valid_for=timedelta(days=days), now=now, actor=None)[1]
