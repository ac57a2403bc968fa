"""Reads of listings and of what screening found, in words of the domain."""

from typing import TYPE_CHECKING

from django.apps import apps
from django.db import models

from listings.choices import MatchStatus, Restriction, Verdict
from listings.rules import DECIDED

if TYPE_CHECKING:
    from listings.models import IndexSnapshot, Listing, ListingVersion, Match, Rejection, ScreeningRun
    from sellers.models import Seller


class ListingQuerySet(models.QuerySet["Listing"]):
    def restricted(self) -> "ListingQuerySet":
        """Listings that the portal has taken off sale, for now or for good."""
        return self.exclude(restriction=Restriction.NONE)


class ListingVersionQuerySet(models.QuerySet["ListingVersion"]):
    def current(self) -> "ListingVersionQuerySet":
        """The version that each listing shows now."""
        return self.filter(listing__current_version=models.F("pk"))

    def unscreened(self, *, engine_version: str, material: str) -> "ListingVersionQuerySet":
        """Versions that this engine has not yet compared with this state of the material."""
        # Two conditions on one related row: an exclude() over the relation would take them apart.
        runs = apps.get_model("listings.ScreeningRun").objects.filter(
            version=models.OuterRef("pk"), engine_version=engine_version, material=material
        )
        return self.filter(~models.Exists(runs))

    def undisputed(self) -> "ListingVersionQuerySet":
        """Current versions that nobody confirmed as a copy and that screening does not hold."""
        found = apps.get_model("listings.Match").objects.filter(version__listing=models.OuterRef("listing"))
        confirmed = found.filter(status=MatchStatus.CONFIRMED)
        held = found.filter(status=MatchStatus.OPEN, verdict=Verdict.STOP)
        return self.current().filter(~models.Exists(confirmed), ~models.Exists(held))


class MatchQuerySet(models.QuerySet["Match"]):
    def awaiting_review(self) -> "MatchQuerySet":
        """What waits for a moderator: open, above the threshold, still what the listing says."""
        return self.filter(
            status=MatchStatus.OPEN,
            verdict__in=[Verdict.REVIEW, Verdict.STOP],
            version__listing__current_version=models.F("version"),
        )

    def most_urgent_first(self) -> "MatchQuerySet":
        """Highest score first, the older one where two are equal."""
        return self.order_by("-score", "id")

    def less_urgent_than(self, match: "Match") -> "MatchQuerySet":
        """Those that come after the match in that order."""
        return self.filter(models.Q(score__lt=match.score) | models.Q(score=match.score, pk__gt=match.pk))

    def of_seller(self, seller: "Seller") -> "MatchQuerySet":
        """What was found in any listing of the seller."""
        return self.filter(version__listing__seller=seller)

    def confirmed(self) -> "MatchQuerySet":
        """What a moderator confirmed as a suspected counterfeit."""
        return self.filter(status=MatchStatus.CONFIRMED)

    def rejected(self) -> "MatchQuerySet":
        """What a moderator found harmless."""
        return self.filter(status=MatchStatus.REJECTED)

    def decided_counts(self) -> dict[str, int]:
        """How many were confirmed and how many rejected, by status, in one query."""
        return self.aggregate(
            **{status.value: models.Count("pk", filter=models.Q(status=status)) for status in DECIDED}
        )

    def still_open(self) -> "MatchQuerySet":
        """What nobody has decided; screening may still change it."""
        return self.filter(status=MatchStatus.OPEN)

    def undecided(self) -> "MatchQuerySet":
        """Open or outdated: what screening may write anew."""
        return self.filter(status__in=[MatchStatus.OPEN, MatchStatus.OUTDATED])


class ScreeningRunQuerySet(models.QuerySet["ScreeningRun"]):
    def under(self, *, engine_version: str, material: str) -> "ScreeningRunQuerySet":
        """Runs of this engine against this state of the material."""
        return self.filter(engine_version=engine_version, material=material)


class IndexSnapshotQuerySet(models.QuerySet["IndexSnapshot"]):
    def latest_for(self, engine_version: str) -> "IndexSnapshot | None":
        """The newest snapshot that this engine can read."""
        return self.filter(engine_version=engine_version).order_by("-id").first()


class RejectionQuerySet(models.QuerySet["Rejection"]):
    def remembered(self) -> "RejectionQuerySet":
        """Rejections that hold."""
        return self.filter(withdrawn_at__isnull=True)
