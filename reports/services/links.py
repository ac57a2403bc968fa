"""The way in for a party without an account: one link a seller and allegation, one code a complainant, and one link a
shop that comes by its marketplace's own, which nobody is sent."""

from datetime import datetime, timedelta

from django.conf import settings
from django.db import models

from accounts.choices import LinkPurpose
from accounts.models import AccessLink
from accounts.services import create_link, link_secret
from core import rulesets
from core.actors import Actor
from reports.models import Allegation, Complainant, Report
from sellers.models import Seller

#: A link that ends within so many days is not sent again: a new one is made.
_LEAST_DAYS = 30
#: How long a shop that came by its marketplace's link may stay, however busy, and how much of it a visit begins with
#: at least [ours]. One row a shop and day: the limits of codes count over all its visits, and revoking it ends them.
_SHOP_STAYS = timedelta(hours=24)
_SHOP_STAYS_AT_LEAST = timedelta(hours=8)


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


def shop_link(seller: Seller, *, now: datetime, actor: Actor) -> AccessLink:
    """The link that stands for a shop's visits of a day. Its secret is told to nobody: the marketplace's link is the
    way in. ``actor`` is the marketplace that vouches."""
    known = _opening(LinkPurpose.SELLER, seller, until=now + _SHOP_STAYS_AT_LEAST)
    if known is not None:
        return known
    return create_link(LinkPurpose.SELLER, subject=seller, valid_for=_SHOP_STAYS, now=now, actor=actor)[0]


def hand_over(old: Complainant, new: Complainant) -> None:
    """The codes of one complainant open what another holds from now on: both are the same person."""
    codes = AccessLink.objects.filter(purpose=LinkPurpose.TRACK, subject_type=old._meta.label_lower)
    codes.filter(subject_ref=str(old.pk)).update(subject_ref=str(new.pk))


def _secret(purpose: LinkPurpose, subject: models.Model, now: datetime) -> str:
    """The secret of the link that is there, or of a new one. Two made at once both open."""
    link = _opening(purpose, subject, until=now + timedelta(days=_LEAST_DAYS))
    if link is not None:
        return link_secret(link)
    return _new(purpose, subject, rulesets.current("reports").number("link_valid_days"), now)


def _new(purpose: LinkPurpose, subject: models.Model, days: int, now: datetime) -> str:
    return create_link(purpose, subject=subject, valid_for=timedelta(days=days), now=now, actor=None)[1]


def _opening(purpose: LinkPurpose, subject: models.Model, *, until: datetime) -> AccessLink | None:
    """The newest link to the subject that still opens at that later moment."""
    links = AccessLink.objects.opening(purpose, at=until)
    return links.filter(subject_type=subject._meta.label_lower, subject_ref=str(subject.pk)).order_by("-id").first()
