"""Every page of the staff's admin opens, in few queries however long the list, and writes only what its form may."""

import json
from collections.abc import Callable

import pytest
from django.contrib import admin
from django.contrib.admin.models import LogEntry
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import User, WebhookSecret
from accounts.tests.factories import make_marketplace, make_user
from brands.models import Brand
from brands.tests.factories import make_brand
from core import approvals, journal
from core.actors import USER, Actor
from core.choices import ApprovalStatus, OutboxStatus
from core.models import (
    Approval,
    Heartbeat,
    Holiday,
    JournalEntry,
    OutboxMessage,
    RuleSet,
)
from core.rule_values import current, today
from listings.models import Rejection
from portal.doors import PAGES, Page
from portal.tests.rows import ASKER, make_person, many_of_everything, rows_of_everything
from sellers.models import Authorisation
from sellers.tests.factories import make_authorisation, make_seller

#: What one page may ask of the database: a session, a person, permissions, the row, its sections.
MOST_QUERIES = 25

Sign = Callable[[], User]
superuser = pytest.param(lambda: make_user(is_superuser=True), id="superuser")
reader = pytest.param(lambda: make_person("reader"), id="reader")


def _url(page: Page, what: str, *args: object) -> str:
    return reverse(f"admin:{page.model.replace('.', '_')}_{what}", args=args)


def _queries(client: Client, url: str) -> tuple[int, int]:
    with CaptureQueriesContext(
        connection,
    ) as queries:
        response = client.get(url)
        response.content  # noqa: B018 - renders a template response
    return response.status_code, len(queries)


# -- every page opens -------------------------------------------------------------------------------------------------


@pytest.mark.django_db
@pytest.mark.parametrize("sign", [superuser, reader])
def test_a_list_of_thirty_costs_the_queries_of_a_list_of_three(client: Client, sign: Sign) -> None:
    user = sign()
    client.force_login(user)
    seen = [page for page in PAGES if user.has_perm(page.permission("view"))]
    many_of_everything(3)
    short = {page.model: _queries(client, _url(page, "changelist")) for page in seen}
    many_of_everything(27)
    long = {page.model: _queries(client, _url(page, "changelist")) for page in seen}
    assert {name: status for name, (status, _) in long.items() if status != 200} == {}
    assert {name: (short[name][1], count) for name, (_, count) in long.items() if count != short[name][1]} == {}
    assert {name: count for name, (_, count) in long.items() if count > MOST_QUERIES} == {}


@pytest.mark.django_db
@pytest.mark.parametrize("sign", [superuser, reader])
def test_every_page_of_a_row_opens_with_few_queries(client: Client, sign: Sign) -> None:
    user, rows = sign(), rows_of_everything()
    client.force_login(user)
    wrong = []
    for page in PAGES:
        if not user.has_perm(page.permission("view")):
            continue
        urls = [_url(page, "change", rows[page.model].pk), _url(page, "history", rows[page.model].pk)]
        urls += [_url(page, "add")] if page.adds and user.has_perm(page.permission("add")) else []
        for url in urls:
            status, count = _queries(client, url)
            if status != 200 or count > MOST_QUERIES:
                wrong.append(f"{url}: {status}, {count} queries")
    assert wrong == []


@pytest.mark.django_db
def test_every_search_and_filter_answers(client: Client) -> None:
    client.force_login(make_user(is_superuser=True))
    rows_of_everything()
    for page in PAGES:
        page_admin = next(
            known for model, known in admin.site._registry.items() if model._meta.label_lower == page.model
        )
        url = _url(page, "changelist")
        if page_admin.search_fields:
            assert client.get(url, {"q": "찾는 말"}).status_code == 200, page.model
        listed = client.get(url)
        for spec in listed.context["cl"].filter_specs:
            for choice in spec.choices(listed.context["cl"]):
                address = f"{url}{choice['query_string']}"
                assert client.get(address).status_code == 200, address


