"""What a decision leaves of a counterfeit, so that it is known when it comes back; and taking that back.

Fingerprints are made in the transaction of the decision, start to count when it can no longer be undone, and are never
deleted. Each can be switched off by itself. What an appeal protects is remembered beside them.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from django.db import models, transaction
from django.db.models import F
from django.utils import timezone

from brands.models import Brand
from core.actors import Actor, or_system
from core.errors import Conflict, DomainError
from core.journal import record
from core.journal.entries import name_of
from core.rule_values import current
from listings.choices import ContentKind, Weakness
from listings.commonplace import own_grams, weak_pictures
from listings.fingerprints import fingerprints_of
from listings.models import Fingerprint, ListingVersion, Protection, Reappearance
from listings.querysets import ReappearanceQuerySet
from listings.reappearances.sweeping import enqueue_sweep
from matching import FINGERPRINT_VERSION, sketch_of

_APPEALED = "이의제기가 받아들여져 보호된 내용입니다."


@transaction.atomic
def keep_fingerprints(
    version: ListingVersion,
    *,
    brand: Brand | None,
    source: models.Model,
    effective_at: datetime,
    actor: Actor | None,
) -> list[Fingerprint]:
    """Remember a confirmed counterfeit by its pictures and its text. ``source`` is the decision.

    Asked again for the same decision it gives the rows of the first time. A picture that the engine cannot read leaves
    none. Journals ``listings.fingerprint.kept``; from ``effective_at`` on, a job looks among the listings of now.
    """
    source_type, source_ref = name_of(source)
    by, now = or_system(actor), timezone.now()
    facts: dict[str, Any] = {
        "version": version,
        "listing": version.listing,
        "brand": brand,
        "engine_version": FINGERPRINT_VERSION,
        "source_type": source_type,
        "source_ref": source_ref,
        "effective_at": effective_at,
        "actor_kind": by.kind,
        "actor_ref": by.ref,
    }
    of_source = Fingerprint.objects.of_source(source_type, source_ref)
    if not of_source.exists():
        rows = [Fingerprint(**facts, **content) for content in _contents(version, brand)]
        # Two who carry out one decision at once: the constraint keeps one row of each content.
        Fingerprint.objects.bulk_create(rows, ignore_conflicts=True)
        kept = list(of_source.order_by("pk"))
        _journal_kept(version, kept, actor=actor, at=now)
        enqueue_sweep(kept, name=f"{source_type}:{source_ref}", not_before=max(effective_at, now))
    return list(of_source.order_by("pk"))


def _contents(version: ListingVersion, brand: Brand | None) -> Iterator[dict[str, Any]]:
    """What is kept of each picture, once a file, and of the text."""
    prints = fingerprints_of(image.file for image in version.images.select_related("file"))
    weak = weak_pictures(version, prints, brand)
    for digest, each in prints.items():
        weakness = weak.get(digest, Weakness.NONE)
        yield {"kind": ContentKind.IMAGE, "content_digest": digest, "data": each.to_bytes(), "weakness": weakness}
    grams = own_grams(version, brand)
    is_usual = len(grams) < current("listings").number("relist_text_letters")
    yield {
        "kind": ContentKind.TEXT,
        "content_digest": version.text_digest,
        "data": sketch_of(grams),
        "weakness": Weakness.COMMON if is_usual else Weakness.NONE,
    }


def _journal_kept(version: ListingVersion, kept: Sequence[Fingerprint], *, actor: Actor | None, at: datetime) -> None:
    details = {
        "listing": version.listing.external_id,
        "source": [kept[0].source_type, kept[0].source_ref],
        "effective_at": kept[0].effective_at,
        "contents": [[row.kind, row.content_digest, row.weakness] for row in kept],
    }
    record("listings.fingerprint.kept", actor=actor, subject=version, details=details, at=at)


@transaction.atomic
def clear_fingerprints(*, source: models.Model, actor: Actor | None, reason: str) -> int:
    """Take back all that a decision left, for good: it was undone, or an appeal against it won. Returns how many.

    What was found by them above all is dismissed with them. Journals ``listings.fingerprint.cleared``; a decision that
    left nothing, or is cleared already, is no change.
    """
    now, by = timezone.now(), or_system(actor)
    rows = Fingerprint.objects.not_cleared().of_source(*name_of(source))
    ids = list(rows.values_list("pk", flat=True))
    # Those that somebody switched off keep their own reason.
    rows.switched_on().update(**_off(by, reason, now))
    count = rows.update(cleared_at=now)
    if count:
        record("listings.fingerprint.cleared", actor=actor, subject=source, details={"count": count, "reason": reason})
        cleared = Fingerprint.objects.filter(pk__in=ids)
        _dismiss(Reappearance.objects.resting_on(cleared), reason=reason, actor=actor, at=now)
    return count


@transaction.atomic
def restore_fingerprints(*, source: models.Model, actor: Actor | None, reason: str) -> int:
    """The decision that had cleared them was itself taken back: they count again. Returns how many.

    Journals ``listings.fingerprint.restored``. Those that somebody had switched off by hand stay off.
    """
    rows = Fingerprint.objects.cleared().of_source(*name_of(source))
    nobody = {"switched_off_by_kind": "", "switched_off_by_ref": ""}
    together = rows.filter(switched_off_at=F("cleared_at"))
    count = together.update(cleared_at=None, switched_off_at=None, switched_off_reason="", **nobody)
    count += rows.update(cleared_at=None)
    if count:
        details = {"count": count, "reason": reason}
        record("listings.fingerprint.restored", actor=actor, subject=source, details=details)
    return count


@transaction.atomic
def switch_off(fingerprint: Fingerprint, *, reason: str, actor: Actor | None) -> Fingerprint:
    """Let this fingerprint count no longer; what it found already stays found. Asks for a reason.

    Journals ``listings.fingerprint.switched_off``. Raises ``Conflict`` where it is off already.
    """
    reason, now = _reason(reason, "지문을 끄지 않았습니다."), timezone.now()
    on = Fingerprint.objects.switched_on().filter(pk=fingerprint.pk)
    if not on.update(**_off(or_system(actor), reason, now)):
        raise Conflict(
            "지문을 끄지 않았습니다.", "이미 꺼진 지문입니다.", "화면을 새로 고쳐 지금의 상태를 확인해 주세요."
        )
    record("listings.fingerprint.switched_off", actor=actor, subject=fingerprint, details={"reason": reason}, at=now)
    fingerprint.refresh_from_db()
    return fingerprint


@transaction.atomic
def switch_on(fingerprint: Fingerprint, *, reason: str, actor: Actor | None) -> Fingerprint:
    """Let it count again, also among the listings that came meanwhile. Asks for a reason.

    Journals ``listings.fingerprint.switched_on``. Raises ``Conflict`` where it is not off, or lost its decision.
    """
    reason, now = _reason(reason, "지문을 켜지 않았습니다."), timezone.now()
    off = Fingerprint.objects.switched_off().filter(pk=fingerprint.pk)
    was_off_since = off.values_list("switched_off_at", flat=True).first()
    nobody = {"switched_off_by_kind": "", "switched_off_by_ref": ""}
    if not off.update(switched_off_at=None, switched_off_reason="", **nobody):
        raise Conflict(
            "지문을 켜지 않았습니다.",
            "켜져 있는 지문이거나, 근거가 된 결정이 취소되었습니다.",
            "화면을 새로 고쳐 지금의 상태를 확인해 주세요.",
        )
    details = {"reason": reason, "off_since": was_off_since}
    record("listings.fingerprint.switched_on", actor=actor, subject=fingerprint, details=details, at=now)
    fingerprint.refresh_from_db()
    name = f"on:{fingerprint.pk}:{now.timestamp():.6f}"
    enqueue_sweep([fingerprint], name=name, not_before=max(fingerprint.effective_at, now))
    return fingerprint


def _off(by: Actor, reason: str, now: datetime) -> dict[str, Any]:
    return {
        "switched_off_at": now,
        "switched_off_reason": reason,
        "switched_off_by_kind": by.kind,
        "switched_off_by_ref": by.ref,
    }


def _reason(reason: str, what: str) -> str:
    if not reason.strip():
        raise DomainError(what, "사유가 비어 있습니다.", "사유를 적어 주세요.")
    return reason.strip()


# -- what an appeal protects ------------------------------------------------------------------------------------------


@transaction.atomic
def protect_content(
    version: ListingVersion, *, brand: Brand | None, source: models.Model, actor: Actor | None
) -> list[Protection]:
    """Remember that an appeal found this seller's content rightful against the brand. ``source`` is its decision.

    Each picture and the text by itself: in another listing of the seller they stay protected, and changed they do not.
    What was found in them is dismissed. Journals ``listings.content.protected``; asked again, it is the same.
    """
    source_type, source_ref = name_of(source)
    by, seller = or_system(actor), version.listing.seller_id
    of_source = Protection.objects.of_source(source_type, source_ref)
    if not of_source.exists():
        contents = {(ContentKind.IMAGE, image.file.sha256) for image in version.images.select_related("file")}
        contents.add((ContentKind.TEXT, version.text_digest))
        rows = [
            Protection(
                seller_id=seller,
                brand=brand,
                content_kind=kind,
                content_digest=digest,
                version=version,
                source_type=source_type,
                source_ref=source_ref,
                actor_kind=by.kind,
                actor_ref=by.ref,
            )
            for kind, digest in sorted(contents)
        ]
        Protection.objects.bulk_create(rows, ignore_conflicts=True)
        details = {"source": [source_type, source_ref], "contents": [list(each) for each in sorted(contents)]}
        record("listings.content.protected", actor=actor, subject=version, details=details)
        found = Reappearance.objects.filter(version=version)
        _dismiss(found.naming(brand) if brand else found, reason=_APPEALED, actor=actor, at=timezone.now())
    return list(of_source.order_by("pk"))


@transaction.atomic
def lift_protection(*, source: models.Model, actor: Actor | None, reason: str) -> int:
    """Forget what the decision on an appeal protected, because it was undone. Returns how many.

    Journals ``listings.content.protection_lifted``.
    """
    rows = Protection.objects.in_force().of_source(*name_of(source))
    count = rows.update(lifted_at=timezone.now())
    if count:
        details = {"count": count, "reason": reason}
        record("listings.content.protection_lifted", actor=actor, subject=source, details=details)
    return count


# -- what came back ---------------------------------------------------------------------------------------------------


@transaction.atomic
def dismiss_reappearance(reappearance: Reappearance, *, reason: str, actor: Actor | None) -> Reappearance:
    """Take back that a counterfeit came back. Journals ``listings.reappearance.dismissed``.

    Raises ``Conflict`` where it is dismissed already.
    """
    what = "재등록을 기각하지 않았습니다."
    reason = _reason(reason, what)
    if not _dismiss(Reappearance.objects.filter(pk=reappearance.pk), reason=reason, actor=actor, at=timezone.now()):
        raise Conflict(what, "이미 기각된 재등록입니다.", "화면을 새로 고쳐 지금의 상태를 확인해 주세요.")
    reappearance.refresh_from_db()
    return reappearance


def _dismiss(found: ReappearanceQuerySet, *, reason: str, actor: Actor | None, at: datetime) -> int:
    """Each by compare-and-set, so that two who dismiss one at once write one journal entry."""
    count = 0
    for row in found.undismissed().order_by("pk"):
        if Reappearance.objects.undismissed().filter(pk=row.pk).update(dismissed_at=at, dismissed_reason=reason[:500]):
            record("listings.reappearance.dismissed", actor=actor, subject=row, details={"reason": reason}, at=at)
            count += 1
    return count
