"""The answer before publishing: compared with the same engine and memory as what is stored, and kept as one row."""

from collections.abc import Callable, Sequence
from datetime import datetime
from functools import cache, partial

from django.utils import timezone

from accounts.models import Marketplace
from brands.models import Brand
from core.actors import Actor
from core.rule_values import recent, today
from listings.choices import ContentKind
from listings.digests import text_digest
from listings.engine import recent_engine
from listings.held import is_released
from listings.models import Listing, ListingImage, ListingVersion, Protection, Rejection
from listings.preflight import words
from listings.preflight.answers import PreflightAnswer, SeenPicture
from listings.preflight.helping import help_for, send_to
from listings.preflight.judging import BrandName, Known, Returned, gravest, judge, with_help
from listings.preflight.looking import GivenPicture, Look, look_at
from listings.preflight.records import require_storable
from listings.preflight.store import Asked, store_answer
from listings.prepared import PreparedVersion, prepare_one
from listings.reappearances import FoundAgain, find_again, recent_index
from listings.reappearances.finding import limits_of
from listings.records import ListingRecord
from listings.rules import RelistLimits
from listings.screening.run import screen_item, thresholds_of
from matching import (
    ENGINE_VERSION,
    BrandMatch,
    PictureSignal,
    PriceSignal,
    Screening,
    Signal,
    Softening,
    TextSignal,
    softening_of,
)
from sellers.models import Authorisation, Seller


def screen_unpublished(
    record: ListingRecord,
    *,
    marketplace: Marketplace,
    seller_external_id: str,
    pictures: Sequence[GivenPicture] = (),
    client: str = "",
    actor: Actor | None = None,
    now: datetime | None = None,
) -> PreflightAnswer:
    """Compare a listing that is not published yet with all that a stored one is compared with, and answer at once.

    Neither a listing nor a version nor a picture is stored; the answer is, as a ``PreflightScreening``. A seller whom
    the brand authorised for these goods passes, and so does what a moderator found harmless in this seller's content
    or an appeal found rightful. A confirmed counterfeit that is back is held.

    Journals ``listings.preflight.held`` where the answer is ``stop``. Raises ``DomainError`` for words that no listing
    can have, ``FileRefused`` and ``IntakeUnavailable`` for pictures (``look_at``).
    """
    require_storable(record, seller_external_id=seller_external_id)
    at = now or timezone.now()
    look = look_at(pictures, marketplace=marketplace)
    seller = Seller.objects.filter(marketplace=marketplace, external_id=seller_external_id).first()
    prepared = _prepared(record, look, marketplace, seller_external_id, seller, at)
    state, rules = recent_engine(), recent("listings")
    screening = screen_item(state, prepared.item, thresholds_of(rules))
    again = find_again([prepared], at=at, index=recent_index())
    known = Known(
        authorised=prepared.item.authorised_brands,
        is_protected=_protection(prepared, screening, seller),
        positions=_positions(look),
        names=_names(screening, again),
        softening=_softening(record),
        is_released=cache(
            partial(is_released, marketplace, seller_external_id, prepared.version.text_digest, set(look.prints))
        ),
    )
    limits = limits_of(rules)
    judged = judge(screening, [_returned(each, limits) for each in again], known)
    verdict = gravest(each.finding.verdict for each in judged)
    helps = help_for(with_help(judged))
    row = store_answer(
        Asked(marketplace, seller_external_id, seller, record.external_id, prepared.version, look.pictures, client),
        verdict=verdict,
        judged=judged,
        helps=helps,
        engine_version=ENGINE_VERSION,
        material=state.material,
        actor=actor,
        at=at,
    )
    return PreflightAnswer(
        reference=row.number,
        verdict=verdict,
        message=words.MESSAGES[verdict],
        findings=tuple(each.finding for each in judged),
        help=helps,
        send_to=send_to(row.number) if helps else None,
        pictures=look.pictures,
        engine_version=ENGINE_VERSION,
        material=state.material,
        screened_at=at,
    )


# -- what is compared -------------------------------------------------------------------------------------------------


