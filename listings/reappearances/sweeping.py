"""Looking for a new fingerprint among the listings that are there already: other copies that are on sale now.

A job at a time, each of a few seconds, each asking for the next. First the listings that are most likely to be copies:
the same seller's, those that show the same file or the same words, and those in which the brand was found. Then every
picture that is kept, by its stored fingerprint.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from django.db import transaction
from django.utils import timezone

from core.jobs import enqueue
from core.models import Job
from core.rule_values import current
from listings.choices import ContentKind
from listings.models import Fingerprint, ListingVersion, PictureFingerprint
from listings.prepared import prepare
from listings.querysets import FingerprintQuerySet, ListingVersionQuerySet
from listings.reappearances.finding import find_again, limits_of
from listings.reappearances.store import store_again
from matching import FINGERPRINT_VERSION, PictureRows, ReferencePicture, match_pictures
from matching import PictureFingerprint as Picture

JOB_KIND: Final = "listings.find_copies"
LIKELY: Final = "likely"
PICTURES: Final = "pictures"
NAMED: Final = "named"
#: Listings of one job, in chunks whose pictures are read at once; most were fingerprinted when they were screened.
_LISTINGS: Final = 200
_CHUNK: Final = 50
#: Stored fingerprints of one job: some four seconds.
_STORED: Final = 100_000
_BATCH: Final = 5_000

_Payload = dict[str, Any]
#: The versions that a job looks at, and what of the next jobs' payloads is another than its own.
_Step = tuple[list[int], list[_Payload]]


def enqueue_sweep(fingerprints: Sequence[Fingerprint], *, name: str, not_before: datetime) -> None:
    """Ask, in the caller's transaction, for the listings of now to be compared with these."""
    if fingerprints:
        payload = {"name": name, "fingerprints": [row.pk for row in fingerprints], "stage": LIKELY, "after": 0}
        _enqueue(payload, not_before=not_before)


def _enqueue(payload: Mapping[str, Any], *, not_before: datetime | None = None) -> Job:
    key = ":".join(str(payload[part]) for part in ("name", "stage", "after"))
    return enqueue(JOB_KIND, key=f"{JOB_KIND}:{key}", payload=payload, not_before=not_before)


def sweep(payload: dict[str, Any]) -> dict[str, Any]:
    """Carry out one job and ask for what follows. Run twice, the second finds the same and writes nothing."""
    # Those that count by now: what was cleared meanwhile is not looked for.
    rows = Fingerprint.objects.in_force(at=timezone.now()).filter(pk__in=payload["fingerprints"])
    if not rows:
        return {"looked_at": 0, "found": 0}
    versions, following = _STAGES[payload["stage"]](rows, payload)
    found = look_again(versions)
    with transaction.atomic():
        for each in following:
            _enqueue(payload | each)
    return {"looked_at": len(versions), "found": found}


def look_again(version_ids: Sequence[int]) -> int:
    """Compare these versions with all fingerprints, and write what came back. Returns how many rows are new."""
    found = 0
    for start in range(0, len(version_ids), _CHUNK):
        rows = ListingVersion.objects.current().filter(pk__in=version_ids[start : start + _CHUNK])
        versions = list(rows.select_related("listing").prefetch_related("images__file").order_by("pk"))
        at = timezone.now()
        again = find_again(prepare(versions, store_fingerprints=True), at=at)
        with transaction.atomic():
            found += len(store_again(again, at=at))
    return found


# -- likely ones ------------------------------------------------------------------------------------------------------


def _likely(fingerprints: FingerprintQuerySet, payload: Mapping[str, Any]) -> _Step:
    """The next likely listings in order of their versions; then those behind them, or the pictures.

    A query for each reason rather than one for any of them: each is answered by an index.
    """
    ids: set[int] = set()
    for versions in _reasons(fingerprints):
        ids.update(versions.filter(pk__gt=payload["after"]).order_by("pk").values_list("pk", flat=True)[:_LISTINGS])
    chosen = sorted(ids)[:_LISTINGS]
    if len(chosen) == _LISTINGS:
        return chosen, [{"after": chosen[-1]}]
    has_pictures = any(row.kind == ContentKind.IMAGE for row in fingerprints)
    return chosen, [{"stage": PICTURES, "after": 0}] if has_pictures else []


def _reasons(fingerprints: FingerprintQuerySet) -> Iterable[ListingVersionQuerySet]:
    current_ones, rows = ListingVersion.objects.current(), list(fingerprints.select_related("version__listing"))
    digests = {row.content_digest for row in rows}
    yield current_ones.filter(listing__seller__in={row.version.listing.seller_id for row in rows})
    yield current_ones.filter(text_digest__in=digests)
    yield current_ones.filter(images__file__sha256__in=digests).distinct()
    brands = {row.brand_id for row in rows if row.brand_id is not None}
    if brands:
        yield current_ones.filter(matches__brand__in=brands).distinct()


# -- by the pictures --------------------------------------------------------------------------------------------------


def _by_stored_pictures(fingerprints: FingerprintQuerySet, payload: Mapping[str, Any]) -> _Step:
    """The listings that show a picture like one of these, among the next stored ones; then those behind them.

    Turned round: the few new fingerprints are the questions here, and the many stored pictures are looked among.
    """
    asked = [Picture.from_bytes(bytes(row.data)) for row in fingerprints if row.kind == ContentKind.IMAGE]
    near, after = set[str](), payload["after"]
    for _ in range(_STORED // _BATCH):
        stored = _stored(after)
        near |= _near(asked, stored)
        if len(stored) < _BATCH:
            return _showing(near, [])
        after = stored[-1][0]
    return _showing(near, [{"after": after}])


def _stored(after: int) -> list[tuple[int, str, bytes]]:
    rows = PictureFingerprint.objects.readable(engine_version=FINGERPRINT_VERSION).filter(pk__gt=after).order_by("pk")
    return [(pk, sha, bytes(data or b"")) for pk, sha, data in rows.values_list("pk", "sha256", "data")[:_BATCH]]


def _near(asked: Sequence[Picture], stored: Sequence[tuple[int, str, bytes]]) -> set[str]:
    rows = PictureRows.of([ReferencePicture(sha, "", Picture.from_bytes(data)) for _, sha, data in stored])
    found = match_pictures([rows], asked, limit=len(stored))
    least = limits_of(current("listings")).backed_picture
    return {each.reference for candidates in found for each in candidates if each.score >= least}


def _showing(digests: Iterable[str], following: list[_Payload]) -> _Step:
    """The current versions that show one of these pictures; where they are many, most are left to jobs of their own."""
    rows = ListingVersion.objects.current().filter(images__file__sha256__in=list(digests))
    ids = list(rows.order_by("pk").values_list("pk", flat=True).distinct())
    rest = range(_LISTINGS, len(ids), _LISTINGS)
    return ids[:_LISTINGS], [
        *following,
        *({"stage": NAMED, "after": ids[start], "versions": ids[start : start + _LISTINGS]} for start in rest),
    ]


def _named(fingerprints: FingerprintQuerySet, payload: Mapping[str, Any]) -> _Step:  # noqa: ARG001 - a stage like any other
    return list(payload["versions"]), []


_STAGES: Final[Mapping[str, Callable[[FingerprintQuerySet, Mapping[str, Any]], _Step]]] = {
    LIKELY: _likely,
    PICTURES: _by_stored_pictures,
    NAMED: _named,
}
