"""Content that was held before publishing: released, or up for sale all the same."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence, Set
from datetime import datetime

from django.db import transaction
from django.utils import timezone

from accounts.models import Marketplace
from core.actors import Actor, or_system
from core.errors import Conflict, DomainError
from core.journal import record
from listings.models import HeldPublication, ListingVersion, PreflightScreening


def held_before(versions: Sequence[ListingVersion]) -> dict[int, list[PreflightScreening]]:
    """For each version, newest first, the answers that held this very content of this seller before it was on sale.

    The words are the same, and every picture that the answer compared is shown; a price or a further picture makes no
    difference. An answer that came after the listing was last seen held something else: the same goods once more.
    """
    held = PreflightScreening.objects.still_held().with_words({each.text_digest for each in versions}).order_by("-pk")
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


@transaction.atomic
def release(row: PreflightScreening, *, reason: str, actor: Actor | None) -> PreflightScreening:
    """Let the marketplace publish what was held: the same words and pictures of this seller pass from now on.

    Asks for a reason. Raises ``Conflict`` where nothing is held (any more), and ``DomainError`` where a confirmed
    counterfeit is back: behind it stands a decision, which is put right by an appeal and not here. Journals
    ``listings.preflight.released``.
    """
    what, at, by = f"보류를 풀지 않았습니다: {row.number}", timezone.now(), or_system(actor)
    if not reason.strip():
        raise DomainError(what, "사유가 비어 있습니다.", "사유를 적어 주세요.")
    if row.is_of_a_counterfeit:
        raise DomainError(
            what,
            "가품으로 확정된 상품이 다시 나타나 보류된 내용입니다.",
            "그 결정을 이의제기로 바로잡거나, 잘못된 지문을 먼저 꺼 주세요.",
        )
    facts = {"released_by_kind": by.kind, "released_by_ref": by.ref, "released_reason": reason.strip()[:500]}
    if not PreflightScreening.objects.still_held().filter(pk=row.pk).update(released_at=at, **facts):
        raise Conflict(what, "보류된 답변이 아니거나 이미 풀었습니다.", "화면을 새로 고쳐 지금의 상태를 확인해 주세요.")
    record("listings.preflight.released", actor=actor, subject=row, details={"reason": reason.strip()}, at=at)
    row.refresh_from_db()
    return row


def is_released(marketplace: Marketplace, seller_external_id: str, words: str, pictures: Set[str]) -> bool:
    """Whether staff released these words with these pictures, and no others, of this seller."""
    rows = PreflightScreening.objects.released().with_words([words])
    rows = rows.filter(marketplace=marketplace, seller_external_id=seller_external_id)
    return any(row.compared_digests == pictures for row in rows)


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
