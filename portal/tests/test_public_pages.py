"""The pages that anyone may read: true today, in Korean, and without inline styles or scripts."""

import re
from collections.abc import Mapping
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path
from typing import Final

import pytest
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.test import Client, RequestFactory
from django.views import defaults

from core.rulesets import RuleValues
from portal import public_views
from portal.policy_content import PolicyContent, policy_content
from reports.models import Ground, Policy
from reports.rules import FIRST_VALUES

PAGES: Final = ("/", "/policy/", "/privacy/", "/styleguide/")
TEMPLATES: Final = Path(__file__).parents[2] / "templates"
pytestmark = pytest.mark.django_db


class Outline(HTMLParser):
    """Headings in order, and what the policy of content forbids."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.headings: list[int] = []
        self.forbidden: list[str] = []
        self.language = ""
        self.landmarks: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        named = dict(attributes)
        if re.fullmatch(r"h[1-6]", tag):
            self.headings.append(int(tag[1]))
        if tag == "html":
            self.language = named.get("lang") or ""
        if tag in {"header", "main", "footer"}:
            self.landmarks.append(tag)
        if tag == "style" or (tag == "script" and "src" not in named):
            self.forbidden.append(tag)
        self.forbidden += [f"{tag} {name}" for name in named if name == "style" or name.startswith("on")]


def page_of(client: Client, address: str) -> str:
    response = client.get(address)
    assert response.status_code == 200
    return response.content.decode()


def numbers(**changes: int) -> RuleValues:
    return RuleValues("reports", 3, {**FIRST_VALUES, **changes})


def policy_page(content: PolicyContent) -> str:
    request = RequestFactory().get("/policy/")
    return render_to_string("portal/policy.html", {"content": content, "counting": ()}, request=request)


@pytest.mark.parametrize("address", PAGES)
def test_a_page_needs_no_inline_style_or_script(client: Client, address: str) -> None:
    assert Outline(page_of(client, address)).forbidden == []


@pytest.mark.parametrize("address", PAGES)
def test_a_page_is_korean_and_has_its_landmarks(client: Client, address: str) -> None:
    outline = Outline(page_of(client, address))
    assert outline.language == "ko"
    assert outline.landmarks == ["header", "main", "footer"]


@pytest.mark.parametrize("address", PAGES)
def test_headings_start_with_one_first_and_skip_no_step(client: Client, address: str) -> None:
    headings = Outline(page_of(client, address)).headings
    assert headings[0] == 1
    assert headings.count(1) == 1
    assert all(following <= before + 1 for before, following in pairwise(headings))


@pytest.mark.parametrize("address", PAGES)
def test_the_way_past_the_header_leads_to_the_content(client: Client, address: str) -> None:
    page = page_of(client, address)
    assert '<a class="skip" href="#main">본문으로 건너뛰기</a>' in page
    assert '<main id="main" tabindex="-1">' in page


@pytest.mark.parametrize("address", PAGES)
def test_the_footer_names_the_operator_and_the_intermediary(client: Client, address: str, settings: object) -> None:
    settings.OPERATOR = {  # type: ignore[attr-defined]  # pytest-django's wrapper takes any setting
        "name": "<b>가나다마켓</b>",
        "representative": "김대표",
        "business_number": "222-22-22227",
        "mail_order_number": "제2026-서울서초-1126호",
        "address": "서울특별시 서초구 1",
        "phone": "02-111-2222",
        "email": "ask@ganada.example",
    }
    footer = page_of(client, address).split("<footer", 1)[1]
    for fact in ("김대표", "222-22-22227", "제2026-서울서초-1126호", "서울특별시 서초구 1", "02-111-2222"):
        assert fact in footer
    assert "&lt;b&gt;가나다마켓&lt;/b&gt;" in footer
    assert "통신판매중개자이며 통신판매의 당사자가 아닙니다" in footer
    assert '<a href="mailto:ask@ganada.example">' in footer
    assert '<a href="/policy/">처리 기준</a>' in footer
    assert '<a class="footer__strong" href="/privacy/">개인정보 처리방침</a>' in footer


@pytest.mark.parametrize("address", ["/", "/policy/", "/privacy/"])
def test_a_page_links_no_door_that_is_not_open(client: Client, address: str) -> None:
    page = page_of(client, address)
    inside = {target.split("#")[0] for target in re.findall(r'href="(/[^"]*)"', page) if "/static/" not in target}
    assert inside - {""} <= {"/", "/policy/", "/privacy/", "/report/", "/track/", "/seller/", "/admin/", "/styleguide/"}


@pytest.mark.parametrize("address", ["/", "/policy/", "/privacy/"])
def test_a_link_within_a_page_finds_its_place(client: Client, address: str) -> None:
    page = page_of(client, address)
    ids = set(re.findall(r'\sid="([^"]+)"', page))
    assert {name for name in re.findall(r'href="#([^"]+)"', page) if name not in ids} == set()


@pytest.mark.parametrize("address", ["/", "/policy/", "/privacy/"])
def test_a_page_that_is_read_takes_nothing(client: Client, address: str) -> None:
    assert client.post(address).status_code == 405


@pytest.mark.parametrize("address", ["/", "/policy/", "/privacy/"])
def test_a_page_stays_korean_whatever_the_browser_asks_for(client: Client, address: str) -> None:
    page = client.get(address, headers={"accept-language": "en"}).content.decode()
    assert 'lang="ko"' in page
    assert page == page_of(client, address)


@pytest.mark.parametrize("address", ["/", "/policy/", "/privacy/"])
def test_a_page_asks_the_database_a_fixed_number_of_times(
    client: Client, address: str, django_assert_max_num_queries: object
) -> None:
    with django_assert_max_num_queries(3):  # type: ignore[operator]  # pytest-django's fixture
        client.get(address)


# -- the policy ----------------------------------------------------------------------------------------------


def test_the_policy_publishes_every_active_reason_with_its_evidence(client: Client) -> None:
    Ground.objects.create(code="hidden", title="쓰지 않는 사유", description="-", is_active=False)
    page = page_of(client, "/policy/")
    grounds = list(Ground.objects.filter(is_active=True))
    assert len(grounds) == 11
    for ground in grounds:
        assert f'id="reason-{ground.code}"' in page
        assert all(item in page for item in ground.evidence)
    assert "쓰지 않는 사유" not in page


def test_the_policy_publishes_every_active_clause(client: Client) -> None:
    page = page_of(client, "/policy/")
    assert re.findall(r'id="clause-([a-z_]+)"', page) == list(
        Policy.objects.filter(is_active=True).values_list("code", flat=True)
    )


def test_deadlines_are_those_of_the_table() -> None:
    content = policy_content(numbers(), [], [])
    when = {term.what: term.when for group in content.groups for term in group.terms}
    assert when == {
        "진행 상황 안내": "3영업일",
        "결과 또는 처리 방안 안내": "10영업일",
        "권리자와 권리의 확인": "2영업일",
        "확인된 권리자의 위조상품 신고": "24영업시간",
        "그 밖의 신고": "3영업일",
        "판매 권한에 대한 브랜드의 답변": "5영업일",
        "소명자료 제출": "통지가 도달한 날부터 3영업일",
        "소명을 받은 뒤의 결정": "2영업일",
        "소명에 대한 신고인의 의견": "4영업일",
        "이의제기": "결정을 통지받은 날부터 6개월",
        "이의제기에 대한 결정": "7영업일",
        "서류 없는 환불 신청": "상품을 받은 날부터 15일",
        "그 뒤의 환불 신청": "상품을 받은 날부터 3개월",
        "승인된 환불의 지급 지시": "24시간",
        "악용이 의심되는 신청의 확인": "3영업일",
    }


def test_the_penalty_ladder_is_that_of_the_rules() -> None:
    content = policy_content(numbers(), [], [])
    assert [(penalty.title, penalty.text) for penalty in content.penalties] == [
        ("1회", "경고와 1일 판매정지"),
        ("2회", "7일 판매정지와 정산 보류(최대 180일)"),
        ("3회", "상점 폐쇄와 정산 보류(최대 180일). 1년 뒤에 다시 입점을 신청할 수 있습니다."),
    ]


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"explanation_business_days": 41}, "통지가 도달한 날부터 41영업일"),
        ({"explanation_extension_business_days": 42}, "42영업일 연장합니다"),
        ({"strike_merge_days": 43}, "43일 안에 확인된 침해"),
        ({"strike_valid_days": 44}, "44일이 지나면"),
        ({"payout_hold_days": 45}, "정산 보류(최대 45일)"),
        ({"complaint_listings": 46}, "상품 46개"),
        ({"consumer_progress_business_days": 47}, "47영업일 안에 진행 상황을"),
    ],
)
def test_a_changed_number_changes_the_page(changes: Mapping[str, int], expected: str) -> None:
    content = policy_content(numbers(**changes), [], [])
    page = policy_page(content)
    assert expected in page


def test_the_policy_says_what_is_not_open_yet(client: Client) -> None:
    groups = {group.slug: group.opening for group in policy_content(numbers(), [], []).groups}
    assert groups == {
        "consumers": "by_contact",
        "rights-holders": "coming",
        "explanations": "by_contact",
        "appeals": "coming",
        "refunds": "coming",
    }
    assert page_of(client, "/policy/").count("준비 중</span>") == 5  # three groups, final decisions and the penalties


def test_a_policy_without_reasons_says_what_would_be_there() -> None:
    content = policy_content(numbers(), [], [])
    page = policy_page(content)
    assert "공개된 신고 사유가 없습니다." in page
    assert "공개된 조항이 없습니다." in page


def test_the_privacy_policy_names_the_officer_and_its_first_day(client: Client, settings: object) -> None:
    settings.OPERATOR = {**settings.OPERATOR, "privacy_officer": "박보호"}  # type: ignore[attr-defined]
    page = page_of(client, "/privacy/")
    assert "박보호" in page
    assert "2026년 11월 24일(화)부터 적용합니다." in page
    assert "개인정보 처리를 다른 곳에 맡기지 않습니다." in page


def test_the_privacy_policy_names_trustees_where_there_are_any(client: Client, settings: object) -> None:
    operator = {**settings.OPERATOR, "trustees": ["가나다호스팅: 서버 운영"]}  # type: ignore[attr-defined]
    settings.OPERATOR = operator  # type: ignore[attr-defined]
    page = page_of(client, "/privacy/")
    assert "<li>가나다호스팅: 서버 운영</li>" in page
    assert "개인정보 처리를 다른 곳에 맡기지 않습니다." not in page


# -- errors --------------------------------------------------------------------------------------------------


def error_page(number: int) -> HttpResponse:
    request = RequestFactory().get("/nowhere/")
    made = {
        400: lambda: defaults.bad_request(request, Exception("secret reason")),
        403: lambda: defaults.permission_denied(request, Exception("secret reason")),
        404: lambda: defaults.page_not_found(request, Exception("secret reason")),
        500: lambda: defaults.server_error(request),
    }
    return made[number]()


@pytest.mark.parametrize(("number", "sentences"), [(400, 3), (403, 3), (404, 2), (500, 4)])
def test_an_error_page_says_what_why_and_what_to_do(number: int, sentences: int) -> None:
    response = error_page(number)
    page = response.content.decode()
    outline = Outline(page)
    assert response.status_code == number
    assert outline.language == "ko"
    assert outline.forbidden == []
    assert outline.headings == [1]
    said = re.findall(r"[가-힣]+(?:니다|세요)\.", page.partition("<main")[2].partition("</main>")[0])
    assert len(said) == sentences
    assert "secret reason" not in page
    assert '<a class="button" href="/">처음 화면으로 가기</a>' in page


@pytest.mark.parametrize("number", [400, 500])
def test_a_page_for_the_worst_hour_needs_no_templates(number: int) -> None:
    source = (TEMPLATES / f"{number}.html").read_text()
    assert "{%" not in source
    assert "{{" not in source


def test_a_page_that_is_not_there_is_answered_in_our_look(client: Client) -> None:
    response = client.get("/nowhere/")
    assert response.status_code == 404
    assert "찾는 화면이 없습니다" in response.content.decode()


def test_a_refused_form_tells_the_person_and_not_the_reason() -> None:
    request: HttpRequest = RequestFactory().post("/")
    response = public_views.csrf_failure(request, reason="CSRF cookie not set.")
    page = response.content.decode()
    assert response.status_code == 403
    assert "보낸 내용을 받지 못했습니다" in page
    assert "CSRF" not in page
