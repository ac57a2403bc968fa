"""Every piece of the pages with sample data: usual, long, empty and wrong. Only where ``STYLEGUIDE`` is on."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from django import forms
from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.templatetags.static import static
from django.views.decorators.http import require_http_methods

from core.numbers import SEOUL
from portal.charts import Series, bar_chart
from portal.pieces import STATUS_LOOKS, Cell, Column, Filter, KeptFile

#: The samples stand still, so that two looks at the page can be compared.
NOW: Final = datetime(2026, 11, 23, 14, 30, tzinfo=SEOUL)
LONG_NAME: Final = "주식회사 한빛달빛별빛생활디자인연구소 남대문알파문구점 공식 온라인 스토어"


@dataclass(frozen=True, slots=True)
class SampleEvent:
    at: datetime
    actor: str
    text: str
    note: str = ""
    is_now: bool = False


class SampleForm(forms.Form):
    """One field of each kind."""

    use_required_attribute = False

    company = forms.CharField(
        label="상호",
        help_text="사업자등록증에 적힌 대로 입력해 주세요.",
        error_messages={"required": "상호가 비어 있습니다. 신고인을 확인하는 데 필요합니다. 상호를 입력해 주세요."},
    )
    email = forms.EmailField(
        label="이메일",
        help_text="결과를 이 주소로 보냅니다.",
        error_messages={"invalid": "이메일 주소를 읽을 수 없습니다. ‘@’가 없습니다. name@example.kr처럼 적어 주세요."},
    )
    kind = forms.ChoiceField(
        label="권리의 종류",
        choices=[("trademark", "상표권"), ("design", "디자인권"), ("copyright", "저작권")],
        widget=forms.RadioSelect,
        error_messages={
            "required": "권리의 종류가 비어 있습니다. 종류마다 필요한 증빙이 다릅니다. 하나를 골라 주세요."
        },
    )
    goods = forms.ChoiceField(label="상품의 종류", choices=[("", "고르지 않음"), ("bag", "가방")], required=False)
    story = forms.CharField(label="의심하는 이유", widget=forms.Textarea, required=False)
    agrees = forms.BooleanField(
        label="신고 내용이 사실과 다르지 않음을 확인합니다",
        error_messages={"required": "확인 표시가 없습니다. 신고에는 확인이 필요합니다. 읽고 표시해 주세요."},
    )


@require_http_methods(["GET", "HEAD", "POST"])
def styleguide(request: HttpRequest) -> HttpResponse:
    """All pieces on one page. A form that is sent changes nothing; it comes back with a notice."""
    if not settings.STYLEGUIDE:
        raise Http404
    if request.method == "POST":
        messages.info(request, "예시 화면이므로 아무것도 바뀌지 않았습니다.")
        return redirect("styleguide")
    return render(request, "portal/styleguide.html", _samples(request.GET.get("sort", "")))


def _samples(sort: str) -> dict[str, Any]:
    return {
        "now": NOW,
        "clocks": [NOW + timedelta(days=15, hours=9, minutes=30), NOW + timedelta(hours=20), NOW - timedelta(days=1)],
        "steps": ["권리자 확인", "상품과 증빙", "검토하고 제출하기"],
        "statuses": list(STATUS_LOOKS),
        "long_name": LONG_NAME,
        "effects": ["등록된 상품 1,204개의 판매가 끝납니다.", "판매자에게 사유와 다투는 방법을 알립니다."],
        "form": SampleForm(),
        "wrong_form": SampleForm(
            {"company": "", "email": "hong.example.kr", "kind": "", "agrees": ""}, auto_id="wrong_%s"
        ),
        "files": _files(),
        "events": _events(),
        "chart": _chart(),
        "no_chart": bar_chart("none", "월별 신고", "아직 없습니다.", [], [Series("접수", ())]),
        "pair": _pair(),
        "missing_url": f"{settings.STATIC_URL}portal/styleguide/missing.svg",
    } | _table(sort)


def _files() -> list[KeptFile]:
    picture = static("portal/styleguide/listing.svg")
    there = "/styleguide/"
    return [
        KeptFile("상품 상세 화면.png", "화면 캡처", 1_480_000, NOW, picture_url=picture, remove_action=there),
        KeptFile(f"{LONG_NAME} 상표등록원부 사본(최종)(수정본).pdf", "등록원부", 82_300, NOW, remove_action=there),
        KeptFile("정품 비교.jpg", "비교 사진", 4_200_000, state="sending", percent=62),
        KeptFile(
            "시험구매.heic",
            "받은 상품 사진",
            9_100_000,
            state="failed",
            problem="올리지 못했습니다. 연결이 끊겼습니다. 연결을 확인하고 다시 올려 주세요.",
            retry_action=there,
            remove_action=there,
        ),
    ]


def _events() -> list[SampleEvent]:
    return [
        SampleEvent(NOW - timedelta(days=2), "자동 검사", "상품 사진이 브랜드 기준 사진과 같다고 표시했습니다."),
        SampleEvent(NOW - timedelta(days=1), "담당자", "임시 판매제한을 결정했습니다.", "사유: 위조상품"),
        SampleEvent(NOW - timedelta(hours=3), "마켓플레이스", "판매제한을 적용했다고 확인했습니다."),
        SampleEvent(NOW, "판매자", "소명을 요청받았습니다.", is_now=True),
    ]


def _chart() -> object:
    return bar_chart(
        "reports-by-month",
        "월별 신고와 판매제한",
        "9월부터 11월까지 신고는 412건에서 655건으로 늘었고, 판매제한은 120건에서 301건으로 늘었습니다.",
        ["2026년 9월", "2026년 10월", "2026년 11월"],
        [Series("신고", (412, 530, 655)), Series("판매제한", (120, 204, 301)), Series("판매 재개", (9, 0, 21))],
    )


def _pair() -> dict[str, Any]:
    """The listing's sample is the reference's, mirrored, turned and with a border: laid over, they coincide."""
    return {
        "reference_url": static("portal/styleguide/reference.svg"),
        "suspect_url": static("portal/styleguide/listing.svg"),
        "transform": {
            "rotation": 270,
            "mirrored": True,
            "source_box": [25 / 500, 25 / 700, 475 / 500, 625 / 700],
            "reference_box": [0.0, 0.0, 1.0, 1.0],
        },
    }


def _table(sort: str) -> dict[str, Any]:
    columns = [
        Column("title", "상품"),
        Column("seller", "판매자"),
        Column("price", "가격", is_number=True, is_sortable=True),
        Column("status", "상태"),
    ]
    listings = [
        (
            "미르나 스타일 퀼팅 체인 숄더백 크로스백 여성 가방 정품급 당일출고",
            "온누리상점",
            39_900,
            "restricted",
        ),
        ("소나무 등산 모자", LONG_NAME, 12_900, "under_review"),
        ("달토끼 텀블러 500ml", "다온", 8_500, "reinstated"),
    ]
    if sort.lstrip("-") == "price":
        listings.sort(key=lambda row: row[2], reverse=sort.startswith("-"))
    rows = [
        [Cell(title, url="#table"), Cell(shop), Cell(f"{price:,}원"), Cell(status=status)]
        for title, shop, price, status in listings
    ]
    choices = (("", "모든 상태"), ("restricted", "판매제한"), ("under_review", "심사 중"))
    return {"columns": columns, "rows": rows, "sort": sort, "filters": [Filter("status", "상태", choices)]}
