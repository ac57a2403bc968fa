"""News by mail for somebody who reported without an account: a contact only once a code has come back from it."""

from datetime import datetime, timedelta
from typing import Final

from django.db import transaction

from accounts import contact_codes
from accounts.models import AccessLink
from core.actors import Actor
from core.errors import Conflict
from core.journal import record
from reports.models import NewsRequest, Report
from reports.services import clicks, filing, floods
from reports.services.filing import Contact

#: An address that nobody confirmed is kept so long [ours]: longer than any code holds.
_KEPT_FOR: Final = timedelta(days=1)
_NOT_ASKED: Final = "확인 코드를 보내지 않았습니다."


def ask_for_news(report: Report, link: AccessLink, *, email: str, consent_version: str, now: datetime) -> NewsRequest:
    """Keep the address and send it a code. ``link`` is the report's tracking link, which counts its codes.

    Raises ``Conflict`` where there is a contact already or too many codes were sent.
    """
    floods.require_few_codes(email, now=now)
    with transaction.atomic():
        _require_no_contact(report)
        row = NewsRequest.objects.create(
            report=report, email=email.strip().lower(), consent_version=consent_version, asked_at=now
        )
        place = report.marketplace or (report.case.listing.marketplace if report.case is not None else None)
        assert place is not None, "a report waits for a listing of a marketplace, or has one"
        to = contact_codes.Contact(row.email, place, ref="", language="ko", letter="reporter_code")
        contact_codes.send_code(link, to, now=now, actor=_actor(report))
        record("reports.news_request.asked", actor=_actor(report), subject=row, details={"report": report.pk}, at=now)
    return row


def confirm_news(report: Report, link: AccessLink, typed: str, *, now: datetime) -> Report:
    """The code has come back: from now on the reporter is a complainant of the case and is told what becomes of it.

    Raises what ``contact_codes.confirm_code`` raises.
    """
    contact_codes.confirm_code(link, typed, now=now, actor=_actor(report))
    with transaction.atomic():
        row = NewsRequest.objects.unconfirmed().filter(report=report).order_by("-id").first()
        _require_no_contact(report)
        if row is None:
            raise Conflict(
                "이메일을 저장하지 않았습니다.", "요청한 지 하루가 지났습니다.", "이메일을 다시 적어 주세요."
            )
        NewsRequest.objects.filter(pk=row.pk).update(confirmed_at=now)
        filing.give_contact(report, Contact(email=row.email), now=now)
        record(
            "reports.news_request.confirmed", actor=_actor(report), subject=row, details={"report": report.pk}, at=now
        )
    report.refresh_from_db()
    return report


def forget_unconfirmed(*, now: datetime) -> int:
    """Addresses that nobody confirmed are not kept."""
    return NewsRequest.objects.unconfirmed().asked_before(now - _KEPT_FOR).delete()[0]


def _require_no_contact(report: Report) -> None:
    if report.withdrawn_at is not None:
        raise Conflict(_NOT_ASKED, "되돌린 신고입니다.", "다시 신고한 뒤 적어 주세요.", code="taken_back")
    if Report.objects.filter(pk=report.pk, complainant__isnull=False).exists():
        raise Conflict(_NOT_ASKED, "이 신고의 소식을 받을 이메일이 이미 있습니다.", "그 메일을 확인해 주세요.")


def _actor(report: Report) -> Actor:
    return clicks.visiting(report.visitor)
