"""Who holds a tracking code, and how wrong codes are slowed down."""

from datetime import datetime
from typing import Final

from django.http import HttpRequest

from accounts.choices import LinkPurpose
from accounts.models import AccessLink
from accounts.services import find_link
from accounts.wrong_tries import count_wrong
from core.errors import DomainError
from reports.models import Complainant, Report
from reports.parties.track_page import Holder

#: Wrong codes a minute from one address [ours]. A right one opens all the same: many people share an address, and
#: nobody may shut the others out. That gives a guesser nothing: a code has 100 bits.
WRONG_A_MINUTE: Final = 10
_WINDOW: Final = 60
_COMPLAINANT: Final = Complainant._meta.label_lower
_REPORT: Final = Report._meta.label_lower


class TooMany(DomainError):
    """Too many wrong codes from one address; ``seconds`` until the next one is looked at."""

    code = "too_many_codes"

    def __init__(self, seconds: int) -> None:
        self.seconds = seconds
        super().__init__(
            "조회하지 못했습니다.",
            f"틀린 코드를 1분에 {WRONG_A_MINUTE}번 넘게 입력했습니다.",
            f"{seconds}초 뒤에 메일에 적힌 코드를 확인하고 다시 입력해 주세요.",
        )


def open_code(request: HttpRequest, code: str, *, now: datetime) -> tuple[AccessLink, Holder]:
    """The link and its holder. Raises ``DomainError`` for a code that opens nothing, ``TooMany`` after ten of them."""
    opened = _opened(code, now)
    if opened is not None:
        return opened
    _count_wrong(request, now)
    raise DomainError(
        "조회 코드로 열지 못했습니다.",
        "코드가 다르거나 기한이 지났습니다.",
        "가장 최근에 받은 메일의 코드를 확인해 주세요.",
        code="track_unknown",
    )


def _opened(code: str, now: datetime) -> tuple[AccessLink, Holder] | None:
    try:
        link = find_link(code, purpose=LinkPurpose.TRACK, now=now)
    except DomainError:
        return None
    holder = _holder_of(link)
    return (link, holder) if holder is not None else None


def _count_wrong(request: HttpRequest, now: datetime) -> None:
    seconds = count_wrong(request, "track", most=WRONG_A_MINUTE, seconds=_WINDOW, now=now)
    if seconds:
        raise TooMany(seconds)


def _holder_of(link: AccessLink) -> Holder | None:
    reports = Report.objects.select_related(
        "allegation__case__listing__seller",
        "allegation__case__listing__marketplace",
        "allegation__ground",
        "allegation__brand",
        "version",
        "ground",
        "marketplace",
        "complainant",
    ).order_by("id")
    if link.subject_type == _REPORT:
        report = reports.filter(pk=link.subject_ref).first()
        if report is None:
            return None
        who = report.complainant
        return Holder(who, (report,), who.language if who is not None else "ko")
    if link.subject_type != _COMPLAINANT:
        return None
    complainant = Complainant.objects.filter(pk=link.subject_ref).first()
    if complainant is None:
        return None
    return Holder(complainant, tuple(reports.filter(complainant=complainant)), complainant.language)
