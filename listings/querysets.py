"""Reads of listings and of what screening found, in words of the domain."""

from collections.abc import Collection
from datetime import datetime
from typing import TYPE_CHECKING

from django.apps import apps
from django.db import models

from listings.choices import ContentKind, MatchStatus, Restriction, Verdict, Weakness
from listings.rules import DECIDED

if TYPE_CHECKING:
    from brands.models import Brand
    from listings.models import (
        Fingerprint,
        IndexSnapshot,
        Listing,
        ListingImage,
        ListingVersion,
        Match,
        PictureFingerprint,
        PreflightScreening,
        Protection,
        Reappearance,
        Rejection,
        ScreeningRun,
    )
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


class ListingImageQuerySet(models.QuerySet["ListingImage"]):
    def current(self) -> "ListingImageQuerySet":
        """Pictures that their listings show now."""
        return self.filter(version__listing__current_version=models.F("version"))

    def of_seller(self, seller: "Seller") -> "ListingImageQuerySet":
        """Pictures of the seller's listings."""
        return self.filter(version__listing__seller=seller)


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


class PictureFingerprintQuerySet(models.QuerySet["PictureFingerprint"]):
    def readable(self, *, engine_version: str) -> "PictureFingerprintQuerySet":
        """Fingerprints of this engine, without files that it could not read."""
        return self.filter(engine_version=engine_version, data__isnull=False)


class IndexSnapshotQuerySet(models.QuerySet["IndexSnapshot"]):
    def latest_for(self, engine_version: str) -> "IndexSnapshot | None":
        """The newest snapshot that this engine can read."""
        return self.filter(engine_version=engine_version).order_by("-id").first()


class RejectionQuerySet(models.QuerySet["Rejection"]):
    def remembered(self) -> "RejectionQuerySet":
        """Rejections that hold."""
        return self.filter(withdrawn_at__isnull=True)


class FingerprintQuerySet(models.QuerySet["Fingerprint"]):
    def in_force(self, *, at: datetime) -> "FingerprintQuerySet":
        """What counts at that moment: in effect, not switched off, of a brand that is protected or of none."""
        of_the_living = models.Q(brand__isnull=True) | models.Q(brand__is_protected=True)
        return self.filter(of_the_living, effective_at__lte=at, switched_off_at__isnull=True)

    def switched_on(self) -> "FingerprintQuerySet":
        """What nobody switched off and whose decision stands."""
        return self.filter(switched_off_at__isnull=True)

    def switched_off(self) -> "FingerprintQuerySet":
        """What somebody switched off, and may switch on again."""
        return self.filter(switched_off_at__isnull=False, cleared_at__isnull=True)

    def cleared(self) -> "FingerprintQuerySet":
        """What lost its decision."""
        return self.filter(cleared_at__isnull=False)

    def not_cleared(self) -> "FingerprintQuerySet":
        """What still has its decision, switched off or not."""
        return self.filter(cleared_at__isnull=True)

    def of_source(self, source_type: str, source_ref: str) -> "FingerprintQuerySet":
        """What a decision left."""
        return self.filter(source_type=source_type, source_ref=source_ref)

    def telling(self, *, engine_version: str) -> "FingerprintQuerySet":
        """What a listing may be known by: of this engine, with its decision; no text that is too usual."""
        usual_text = models.Q(kind=ContentKind.TEXT, weakness=Weakness.COMMON)
        return self.not_cleared().filter(~usual_text, engine_version=engine_version)


class ReappearanceQuerySet(models.QuerySet["Reappearance"]):
    def undismissed(self) -> "ReappearanceQuerySet":
        """What nobody took back."""
        return self.filter(dismissed_at__isnull=True)

    def dismissed(self) -> "ReappearanceQuerySet":
        """What somebody took back."""
        return self.filter(dismissed_at__isnull=False)

    def newest_first(self) -> "ReappearanceQuerySet":
        return self.order_by("-found_at", "-id")

    def of_listing(self, listing: "Listing") -> "ReappearanceQuerySet":
        """What the listing was found to show again."""
        return self.filter(version__listing=listing)

    def of_original(self, listing: "Listing") -> "ReappearanceQuerySet":
        """Where the listing was shown again."""
        return self.filter(original__listing=listing)

    def naming(self, brand: "Brand") -> "ReappearanceQuerySet":
        """What came back of this brand's counterfeits."""
        return self.filter(brand=brand)

    def resting_on(self, fingerprints: FingerprintQuerySet) -> "ReappearanceQuerySet":
        """What was found by one of these above all."""
        return self.filter(fingerprint__in=fingerprints)


class ProtectionQuerySet(models.QuerySet["Protection"]):
    def in_force(self) -> "ProtectionQuerySet":
        """Protections that hold."""
        return self.filter(lifted_at__isnull=True)

    def of_source(self, source_type: str, source_ref: str) -> "ProtectionQuerySet":
        """What a decision on an appeal left."""
        return self.filter(source_type=source_type, source_ref=source_ref)

    def covering(self, *, sellers: Collection[int], digests: Collection[str]) -> "ProtectionQuerySet":
        """Protections of one of these sellers for one of these contents."""
        return self.in_force().filter(seller__in=sellers, content_digest__in=digests)


class PreflightScreeningQuerySet(models.QuerySet["PreflightScreening"]):
    def held(self) -> "PreflightScreeningQuerySet":
        """What the marketplace was told not to publish yet."""
        return self.filter(verdict=Verdict.STOP)

    def still_held(self) -> "PreflightScreeningQuerySet":
        """What was held and nobody released."""
        return self.held().filter(released_at__isnull=True)

    def released(self) -> "PreflightScreeningQuerySet":
        """What was held and somebody released."""
        return self.held().filter(released_at__isnull=False)

    def with_words(self, digests: Collection[str]) -> "PreflightScreeningQuerySet":
        """Answers about one of these texts."""
        return self.filter(text_digest__in=digests)

    def since(self, at: datetime) -> "PreflightScreeningQuerySet":
        """Answers from then on."""
        return self.filter(screened_at__gte=at)

    def published_anyway(self) -> "PreflightScreeningQuerySet":
        """What came up for sale all the same, and was held again."""
        return self.held().filter(publications__isnull=False).distinct()

    def verdict_counts(self) -> dict[str, int]:
        """How many passed, are to be reviewed and were held, in one query."""
        return self.aggregate(
            **{verdict.value: models.Count("pk", filter=models.Q(verdict=verdict)) for verdict in Verdict}
        )