@pytest.mark.django_db
def test_the_first_page_says_what_to_do_in_few_queries(client: Client) -> None:
    rows_of_everything()
    client.force_login(make_person("lead"))
    response = client.get("/admin/")
    works = {work.title: work.count for work in response.context["works"]}
    assert works == {
        "사건 대기열": 4,
        "일치 검토": 1,
        "닿지 않은 통지": 1,
        "2인 승인": 2,
        "멈추거나 실패한 조치": 0,
        "판매자를 기다리는 판매 권한": 0,
    }
    assert "검토 시작하기" in response.content.decode()
    status, count = _queries(client, "/admin/")
    assert (status, count <= MOST_QUERIES) == (200, True)


@pytest.mark.django_db
def test_the_first_page_of_an_operator_shows_what_stands_still(client: Client) -> None:
    rows_of_everything()
    Heartbeat.objects.all().delete()
    client.force_login(make_person("operator"))
    response = client.get("/admin/")
    works = {work.title: work.count for work in response.context["works"]}
    assert works == {"멈추거나 실패한 조치": 0, "멈춘 발신": 1, "받지 않는 웹훅 주소": 0, "포기한 작업": 1}
    assert [figure.value for figure in response.context["figures"] if figure.is_bad] == ["본 적 없음", "본 적 없음"]


@pytest.mark.django_db
def test_an_empty_desk_is_said_to_be_empty(client: Client) -> None:
    client.force_login(make_person("moderator"))
    assert "지금 하실 일이 없습니다" in client.get("/admin/").content.decode()


@pytest.mark.django_db
def test_staff_without_a_role_are_told_whom_to_ask(client: Client) -> None:
    client.force_login(make_user())
    assert "운영 담당자에게 역할을 요청해 주세요" in client.get("/admin/").content.decode()


# -- history and details ----------------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_the_history_of_a_row_is_its_journal_and_details_need_their_permission(client: Client) -> None:
    brand = rows_of_everything()["brands.brand"]
    client.force_login(make_person("korea_team"))
    client.post(reverse("admin:brands_brand_change", args=[brand.pk]), {})
    page = reverse("admin:brands_brand_history", args=[brand.pk])
    told = client.get(page).content.decode()
    assert "브랜드 · 변경" in told
    assert "is_protected" not in told
    client.force_login(make_person("reader"))
    assert "true → false" in client.get(page).content.decode()


@pytest.mark.django_db
def test_erased_details_are_said_to_be_erased(client: Client) -> None:
    entry = JournalEntry.objects.get(pk=rows_of_everything()["core.journalentry"].pk)
    journal.erase_details(entry, actor=ASKER, reason="정보주체의 요구")
    client.force_login(make_person("reader"))
    assert "파기했습니다" in client.get(reverse("admin:core_journalentry_change", args=[entry.pk])).content.decode()


# -- what is changed goes through a service or stands in the journal --------------------------------------------------


@pytest.mark.django_db
def test_a_brand_that_is_switched_off_stands_in_the_journal_and_nowhere_else(client: Client) -> None:
    brand, user = make_brand(), make_person("korea_team")
    client.force_login(user)
    client.post(reverse("admin:brands_brand_change", args=[brand.pk]), {"name": "다른 이름"})
    changed = Brand.objects.get(pk=brand.pk)
    assert (changed.is_protected, changed.name) == (False, brand.name)
    entry = JournalEntry.objects.get(verb="brands.brand.changed")
    assert (entry.subject_ref, entry.actor_ref) == (str(brand.pk), str(user.pk))
    assert entry.detail.body == {"is_protected": {"old": True, "new": False}}
    assert LogEntry.objects.count() == 0


@pytest.mark.django_db
def test_a_form_saved_as_it_was_writes_nothing(client: Client) -> None:
    brand = make_brand()
    client.force_login(make_person("korea_team"))
    client.post(reverse("admin:brands_brand_change", args=[brand.pk]), {"is_protected": "on"})
    assert not JournalEntry.objects.filter(verb="brands.brand.changed").exists()