def _prepared(
    record: ListingRecord,
    look: Look,
    marketplace: Marketplace,
    seller_external_id: str,
    seller: Seller | None,
    at: datetime,
) -> PreparedVersion:
    """The listing as a version that is stored nowhere, so that it is read as a stored one is."""
    words_of = {"title": record.title, "description": record.description, "category": record.category}
    version = ListingVersion(
        listing=Listing(marketplace=marketplace, external_id=record.external_id, seller=seller),
        text_digest=text_digest(**words_of),
        **words_of,
        price_minor=record.price_minor,
        currency=record.currency,
        captured_at=at,
    )
    digests = {version.text_digest, *look.prints}
    remembered = Rejection.objects.remembered().filter(seller=seller, content_digest__in=digests)
    return prepare_one(
        version,
        images={picture.sha256: _image(picture) for picture in reversed(look.pictures) if picture.sha256},
        fingerprints=look.prints,
        authorised=Authorisation.objects.holding_for(marketplace, seller_external_id, on=today()),
        rejections=remembered if seller is not None else (),
    )


def _image(picture: SeenPicture) -> ListingImage:
    return ListingImage(position=picture.position - 1)


def _positions(look: Look) -> dict[str, int]:
    """Where each picture stands; one that is shown twice, where it stands first."""
    return {picture.sha256: picture.position for picture in reversed(look.pictures) if picture.sha256}


# -- what was found ---------------------------------------------------------------------------------------------------


def _returned(found: FoundAgain, limits: RelistLimits) -> Returned:
    signs = [
        {**sign, "position": int(sign["image"]) + 1} if sign["kind"] == ContentKind.IMAGE else dict(sign)
        for sign in found.signals
    ]
    is_exact = any(
        sign["kind"] == ContentKind.IMAGE and not sign["weakness"] and sign["score"] >= limits.picture for sign in signs
    )
    brand = found.fingerprint.brand_id
    return Returned("" if brand is None else str(brand), found.original.pk, found.score, tuple(signs), is_exact)


def _softening(record: ListingRecord) -> Callable[[BrandMatch | None], Softening | None]:
    """What the words say for one brand, by where its name stands in the title."""

    def softening(match: BrandMatch | None) -> Softening | None:
        signals = match.signals if match else ()
        names = [(each.start, each.end) for each in signals if isinstance(each, TextSignal) and each.field == "title"]
        return softening_of(record.title, description=record.description, category=record.category, names=names)

    return softening


def _names(screening: Screening, again: Sequence[FoundAgain]) -> dict[str, BrandName]:
    """Of the brands that something was found of, in one query."""
    brands = {int(match.brand) for match in screening.matches}
    brands |= {each.fingerprint.brand_id for each in again if each.fingerprint.brand_id is not None}
    if not brands:
        return {}
    rows = Brand.objects.filter(pk__in=brands).values_list("pk", "external_id", "name")
    return {str(pk): BrandName(external_id, name) for pk, external_id, name in rows}


def _protection(prepared: PreparedVersion, screening: Screening, seller: Seller | None) -> Callable[[BrandMatch], bool]:
    """Whether an appeal found everything rightful that speaks for a match: these pictures or words, of this seller."""
    if seller is None or screening.verdict == "pass":
        return lambda _: False
    covering = Protection.objects.covering(sellers=[seller.pk], digests=content_digests_of(prepared))
    covered: set[tuple[str, int | None]] = set(covering.values_list("content_digest", "brand_id"))

    def is_protected(match: BrandMatch) -> bool:
        spoken = {_content(signal, prepared) for signal in match.signals if not signal.is_rejected} - {""}
        return all((digest, None) in covered or (digest, int(match.brand)) in covered for digest in spoken)

    return is_protected


def _content(signal: Signal, prepared: PreparedVersion) -> str:
    """The digest of the content that a signal is about; a price is none."""
    if isinstance(signal, PictureSignal):
        return signal.image
    return "" if isinstance(signal, PriceSignal) else prepared.version.text_digest


def content_digests_of(prepared: PreparedVersion) -> set[str]:
    return {prepared.version.text_digest, *prepared.images}
