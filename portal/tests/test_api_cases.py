"""Reports, cases, decisions, effects and pictures over the API: what a marketplace may see, and nothing else."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from accounts.models import IdempotencyKey
from accounts.tests.api import Api, make_client
from accounts.tests.factories import make_marketplace
from core import effects
from core.choices import EffectStatus
from core.models import Effect, EvidenceFile
from core.tests.hostile import packed, quarters
from listings.models import UploadedPicture
from portal.tests.test_api_listings import listing
from reports.choices import Channel, DecisionKind
from reports.models import Complainant, Report
from reports.services.decisions import undo
from reports.tests.factories import MINA, make_match_brand
from reports.tests.world import alleged, arrive, complaint, restrict
from sellers.tests.factories import make_seller

pytestmark = pytest.mark.django_db

CANARY = "canary@person.example"
PICTURE = packed(quarters(), "PNG")


@pytest.fixture(autouse=True)
def _settled(monkeypatch: pytest.MonkeyPatch) -> None:
    """The seconds that the youngest changes are kept back have passed."""
    monkeypatch.setattr("accounts.api.paging._SETTLING", timedelta(days=-3_650))


@pytest.fixture
def api() -> Api:
    return Api(make_client())


def report(**more: Any) -> dict[str, Any]:
    return {"listing": "item-1", "ground": "counterfeit"} | more


# -- reports ----------------------------------------------------------------------------------------------------------


def test_a_report_of_a_known_listing_opens_its_case(api: Api) -> None:
    api.post("listings", {"items": [listing()]})
    answer = api.post("reports", report(text="로고가 다릅니다.", reporter={"name": "한소비", "email": CANARY}))
    assert answer.status == 201
    said = answer.json
    assert (said["listing"], said["state"], said["channel"]) == ("item-1", "received", Channel.MARKETPLACE.value)
    assert said["case"].startswith("C-") and said["number"].startswith("R-")
    assert Complainant.objects.get().email == CANARY
    # Who reported is answered nowhere.
    for path in ("reports", f"reports/{Report.objects.get().pk}", "cases", "decisions"):
        text = api.get(path).body.decode()
        assert CANARY not in text and "한소비" not in text and "로고가" not in text


def test_a_report_of_a_listing_that_is_not_known_waits_for_it(api: Api) -> None:
    answer = api.post("reports", report(listing="item-9"))
    assert (answer.status, answer.json["state"], answer.json["case"]) == (201, "waiting_for_listing", None)
    assert answer.json["listing"] == "item-9"


def test_the_same_report_under_the_same_key_is_one_even_if_its_answer_was_lost(api: Api) -> None:
    first = api.post("reports", report(), idempotency_key="r-1")
    IdempotencyKey.objects.all().delete()
    second = api.post("reports", report(), idempotency_key="r-1")
    assert first.json["number"] == second.json["number"]
    assert Report.objects.count() == 1


@pytest.mark.parametrize(
    ("change", "pointer", "code"),
    [
        ({"ground": "nonsense"}, "/ground", "unknown_ground"),
        ({"listing": ""}, "/listing", "blank"),
        ({"text": "x" * 5_001}, "/text", "max_length"),
        ({"text": "a\0"}, "/text", "null_characters_not_allowed"),
        ({"reporter": {"email": "no address"}}, "/reporter/email", "invalid"),
        ({"reporter": {"language": "fr"}}, "/reporter/language", "invalid_choice"),
        ({"reporter": []}, "/reporter", "invalid"),
        ({"who": 1}, "/who", "unknown_field"),
    ],
)
def test_a_report_that_cannot_be_used_is_refused(api: Api, change: dict[str, Any], pointer: str, code: str) -> None:
    answer = api.post("reports", report(**change))
    assert (answer.status, answer.faults) == (422, [(pointer, code)])
    assert not Report.objects.exists()


# -- cases and decisions ----------------------------------------------------------------------------------------------


def test_a_case_and_its_decision_are_read_once_it_cannot_be_undone(api: Api) -> None:
    allegation = alleged(complaint(brand=make_match_brand(), now=timezone.now()))
    decision = restrict(allegation, now=timezone.now())
    case = api.get("cases").json["items"][0]
    assert (case["number"], case["status"]) == (allegation.case.number, "restricted")
    assert case["allegations"][0]["ground"] == allegation.ground.code
    assert api.get(f"cases/{allegation.case_id}").json == case
    assert api.get("decisions").json["items"] == []
    assert decision.number not in api.get("decisions").body.decode()


def test_a_decision_says_what_its_parties_read_and_never_the_note(api: Api) -> None:
    long_ago = timezone.now() - timedelta(minutes=5)
    allegation = alleged(complaint(brand=make_match_brand(), now=long_ago))
    decision = restrict(allegation, now=long_ago, private_note="canary-note")
    shown = api.get("decisions").json["items"]
    assert [(each["number"], each["kind"]) for each in shown] == [(decision.number, DecisionKind.INTERIM_RESTRICTION)]
    assert shown[0]["reasoning"] == decision.reasoning
    assert "canary-note" not in api.get("decisions").body.decode()


def test_an_undone_decision_is_not_among_them(api: Api) -> None:
    long_ago = timezone.now() - timedelta(minutes=5)
    decision = restrict(alleged(complaint(now=long_ago)), now=long_ago)
    undo(decision, actor=MINA, now=long_ago + timedelta(seconds=5))
    assert api.get("decisions").json["items"] == []


def test_another_marketplaces_reports_and_cases_are_not_there(api: Api) -> None:
    allegation = alleged(complaint(now=timezone.now()))
    other = Api(make_client(marketplace=make_marketplace("other")))
    assert api.get(f"cases/{allegation.case_id}").status == 200
    for path in (f"cases/{allegation.case_id}", f"reports/{Report.objects.get().pk}"):
        assert other.get(path).status == 404
    for path in ("cases", "reports", "decisions", "effects"):
        assert other.get(path).json["items"] == []


def test_reason_codes_bring_the_evidence_that_each_needs(api: Api) -> None:
    codes = Api(make_client("orders:read", name="주문")).get("reason-codes").json
    counterfeit = next(ground for ground in codes["grounds"] if ground["code"] == "counterfeit")
    assert counterfeit["evidence"] and codes["policies"]


# -- effects ----------------------------------------------------------------------------------------------------------


@pytest.fixture
def sent(settings: Any) -> Effect:
    """A restriction that has left and waits to be confirmed."""
    settings.OUTBOX_TRANSPORTS = dict.fromkeys(settings.OUTBOX_TRANSPORTS, "core.tests.running.accept")
    now = timezone.now()
    restrict(alleged(complaint(now=now)), now=now)
    arrive(now=now + timedelta(minutes=1))
    return Effect.objects.get(status=EffectStatus.SENT)


def test_an_effect_is_read_and_confirmed_without_a_webhook(api: Api, sent: Effect) -> None:
    waiting = api.get("effects", status="sent").json["items"]
    assert [(each["id"], each["kind"], each["version"]) for each in waiting] == [(sent.pk, sent.kind, sent.version)]
    answer = api.post(f"effects/{sent.pk}/confirm", {"version": sent.version})
    assert (answer.status, answer.json["status"]) == (200, "confirmed")
    assert api.post(f"effects/{sent.pk}/confirm", {"version": sent.version}).json == answer.json
    assert api.get("effects", status="sent").json["items"] == []


def test_an_effect_that_cannot_be_carried_out_is_told_with_its_reason(api: Api, sent: Effect) -> None:
    answer = api.post(f"effects/{sent.pk}/fail", {"version": sent.version, "reason": "이미 지운 상품입니다."})
    assert (answer.json["status"], answer.json["failure"]) == ("failed", "이미 지운 상품입니다.")


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"version": 99}, "refused"),
        ({"version": "1"}, "validation_failed"),
        ({"version": 0}, "validation_failed"),
        ({"version": 2**63}, "validation_failed"),
        ({}, "validation_failed"),
    ],
)
def test_a_confirmation_of_something_else_is_refused(api: Api, sent: Effect, body: Any, code: str) -> None:
    answer = api.post(f"effects/{sent.pk}/confirm", body)
    assert (answer.status, answer.code) == (422, code)
    sent.refresh_from_db()
    assert sent.status == EffectStatus.SENT


def test_what_may_still_be_undone_and_what_is_anothers_is_not_there(api: Api, sent: Effect) -> None:
    stranger = Api(make_client(marketplace=make_marketplace("other")))
    assert stranger.get(f"effects/{sent.pk}").status == 404
    assert stranger.post(f"effects/{sent.pk}/confirm", {"version": sent.version}).status == 404
    sent.refresh_from_db()
    assert sent.status == EffectStatus.SENT
    Effect.objects.filter(pk=sent.pk).update(status=EffectStatus.ASKED)
    assert api.get(f"effects/{sent.pk}").status == 404
    assert api.get(f"effects/{2**70}").status == 404
    assert api.get("effects", status="asked").faults == [("status", "invalid_choice")]


# -- pictures ---------------------------------------------------------------------------------------------------------


def test_a_picture_is_sent_once_and_named_by_its_digest(api: Api) -> None:
    answer = api.post("pictures", PICTURE, content_type="image/png")
    assert (answer.status, answer.json["media_type"]) == (200, "image/png")
    digest = answer.json["sha256"]
    assert api.post("pictures", PICTURE, content_type="image/jpeg").json == answer.json
    assert (EvidenceFile.objects.count(), UploadedPicture.objects.count()) == (1, 1)
    result = api.post("listings", {"items": [listing(images=[{"sha256": digest}] * 2)]}).json["results"][0]
    assert result["outcome"] == "created"
    assert api.get("listings/item-1").json["images"] == [digest, digest]


@pytest.mark.parametrize("data", [b"", b"<svg/>", b"\x89PNG\r\n\x1a\nnope", b"%PDF-1.4\n", b"GIF89a"])
def test_what_is_no_picture_is_refused(api: Api, data: bytes) -> None:
    answer = api.post("pictures", data, content_type="image/png")
    assert (answer.status, answer.code) == (422, "refused")
    assert not UploadedPicture.objects.exists()


def test_a_picture_that_another_marketplace_sent_is_as_good_as_none(api: Api) -> None:
    other = Api(make_client(marketplace=make_marketplace("other")))
    digest = other.post("pictures", PICTURE, content_type="image/png").json["sha256"]
    result = api.post("listings", {"items": [listing(images=[{"sha256": digest}])]}).json["results"][0]
    assert result["problem"]["errors"][0]["code"] == "unknown_picture"


def test_a_picture_above_twenty_mebibytes_is_refused(api: Api) -> None:
    answer = api.post("pictures", b"\0" * (20 * 1024 * 1024 + 1), content_type="image/png")
    assert (answer.status, answer.code) == (413, "too_large")


def test_a_sellers_contact_is_taken_and_never_answered(api: Api) -> None:
    said = {"id": "s-1", "name": "한빛상점", "email": CANARY, "language": "zh-hans", "time_zone": "Asia/Shanghai"}
    assert api.post("sellers", {"items": [said]}).json["counts"] == {"created": 1}
    shown = api.get("sellers/s-1")
    assert (shown.json["has_email"], shown.json["language"]) == (True, "zh-hans")
    assert CANARY not in shown.body.decode() and CANARY not in api.get("sellers").body.decode()
    make_seller(marketplace=make_marketplace("other"), external_id="s-2")
    assert api.get("sellers/s-2").status == 404


def test_effects_are_confirmed_by_the_same_rules_as_by_webhook(api: Api, sent: Effect) -> None:
    effects.confirm(sent.pk, version=sent.version, at=timezone.now(), actor=None)
    late = api.post(f"effects/{sent.pk}/fail", {"version": sent.version, "reason": "늦은 답"})
    assert late.json["status"] == "confirmed"