@pytest.mark.django_db
def test_a_holiday_is_added_as_koreans_write_dates_and_stands_in_the_journal(client: Client) -> None:
    client.force_login(make_person("operator"))
    said = {"date": "2027. 3. 2.", "name": "임시공휴일", "kind": "temporary", "adds": "on", "gazette_number": "제1호"}
    assert client.post(reverse("admin:core_holiday_add"), said).status_code == 302
    holiday = Holiday.objects.get()
    assert holiday.date.isoformat() == "2027-03-02"
    entry = JournalEntry.objects.get(verb="core.holiday.created")
    assert entry.detail.body["date"] == "2027-03-02"


@pytest.mark.django_db
def test_a_rule_set_is_added_with_a_reason_and_refused_without_losing_what_was_typed(client: Client) -> None:
    client.force_login(make_person("operator"))
    address = f"{reverse('admin:core_ruleset_add')}?area=core"
    before = current("core")
    opened = client.get(address)
    assert opened.context["adminform"].form.initial["values"] == dict(before.values)
    wrong = {"area": "core", "starts_on": today().isoformat(), "values": '{"undo_seconds": 30}', "note": "사유"}
    refused = client.post(address, wrong)
    assert refused.status_code == 200
    assert "이전 판과 항목이 다릅니다" in refused.content.decode()
    assert "undo_seconds&quot;: 30" in refused.content.decode()
    right = wrong | {"values": json.dumps(dict(before.values) | {"undo_seconds": 30})}
    assert client.post(address, right).status_code == 302
    now = current("core")
    assert (now.version, now.number("undo_seconds")) == (before.version + 1, 30)
    shown = client.get(
        reverse("admin:core_ruleset_change", args=[RuleSet.objects.get(area="core", version=now.version).pk])
    )
    assert "undo_seconds" in shown.content.decode()


@pytest.mark.django_db
def test_a_rule_set_is_never_edited(client: Client) -> None:
    client.force_login(make_user(is_superuser=True))
    row = RuleSet.objects.filter(area="core").get()
    response = client.post(reverse("admin:core_ruleset_change", args=[row.pk]), {"values": "{}", "note": "고침"})
    assert response.status_code == 403
    row.refresh_from_db()
    assert row.note == "첫 값"


# -- approvals --------------------------------------------------------------------------------------------------------


def _asked(actor_ref: str = ASKER.ref) -> Approval:
    actor = Actor(kind=USER, ref=actor_ref, label="요청한 사람")
    return approvals.request("test.deed", subject=("listings.listing", "1"), reason="필요합니다.", actor=actor)


@pytest.mark.django_db
def test_a_second_person_approves_with_a_reason(client: Client) -> None:
    approval, lead = _asked(), make_person("lead")
    client.force_login(lead)
    page = reverse("admin:core_approval_decide", args=[approval.pk])
    assert "승인하기" in client.get(page).content.decode()
    assert "사유가 비어 있습니다" in client.post(page, {"deed": "approve", "reason": ""}).content.decode()
    client.post(page, {"deed": "approve", "reason": "확인했습니다."})
    approval.refresh_from_db()
    assert (approval.status, approval.decided_by_ref) == (ApprovalStatus.APPROVED, str(lead.pk))


@pytest.mark.django_db
def test_who_asked_is_offered_only_to_withdraw_and_cannot_approve(client: Client) -> None:
    lead = make_person("lead")
    approval = _asked(str(lead.pk))
    client.force_login(lead)
    page = reverse("admin:core_approval_decide", args=[approval.pk])
    shown = client.get(page).content.decode()
    assert ("요청 철회하기" in shown, "승인하기" in shown) == (True, False)
    answer = client.post(page, {"deed": "approve", "reason": "내가 승인"}, follow=True)
    assert "요청한 사람은 자기 요청을 결정할 수 없습니다" in answer.content.decode()
    approval.refresh_from_db()
    assert approval.status == ApprovalStatus.REQUESTED


