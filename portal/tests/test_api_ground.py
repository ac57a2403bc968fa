"""What every endpoint stands on: keys, scopes, refusals, idempotency, limits, test mode."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.core.cache import cache
from django.utils import timezone

from accounts.api import idempotency, keys
from accounts.api.keys import make_key, revoke_key
from accounts.api.scopes import Scope
from accounts.models import ApiKey, IdempotencyKey
from accounts.tests.api import Api, make_client
from accounts.tests.factories import make_marketplace
from core import rulesets
from core.actors import THE_SYSTEM
from core.errors import Conflict
from core.models import Job, JournalEntry
from core.rule_values import forget_recent, today
from listings.models import Listing
from portal.tests.test_api_listings import listing
from sellers.models import Seller

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _counters_are_fresh() -> None:
    cache.clear()


# -- keys -------------------------------------------------------------------------------------------------------------


def test_without_a_key_one_is_asked_for_in_both_languages() -> None:
    answer = Api().get("reason-codes")
    assert (answer.status, answer.code) == (401, "missing_key")
    assert answer.headers["www-authenticate"].startswith("Bearer")
    assert answer.json["ko"]["title"] == "API 키가 필요합니다."


@pytest.mark.parametrize(
    "given", ["", "x", "jk_live_000000000000_" + "a" * 43, "jk_test_" + "0" * 56, "가", "a" * 9_000]
)
def test_a_key_that_opens_nothing_is_refused(given: str) -> None:
    make_client()
    answer = Api(key=given or " ").get("reason-codes")
    assert (answer.status, answer.code) == (401, "invalid_key")


def test_a_key_is_kept_as_a_hash_and_its_use_is_noted() -> None:
    client = make_client()
    key, plain = make_key(client, now=timezone.now(), actor=None)
    assert plain.startswith(f"jk_live_{key.prefix}_")
    assert plain.split("_", 3)[3] not in str(ApiKey.objects.values().get())
    assert plain not in str(list(JournalEntry.objects.values()))
    assert Api(key=plain).get("reason-codes").status == 200
    key.refresh_from_db()
    assert key.last_used_at is not None


def test_a_replaced_key_goes_on_for_a_while_and_a_third_is_refused() -> None:
    client, now = make_client(), timezone.now()
    old, plain = make_key(client, now=now, actor=None)
    make_key(client, now=now, actor=None)
    old.refresh_from_db()
    assert old.expires_at == now + timedelta(days=14)
    assert keys.find_key(plain, now=now + timedelta(days=13)) is not None
    assert keys.find_key(plain, now=now + timedelta(days=14)) is None
    with pytest.raises(Conflict):
        make_key(client, now=now, actor=None)
    assert client.keys.count() == 2


def test_a_revoked_key_and_one_of_a_client_that_is_switched_off_open_nothing() -> None:
    client, now = make_client(), timezone.now()
    key, plain = make_key(client, now=now, actor=None)
    revoke_key(key, now=now, actor=None)
    revoke_key(key, now=now, actor=None)
    assert JournalEntry.objects.filter(verb="accounts.api_key.revoked").count() == 1
    assert Api(key=plain).get("reason-codes").status == 401
    other = Api(client)
    keys.change_client(client, name=client.name, scopes=client.scopes, is_active=False, actor=None)
    assert other.get("reason-codes").status == 401


@pytest.mark.parametrize("scope", Scope.values)
def test_a_scope_opens_its_own_doors_and_no_other(scope: str) -> None:
    api = Api(make_client(scope))
    doors = {
        ("GET", "listings"): Scope.LISTINGS_READ,
        ("POST", "listings"): Scope.LISTINGS_WRITE,
        ("POST", "pictures"): Scope.LISTINGS_WRITE,
        ("GET", "sellers"): Scope.SELLERS_READ,
        ("POST", "sellers"): Scope.SELLERS_WRITE,
        ("GET", "orders"): Scope.ORDERS_READ,
        ("POST", "orders"): Scope.ORDERS_WRITE,
        ("GET", "reports"): Scope.REPORTS_READ,
        ("POST", "reports"): Scope.REPORTS_WRITE,
        ("GET", "cases"): Scope.CASES_READ,
        ("GET", "decisions"): Scope.CASES_READ,
        ("GET", "effects"): Scope.EFFECTS_READ,
        ("POST", "effects/1/confirm"): Scope.EFFECTS_WRITE,
        ("POST", "effects/1/fail"): Scope.EFFECTS_WRITE,
        ("GET", "webhooks/deliveries"): Scope.WEBHOOKS_READ,
        ("POST", "webhooks/deliveries/1/resend"): Scope.WEBHOOKS_WRITE,
        ("POST", "webhooks/test"): Scope.WEBHOOKS_WRITE,
    }
    for (method, path), wanted in doors.items():
        answer = api.get(path) if method == "GET" else api.post(path, {})
        is_refused = answer.status == 403
        assert is_refused == (scope != wanted), (method, path, answer.body)
        if is_refused:
            assert answer.code == "missing_scope"
    assert api.get("reason-codes").status == 200


# -- refusals ---------------------------------------------------------------------------------------------------------


def test_what_is_not_there_is_refused_in_the_same_shape() -> None:
    api = Api(make_client())
    assert (api.get("nowhere").status, api.get("nowhere").code) == (404, "not_found")
    assert api.post("nowhere", {}).code == "not_found"
    wrong = api.http.delete("/api/v1/listings", headers={"authorization": f"Bearer {api.key}"})
    assert (wrong.status_code, wrong.json()["code"]) == (405, "method_not_allowed")
    assert set(wrong["Allow"].split(", ")) == {"GET", "HEAD", "POST"}
    assert api.post("listings", b"<xml/>", content_type="text/xml").code == "unsupported_media_type"
    asked = api.http.get("/api/v1/listings", headers={"authorization": f"Bearer {api.key}", "accept": "text/html"})
    assert (asked.status_code, asked.json()["code"]) == (406, "not_acceptable")


def test_a_mistake_of_ours_is_a_problem_too(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: Any, **__: Any) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr("reports.api.views.Ground.objects.in_use", broken)
    answer = Api(make_client()).get("reason-codes")
    assert (answer.status, answer.code) == (500, "server_error")


@pytest.mark.parametrize(
    ("query", "pointer"),
    [
        ({"limit": "0"}, "limit"),
        ({"limit": "201"}, "limit"),
        ({"limit": "x"}, "limit"),
        ({"limit": "１"}, "limit"),
        ({"changed_since": "yesterday"}, "changed_since"),
        ({"changed_since": "2026-11-25T09:00:00"}, "changed_since"),
        ({"changed_since": "2026-13-25T09:00:00Z"}, "changed_since"),
    ],
)
def test_a_bad_parameter_is_named(query: dict[str, str], pointer: str) -> None:
    answer = Api(make_client()).get("listings", **query)
    assert (answer.status, answer.faults) == (422, [(pointer, "invalid")])


@pytest.mark.parametrize("cursor", ["x", "W10", "!!!", "WzEsMl0", "a" * 500, "W251bGwsMV0", "가"])
def test_a_cursor_that_is_none_leads_to_no_page(cursor: str) -> None:
    answer = Api(make_client()).get("listings", cursor=cursor)
    assert (answer.status, answer.code) == (404, "unknown_cursor")


@pytest.mark.parametrize(
    "since",
    [
        "6618-10-13T21:14:35-21:00",
        "2026-11-25T09:00:00+23:59",
        "0001-01-01T00:00:00+14:00",
        "9999-12-31T23:59:60-14:00",
        "2026-11-25T09:00:00.123456789Z",
    ],
)
def test_any_time_with_a_zone_may_be_asked_for(since: str) -> None:
    assert Api(make_client()).get("listings", changed_since=since).status == 200


# -- idempotency ------------------------------------------------------------------------------------------------------


def test_the_same_request_again_gets_the_same_answer_and_happens_once() -> None:
    api, body = Api(make_client()), {"items": [listing()]}
    first, second = (api.post("listings", body, idempotency_key="a-1") for _ in range(2))
    assert first.json["results"][0]["outcome"] == "created"
    assert (first.body, first.status) == (second.body, second.status)
    assert (first.headers["idempotent-replayed"], second.headers["idempotent-replayed"]) == ("false", "true")
    assert Job.objects.count() == 1


def test_another_body_under_the_same_key_is_refused() -> None:
    api = Api(make_client())
    api.post("listings", {"items": [listing()]}, idempotency_key="a-1")
    answer = api.post("listings", {"items": [listing("item-2")]}, idempotency_key="a-1")
    assert (answer.status, answer.code) == (422, "key_reused")
    assert api.post("sellers", {"items": [listing()]}, idempotency_key="a-1").code == "key_reused"
    assert list(Listing.objects.values_list("external_id", flat=True)) == ["item-1"]


def test_a_key_is_the_clients_own() -> None:
    one, other = Api(make_client()), Api(make_client(name="다른 프로그램"))
    one.post("listings", {"items": [listing()]}, idempotency_key="a-1")
    assert other.post("listings", {"items": [listing("item-2")]}, idempotency_key="a-1").status == 200


def test_a_refusal_is_kept_too() -> None:
    api = Api(make_client())
    answers = [api.post("listings", {}, idempotency_key="a-1") for _ in range(2)]
    assert [each.code for each in answers] == ["validation_failed"] * 2
    assert answers[0].body == answers[1].body
    assert answers[1].headers["idempotent-replayed"] == "true"


def test_a_failure_of_ours_may_be_tried_again(monkeypatch: pytest.MonkeyPatch) -> None:
    api = Api(make_client())
    with monkeypatch.context() as broken:
        broken.setattr("listings.api.views.read_items", lambda _: 1 / 0)
        assert api.post("listings", {"items": [listing()]}, idempotency_key="a-1").status == 500
    assert not IdempotencyKey.objects.exists()
    assert api.post("listings", {"items": [listing()]}, idempotency_key="a-1").status == 200


@pytest.mark.parametrize("key", ["", "a b", "가", "a" * 256, "\t"])
def test_a_key_that_cannot_be_used_is_refused(key: str) -> None:
    api = Api(make_client())
    answer = api.post("listings", {"items": [listing()]}, **{"idempotency-key": key})
    assert (answer.status, answer.code) == (400, "bad_idempotency_key")
    assert not Listing.objects.exists()


def test_while_the_first_runs_the_second_waits_and_is_then_told_to_come_again(rules: Any) -> None:
    rules(idempotency_wait_seconds=0)
    client = make_client()
    api, body = Api(client), {"items": [listing()]}
    api.post("listings", body, idempotency_key="a-1")
    row = IdempotencyKey.objects.get()
    IdempotencyKey.objects.update(status_code=None, body=b"")
    answer = api.post("listings", body, idempotency_key="a-1")
    assert (answer.status, answer.code, answer.headers["retry-after"]) == (409, "in_flight", "1")
    # Its process has died: whoever comes now does it.
    IdempotencyKey.objects.filter(pk=row.pk).update(lease_until=timezone.now())
    assert api.post("listings", body, idempotency_key="a-1").json["results"][0]["outcome"] == "unchanged"


def test_after_its_days_a_key_is_free_again_and_its_answer_forgotten() -> None:
    api = Api(make_client())
    api.post("listings", {"items": [listing()]}, idempotency_key="a-1")
    row = IdempotencyKey.objects.get()
    assert row.expires_at - row.created_at == timedelta(days=7)
    IdempotencyKey.objects.update(expires_at=timezone.now())
    assert api.post("listings", {"items": [listing("item-2")]}, idempotency_key="a-1").status == 200
    IdempotencyKey.objects.update(expires_at=timezone.now())
    assert idempotency.purge_expired(now=timezone.now()) == 1
    assert not IdempotencyKey.objects.exists()


# -- limits, test mode ------------------------------------------------------------------------------------------------


@pytest.fixture
def rules() -> Any:
    def write(**changes: int) -> None:
        values = dict(rulesets.current("api").values) | changes
        rulesets.write_version("api", values=values, starts_on=today(), note="시험", actor=THE_SYSTEM)
        forget_recent()

    return write


@pytest.fixture
def one_minute() -> Iterator[None]:
    """Counted by the minute of the clock: no test may stand across its end."""
    with time_machine.travel(timezone.now().replace(second=20), tick=False):
        yield


def test_too_many_requests_are_told_when_to_come_again(rules: Any, one_minute: None) -> None:
    rules(read_per_minute=2)
    client = make_client()
    api = Api(client)
    answers = [api.get("reason-codes") for _ in range(3)]
    assert [each.status for each in answers] == [200, 200, 429]
    assert 1 <= int(answers[2].headers["retry-after"]) <= 60
    assert answers[2].code == "throttled"
    assert [each.headers["ratelimit-remaining"] for each in answers] == ["1", "0", "0"]
    # Writes are counted apart, and so is another client.
    assert api.post("listings", {"items": [listing()]}).status == 200
    assert Api(make_client(name="다른 프로그램")).get("reason-codes").status == 200


def test_in_test_mode_everything_is_answered_and_nothing_kept() -> None:
    client = make_client(is_test=True)
    api = Api(client)
    before = JournalEntry.objects.count()
    assert api.key.startswith("jk_test_")
    answer = api.post("listings", {"items": [listing(), {"id": 1}]}, idempotency_key="a-1")
    assert answer.json["counts"] == {"created": 1, "refused": 1}
    assert answer.headers["jikimi-mode"] == "test"
    assert not Listing.objects.exists() and not Seller.objects.exists() and not Job.objects.exists()
    assert JournalEntry.objects.count() == before
    assert api.post("listings", {"items": [listing(), {"id": 1}]}, idempotency_key="a-1").body == answer.body


def test_the_key_of_one_mode_does_not_open_the_other() -> None:
    client = make_client(is_test=True)
    _, plain = make_key(client, now=timezone.now(), actor=None)
    assert Api(key=plain.replace("jk_test", "jk_live")).get("reason-codes").status == 401


def test_two_clients_of_one_name_are_one_too_many() -> None:
    make_client()
    with pytest.raises(Conflict):
        make_client()
    assert make_client(marketplace=make_marketplace("other")).name == "시험 프로그램"


def test_the_journal_says_what_a_client_may() -> None:
    make_client("listings:read", "listings:write")
    entry = JournalEntry.objects.get(verb="accounts.api_client.created")
    assert entry.detail.body["scopes"] == ["listings:read", "listings:write"]
