"""Content that was held before publishing and came up for sale all the same."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from core.journal import record
from listings.models import HeldPublication, ListingVersion, PreflightScreening


def held_before(versions: Sequence[ListingVersion]) -> dict[int, list[PreflightScreening]]:
    """For each version, newest first, the answers that held this very content of this seller before it was on sale.

    The words are the same, and every picture that the answer compared is shown; a price or a further picture makes no
    difference. An answer that came after the listing was last seen held something else: the same goods once more.
    """
    held = PreflightScreening.objects.held_words({version.text_digest for version in versions}).order_by("-pk")
    by_words: dict[tuple[int, str, str], list[PreflightScreening]] = defaultdict(list)
    for row in held:
        by_words[row.marketplace_id, row.seller_external_id, row.text_digest].append(row)
    if not by_words:
        return {}
    return {version.pk: rows for version in versions if (rows := _shown(version, by_words))}


def _shown(
    version: ListingVersion, by_words: Mapping[tuple[int, str, str], Iterable[PreflightScreening]]
) -> list[PreflightScreening]:
    listing = version.listing
    rows = by_words.get((listing.marketplace_id, listing.seller.external_id, version.text_digest), ())
    if not rows:
        return []
    pictures = {image.file.sha256 for image in version.images.all()}
    return [row for row in rows if row.compared_digests <= pictures and row.screened_at <= listing.last_seen_at]


def note_on(rows: Sequence[PreflightScreening]) -> str:
    """What the match's page says."""
    return f"사전 심사에서 보류된 내용이 게시되었습니다({rows[0].number})." if rows else ""


def store_publications(version: ListingVersion, rows: Sequence[PreflightScreening], *, at: datetime) -> None:
    """Write down that the version shows what these answers held, in the caller's transaction; each pair once.

    Journals ``listings.preflight.published`` for each that is new.
    """
    known = set(HeldPublication.objects.filter(version=version).values_list("preflight_id", flat=True))
    new = [row for row in rows if row.pk not in known]
    # Two who screen it at once write one row; the entry may then stand twice, which is the truth of two who found it.
    HeldPublication.objects.bulk_create(
        [HeldPublication(preflight=row, version=version, found_at=at) for row in new], ignore_conflicts=True
    )
    for row in new:
        details = {"preflight": row.number, "listing": version.listing.external_id, "version": version.pk}
        record("listings.preflight.published", actor=None, subject=version.listing, details=details, at=at)