# -- actions ----------------------------------------------------------------------------------------------------------


def _act(client: Client, model: str, action: str, pk: object) -> str:
    url = reverse(f"admin:{model}_changelist")
    return client.post(url, {"action": action, "_selected_action": [pk]}, follow=True).content.decode()


@pytest.mark.django_db
def test_a_parked_message_is_sent_again_by_an_operator_and_by_nobody_else(client: Client) -> None:
    message = OutboxMessage.objects.get(pk=rows_of_everything()["core.outboxmessage"].pk)
    before = JournalEntry.objects.count()
    client.force_login(make_person("reader"))
    _act(client, "core_outboxmessage", "retry", message.pk)
    message.refresh_from_db()
    assert (message.status, JournalEntry.objects.count()) == (OutboxStatus.PARKED, before)
    client.force_login(make_person("operator"))
    assert "1건을 다시 보냅니다" in _act(client, "core_outboxmessage", "retry", message.pk)
    message.refresh_from_db()
    assert message.status == OutboxStatus.PENDING
    assert "멈춘 발신만" in _act(client, "core_outboxmessage", "retry", message.pk)


@pytest.mark.django_db
def test_a_remembered_rejection_is_withdrawn_once_by_a_lead_and_not_by_a_moderator(client: Client) -> None:
    rejection = Rejection.objects.get(pk=rows_of_everything()["listings.rejection"].pk)
    client.force_login(make_person("moderator"))
    _act(client, "listings_rejection", "withdraw", rejection.pk)
    rejection.refresh_from_db()
    assert rejection.withdrawn_at is None
    client.force_login(make_person("lead"))
    assert "1건을 거두었습니다" in _act(client, "listings_rejection", "withdraw", rejection.pk)
    assert "이미 거둔 거절입니다" in _act(client, "listings_rejection", "withdraw", rejection.pk)
    entry = JournalEntry.objects.get(verb="listings.rejection.withdrawn")
    assert entry.subject_ref == str(rejection.pk)


@pytest.mark.django_db
def test_an_authorisation_is_revoked_by_a_verifier(client: Client) -> None:
    row = make_authorisation(make_seller(), make_brand())
    client.force_login(make_person("verifier"))
    assert "1건을 철회했습니다" in _act(client, "sellers_authorisation", "revoke", row.pk)
    row.refresh_from_db()
    assert (row.status, row.ends_on) == ("revoked", today())
    assert not Authorisation.objects.in_force(on=today()).exists()
    assert JournalEntry.objects.filter(verb="sellers.authorisation.revoked").count() == 1


# -- secrets ----------------------------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_a_webhook_secret_is_shown_in_the_answer_that_makes_it_and_never_again(client: Client) -> None:
    marketplace = make_marketplace("secret-market")
    client.force_login(make_person("operator"))
    page = reverse("admin:accounts_marketplace_secrets", args=[marketplace.pk])
    made = client.post(page, {"deed": "add"})
    assert made.content.decode().count("whsec_") == 1
    assert "no-store" in made.headers["Cache-Control"]
    assert "whsec_" not in client.get(page).content.decode()
    client.post(page, {"deed": "add"})
    assert "두 개까지" in client.post(page, {"deed": "add"}, follow=True).content.decode()
    client.post(page, {"deed": "revoke", "slot": "1"})
    assert list(WebhookSecret.objects.values_list("slot", flat=True)) == [2]


@pytest.mark.django_db
def test_the_slug_of_a_marketplace_stays_as_it_was_made(client: Client) -> None:
    marketplace = make_marketplace("kept")
    client.force_login(make_person("operator"))
    said = {
        "slug": "other",
        "name": "새 이름",
        "address_patterns": "[]",
        "relays_to_sellers": "nobody",
        "is_active": "on",
    }
    client.post(reverse("admin:accounts_marketplace_change", args=[marketplace.pk]), said)
    marketplace.refresh_from_db()
    assert (marketplace.slug, marketplace.name) == ("kept", "새 이름")
