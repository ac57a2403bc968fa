"""Taking back what a brand allowed."""

from datetime import date

from django.db import transaction
from django.db.models import F, Value
from django.db.models.functions import Greatest
from django.utils import timezone

from core.actors import Actor
from core.errors import Conflict
from core.journal import record
from sellers.choices import AuthorisationStatus
from sellers.models import Authorisation
from sellers.querysets import AuthorisationQuerySet


@transaction.atomic
def revoke_authorisation(authorisation: Authorisation, *, actor: Actor | None, on: date | None = None) -> Authorisation:
    """End the authorisation today, for good. Raises ``Conflict`` where somebody did already.

    A brand whose next list still names the seller authorises it anew: the list is the brand's own word.
    """
    standing = Authorisation.objects.filter(pk=authorisation.pk).not_revoked()
    if not end_now(standing, on=on or timezone.localdate()):
        raise Conflict(
            "판매 권한을 철회하지 않았습니다.",
            "이미 철회된 권한입니다.",
            "화면을 새로 고쳐 지금의 상태를 확인해 주세요.",
        )
    details = {"old": str(authorisation.status), "new": AuthorisationStatus.REVOKED.value}
    record("sellers.authorisation.revoked", actor=actor, subject=authorisation, details=details)
    authorisation.refresh_from_db()
    return authorisation


def end_now(rows: AuthorisationQuerySet, *, on: date) -> int:
    """Revoke the rows, to end on that day; how many there were. The caller journals it in the same transaction."""
    # Never before the day on which it started: a list may be brought in for a day gone by.
    ends_on = Greatest(F("starts_on"), Value(on))
    return rows.update(status=AuthorisationStatus.REVOKED, ends_on=ends_on, updated_at=timezone.now())
