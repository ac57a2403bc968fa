"""What a reporter does with a receipt, by name: one act a form, one service each, for the pages and the endpoints."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django import forms
from django.http import HttpRequest, QueryDict
from django.utils.datastructures import MultiValueDict

from accounts.models import AccessLink
from core.errors import DomainError
from reports import uploads
from reports.choices import DocumentKind
from reports.models import Report
from reports.parties.words import said_of_file
from reports.public import consent
from reports.public.forms import CodeForm, NewsForm, NoteForm, ReasonForm
from reports.services import additions, clicks, news

Files = MultiValueDict[str, Any]


@dataclass(frozen=True, slots=True)
class Act:
    """One thing that a reporter does: its form, and the service that does it. Returns what to tell them."""

    form: type[forms.Form]
    carry_out: Callable[[Report, AccessLink, dict[str, Any], datetime], str]


def _reason(report: Report, link: AccessLink, given: dict[str, Any], now: datetime) -> str:  # noqa: ARG001 - one shape
    additions.give_reason(report, given["ground"], now=now)
    return "신고 사유를 저장했습니다."


def _note(report: Report, link: AccessLink, given: dict[str, Any], now: datetime) -> str:  # noqa: ARG001 - one shape
    additions.add_note(report, given["text"], now=now)
    return "메모를 저장했습니다. 담당자가 읽습니다."


def _news(report: Report, link: AccessLink, given: dict[str, Any], now: datetime) -> str:
    news.ask_for_news(report, link, email=given["email"], consent_version=consent.VERSION, now=now)
    return "확인 코드를 메일로 보냈습니다. 받은 숫자 6자리를 입력하면 소식을 보내 드립니다."


def _confirm(report: Report, link: AccessLink, given: dict[str, Any], now: datetime) -> str:
    news.confirm_news(report, link, given["code"], now=now)
    return "이메일을 확인했습니다. 처리 상황과 결과를 메일로 알려 드립니다."


ACTS: Final = {
    "reason": Act(ReasonForm, _reason),
    "note": Act(NoteForm, _note),
    "news": Act(NewsForm, _news),
    "confirm": Act(CodeForm, _confirm),
}


def take_back(report: Report, *, now: datetime) -> str:
    clicks.take_back(report, now=now)
    return "신고를 되돌렸습니다. 이 신고는 세지 않으며, 언제든 다시 신고하실 수 있습니다."


@dataclass(frozen=True, slots=True)
class PhotosTaken:
    """What came of the photos: how many were new, and what was not taken and why."""

    count: int
    problems: Sequence[str]


def add_photos(report: Report, request: HttpRequest, *, now: datetime) -> PhotosTaken:
    """Keep each file that can be kept and bind it at once: one bad file takes no other with it. Outside a transaction:
    hostile files are decoded here. Raises ``DomainError`` where nothing can be added any more."""
    taken = uploads.take_in(request.FILES, (), scope=f"report:{report.pk}", kinds=(DocumentKind.PHOTO,))
    problems = [said_of_file(each.name, each.error) for each in taken.refused]
    if not taken.kept and not problems:
        raise DomainError(
            "사진을 저장하지 않았습니다.", "고른 사진이 없습니다.", "사진을 하나 이상 골라 주세요.", code="empty"
        )
    count = additions.add_files(report, taken.handed_in, now=now) if taken.kept else 0
    return PhotosTaken(count, problems)


def bound(name: str, given: QueryDict | dict[str, Any]) -> forms.Form:
    return ACTS[name].form(given)
