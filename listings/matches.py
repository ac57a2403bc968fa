"""What a person decided about a match, and what screening must remember of it.

Every change of a match's status is a compare-and-set: of several who decide at once one wins, and the others are told
who decided what. Callers own the transaction; the journal entry is written in it.
"""

from collections.abc import Iterator
from datetime import datetime
from typing import Final

from django.db import transaction

from core.actors import Actor, or_system
from core.errors import Conflict
from core.journal import record
from core.korean import korean_short
from listings.choices import ContentKind, MatchStatus
from listings.models import ListingImage, Match, Rejection
from listings.rules import DECIDED

#: Words that the loser of a race reads.
_OUTCOMES: Final = {
    MatchStatus.CONFIRMED: "가품 의심으로 확인",
    MatchStatus.REJECTED: "문제없음으로 처리",
}

#: Kind of content, its digest, and the reference that it is no copy of.
_Pair = tuple[str, str, str]


@transaction.atomic
def decide(match: Match, *, to: MatchStatus, actor: Actor | None, now: datetime, private_note: str = "") -> Match:
    """Decide an open match. Raises ``Conflict`` where it is not open any more, saying who decided what.

    ``private_note`` stands in the journal's erasable detail alone: a rejection has no other row to keep it.
    """
    if to not in DECIDED:
        raise ValueError(f"a match is decided as confirmed or rejected, not as {to}")
    by = or_system(actor)
    still_open = Match.objects.still_open().filter(pk=match.pk)
    won = still_open.update(
        status=to, reviewed_at=now, reviewed_by=by.label, reviewed_by_kind=by.kind, reviewed_by_ref=by.ref
    )
    match.refresh_from_db()
    if not won:
        raise already_decided(match)
    details: dict[str, object] = {"status": [MatchStatus.OPEN.value, to.value], "version": match.version_id}
    if private_note:
        details["private_note"] = private_note
    record(f"listings.match.{to.value}", actor=actor, subject=match, details=details)
    return match


@transaction.atomic
def reopen(match: Match, *, actor: Actor | None) -> Match:
    """Take back the decision that ``match`` was read with. Raises ``Conflict`` where it has changed since.

    The time of the decision is compared too: a match that was reopened and decided again looks the same otherwise.
    """
    was = MatchStatus(match.status)
    still_so = Match.objects.filter(pk=match.pk, status=was, reviewed_at=match.reviewed_at)
    won = was in DECIDED and still_so.update(
        status=MatchStatus.OPEN, reviewed_at=None, reviewed_by="", reviewed_by_kind="", reviewed_by_ref=""
    )
    match.refresh_from_db()
    if not won:
        raise already_decided(match)
    record("listings.match.reopened", actor=actor, subject=match, details={"status": [was.value, match.status]})
    return match


def already_decided(match: Match) -> Conflict:
    """What somebody reads who comes too late: who was first, when, and with what outcome."""
    status = MatchStatus(match.status)
    if status not in DECIDED or match.reviewed_at is None:
        return _not_reviewable(status)
    return Conflict(
        "이미 처리된 항목입니다.",
        f"{match.reviewed_by} 담당자가 {korean_short(match.reviewed_at)}에 {_OUTCOMES[status]}했습니다.",
        "다음 항목을 검토해 주세요.",
        code="already_decided",
    )


def _not_reviewable(status: MatchStatus) -> Conflict:
    if status is MatchStatus.OUTDATED:
        return content_changed()
    return Conflict(
        "되돌릴 결정이 없습니다.", "이 항목은 지금 검토를 기다리고 있습니다.", "화면을 새로 고쳐 다시 확인해 주세요."
    )


def content_changed() -> Conflict:
    """What was looked at is not what is on sale now."""
    return Conflict(
        "이 내용으로는 결정할 수 없습니다.",
        "보고 계신 사이에 상품 내용이나 브랜드 자료가 바뀌었습니다.",
        "새 내용의 검사 결과를 검토해 주세요.",
        code="content_changed",
    )


@transaction.atomic
def remember_rejection(match: Match, *, actor: Actor | None) -> int:
    """Remember, for this seller and this content, every reference that the match stood on. Returns how many are new.

    What an earlier rejection remembers already stays with that one, so that undoing this one does not forget it.
    """
    pairs = set(_rejected_pairs(match))
    rows = [_rejection(match, pair, by=or_system(actor)) for pair in sorted(pairs - _remembered(match, pairs))]
    # Two matches of one seller with one picture may be rejected at the same moment: the constraint keeps one row.
    Rejection.objects.bulk_create(rows, ignore_conflicts=True)
    details = {"pairs": [list(pair) for pair in sorted(pairs)]}
    record("listings.rejection.remembered", actor=actor, subject=match, details=details)
    return len(rows)


def _remembered(match: Match, pairs: set[_Pair]) -> set[_Pair]:
    """Which of these the seller's earlier rejections of the brand hold already."""
    held = Rejection.objects.remembered().filter(
        seller=match.version.listing.seller_id,
        brand=match.brand_id,
        content_digest__in={digest for _, digest, _ in pairs},
    )
    return set(held.values_list("content_kind", "content_digest", "reference"))


def _rejection(match: Match, pair: _Pair, *, by: Actor) -> Rejection:
    kind, digest, reference = pair
    return Rejection(
        seller_id=match.version.listing.seller_id,
        brand_id=match.brand_id,
        content_kind=kind,
        content_digest=digest,
        reference=reference,
        match=match,
        actor_kind=by.kind,
        actor_ref=by.ref,
    )


@transaction.atomic
def forget_rejection(match: Match, *, actor: Actor | None, now: datetime) -> int:
    """Withdraw what the rejection of this match made to be remembered. Returns how many rows were withdrawn."""
    count = Rejection.objects.remembered().filter(match=match).update(withdrawn_at=now)
    record("listings.rejection.withdrawn", actor=actor, subject=match, details={"count": count})
    return count


def _rejected_pairs(match: Match) -> Iterator[_Pair]:
    """The pair of each signal that compares with the brand's material.

    A picture counts by the SHA-256 of the original and the key of the reference picture, text by the version's text
    digest and the spelling: the keys that the engine is told of rejections by. Code words and prices compare with
    nothing of the brand's and are not remembered: alone they never make a match.
    """
    digests = dict(ListingImage.objects.filter(version=match.version_id).values_list("pk", "file__sha256"))
    for signal in match.signals:
        if signal["kind"] == "image" and signal["image_id"] in digests:
            yield ContentKind.IMAGE.value, digests[signal["image_id"]], str(signal["reference_id"])
        elif signal["kind"] == "text":
            yield ContentKind.TEXT.value, match.version.text_digest, signal["name"]
