"""Reads of arrivals and of what is fetched for them, in words of the domain."""

from datetime import datetime
from typing import TYPE_CHECKING

from django.apps import apps
from django.db import models
from django.db.models import Exists, F, OuterRef, Q

from accounts.models import Marketplace
from listings.arrival_rules import STEPS
from listings.choices import ArrivalStatus, FetchOutcome, PictureStatus

if TYPE_CHECKING:
    from listings.models import Arrival, ExpectedPicture, PictureFetch, PictureServer


class ArrivalQuerySet(models.QuerySet["Arrival"]):
    def waiting(self) -> "ArrivalQuerySet":
        """What waits for its pictures."""
        return self.filter(status=ArrivalStatus.WAITING)

    def may_become(self, status: ArrivalStatus) -> "ArrivalQuerySet":
        """What may take the step to that status."""
        return self.filter(status__in=[current for current, steps in STEPS.items() if status in steps])

    def of_listing(self, marketplace: Marketplace, external_id: str) -> "ArrivalQuerySet":
        return self.filter(marketplace=marketplace, external_id=external_id)

    def since_before(self, at: datetime) -> "ArrivalQuerySet":
        """What has waited since before then, the longest first."""
        return self.filter(waits_since__lt=at).order_by("waits_since")

    def with_missing_pictures(self) -> "ArrivalQuerySet":
        """What came in, or waits, without pictures that could not be had."""
        return self.filter(Exists(_pictures().missing().filter(arrival=OuterRef("pk"))))


class ExpectedPictureQuerySet(models.QuerySet["ExpectedPicture"]):
    def waiting(self) -> "ExpectedPictureQuerySet":
        """What is still to be had."""
        return self.filter(status=PictureStatus.WAITING)

    def missing(self) -> "ExpectedPictureQuerySet":
        """What could not be had."""
        return self.filter(status=PictureStatus.MISSING)

    def due(self, at: datetime) -> "ExpectedPictureQuerySet":
        """What may be fetched by then."""
        return self.waiting().filter(not_before__lte=at)

    def longest_waiting_first(self) -> "ExpectedPictureQuerySet":
        return self.order_by("not_before", "id")


class PictureFetchQuerySet(models.QuerySet["PictureFetch"]):
    def of_address(self, marketplace: Marketplace, digest: str) -> "PictureFetchQuerySet":
        return self.filter(marketplace=marketplace, address_digest=digest)

    def with_bytes(self) -> "PictureFetchQuerySet":
        """Those that brought a picture, or said that it is still the same."""
        return self.filter(outcome__in=[FetchOutcome.FETCHED, FetchOutcome.UNCHANGED])

    def with_new_bytes(self) -> "PictureFetchQuerySet":
        """Those that brought the picture itself."""
        return self.filter(outcome=FetchOutcome.FETCHED)

    def since(self, at: datetime) -> "PictureFetchQuerySet":
        return self.filter(fetched_at__gte=at)


class PictureServerQuerySet(models.QuerySet["PictureServer"]):
    def free(self, at: datetime) -> "PictureServerQuerySet":
        """Servers that no task works for."""
        return self.filter(Q(lease_until__isnull=True) | Q(lease_until__lte=at))

    def taken(self, at: datetime) -> "PictureServerQuerySet":
        """Servers that a task works for."""
        return self.filter(lease_until__gt=at)

    def leased_as(self, token: str) -> "PictureServerQuerySet":
        return self.filter(lease_token=token)

    def awake(self, at: datetime) -> "PictureServerQuerySet":
        """Servers that are asked at present."""
        return self.filter(Q(paused_until__isnull=True) | Q(paused_until__lte=at))

    def well(self) -> "PictureServerQuerySet":
        """Servers that were there when they were asked last."""
        return self.filter(answered_at__isnull=False, failures=0)

    def doubtful(self) -> "PictureServerQuerySet":
        """Servers that have never answered, or did not answer last."""
        return self.exclude(answered_at__isnull=False, failures=0)

    def last_turn(self) -> "datetime | None":
        """When one of them had a turn last."""
        at: datetime | None = self.aggregate(at=models.Max("served_at"))["at"]
        return at

    def given_up_on(self, since: datetime) -> "PictureServerQuerySet":
        """Servers that have not been to be had since before then."""
        return self.filter(failing_since__lt=since)

    def owed_a_turn(self, at: datetime, *, given_up_since: datetime) -> "PictureServerQuerySet":
        """Servers with something to fetch and nobody at it, the one whose turn is longest ago first. One that is given
        up on has turns while it is paused: what waits for it is let go."""
        wanted = Exists(_pictures().due(at).filter(server=OuterRef("pk")))
        due = self.awake(at) | self.given_up_on(given_up_since)
        return due.free(at).filter(wanted).order_by(F("served_at").asc(nulls_first=True), "id")


def _pictures() -> ExpectedPictureQuerySet:
    return ExpectedPictureQuerySet(apps.get_model("listings.ExpectedPicture"))
