"""Taking back one remembered rejection, so that the content is shown again."""

from datetime import datetime

from django.db import transaction

from core.actors import Actor
from core.errors import Conflict
from core.journal import record
from listings.matches import reopen
from listings.models import Match, Rejection


@transaction.atomic
def withdraw_rejection(rejection: Rejection, *, actor: Actor | None, now: datetime) -> Rejection:
    """Forget that this content was found harmless, and put its match before a moderator again.

    The match itself would stay decided otherwise: there is one for each version and brand, and screening never touches
    what a person decided. Raises ``Conflict`` where the rejection is withdrawn already.
    """
    if not Rejection.objects.remembered().filter(pk=rejection.pk).update(withdrawn_at=now):
        raise Conflict(
            "기억한 거절을 거두지 않았습니다.", "이미 거둔 거절입니다.", "화면을 새로 고쳐 지금의 상태를 확인해 주세요."
        )
    details = {"match": rejection.match_id, "reference": rejection.reference}
    record("listings.rejection.withdrawn", actor=actor, subject=rejection, details=details, at=now)
    rejection.refresh_from_db()
    match = Match.objects.rejected().filter(pk=rejection.match_id).first()
    if match is not None:
        reopen(match, actor=actor)
    return rejection
