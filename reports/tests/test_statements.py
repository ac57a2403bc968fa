"""What the statement of reasons says, and what it never says."""

import json
from typing import Any

import pytest
from django.apps import apps
from django.core import mail

from accounts import webhooks
from core.models import Effect, JournalDetail, OutboxMessage
from listings.tests.factories import make_listing
from reports import statements
from reports.models import Decision, Notice
from reports.statements import Claim, Restricted, Ruling, Terms
from reports.tests.factories import CANARY, NOW, confirm, make_match, make_match_brand

CLAIM = Claim(
    rights_holder="주식회사 가온",
    brand="솔하루",
    rights=("상표권 40-1234567",),
    ground_code="counterfeit",
    ground_title="위조상품(특징으로 확인)",
    policy_code="counterfeit_sale",
    policy_title="위조상품의 판매 금지",
    policy_clause="판매자는 위조상품을 팔 수 없습니다.",
)
TERMS = Terms(3, 3, 2, 6, 1, "help@jikimi.example")
RULING = Ruling("같은 사진입니다.", NOW, "D-2026-000007", "C-2026-000003")
RESTRICTED = Restricted("item-1", "솔.하.루 크림", "https://market.example/item/item-1")


def image(image_id: int) -> dict[str, Any]:
    return {
        "kind": "image",
        "reference": "비밀-기준.png",
        "image": "IMG_홍길동.jpg",
        "image_id": image_id,
        "score": 0.97,
    }


def word(found: str, name: str = "솔하루", field: str = "title") -> dict[str, Any]:
    return {"kind": "text", "name": name, "found": found, "field": field, "score": 0.9}


def code(found: str, field: str = "description") -> dict[str, Any]:
    return {"kind": "code_word", "found": found, "field": field}


def statement(**changes: Any) -> dict[str, Any]:
    parts: dict[str, Any] = {"facts": ("사진이 같습니다.",), "terms": TERMS} | changes
    return statements.build(RESTRICTED, CLAIM, RULING, parts["terms"], facts=parts["facts"])


def test_statement_says_facts_ground_finder_decider_restriction_and_how_to_contest() -> None:
    said = statement()
    assert (said["rights_holder"], said["brand"], said["rights"]) == ("주식회사 가온", "솔하루", ["상표권 40-1234567"])
    assert said["ground"] == {"code": "counterfeit", "title": "위조상품(특징으로 확인)"}
    assert said["policy"]["code"] == "counterfeit_sale"
    assert (said["facts"], said["reasoning"]) == (["사진이 같습니다."], "같은 사진입니다.")
    assert (said["detection"]["found_by_machine"], said["detection"]["decided_by_machine"]) == (True, False)
    assert (said["restriction"]["kind"], said["restriction"]["scope"]) == ("interim_restriction", "listing")
    assert said["restriction"]["text"].startswith("2026년 11월 23일(월) 14:30의 결정에 따라 이 상품의 판매를")
    assert said["contest"]["texts"][0].startswith("소명: 통지가 도달한 날부터 3영업일 안에")
    assert (said["decision"], said["case"], said["listing"]["id"]) == ("D-2026-000007", "C-2026-000003", "item-1")


@pytest.mark.parametrize("days", [1, 3, 5])
def test_periods_follow_the_rule_set(days: int) -> None:
    said = statement(terms=Terms(days, 4, 2, 6, 9, "help@jikimi.example"))["contest"]
    assert said["texts"][0] == (
        f"소명: 통지가 도달한 날부터 {days}영업일 안에 할 수 있습니다. 도달한 날은 세지 않습니다. "
        "요청하면 한 번, 4영업일 연장합니다."
    )
    assert (said["explanation_business_days"], said["extension_business_days"], said["rules_version"]) == (days, 4, 9)


def test_preview_has_no_numbers_and_no_time() -> None:
    said = statements.build(RESTRICTED, CLAIM, Ruling("이유"), TERMS, facts=())
    assert (said["decision"], said["case"], said["decided_at"]) == ("", "", None)
    assert said["restriction"]["text"].startswith("이 상품의 판매를 임시로 제한합니다.")


def test_facts_name_pictures_by_their_place_and_words_as_they_stand() -> None:
    facts = statements.facts_of([image(11), image(12), image(11), word("솔.하.루"), code("미러급")], {11: 2, 12: 0})
    assert facts == (
        "상품 사진(1번, 3번)이 권리자가 등록한 브랜드 자료와 같거나 매우 비슷합니다.",
        "상품 제목에 브랜드 이름을 가리키는 표기가 있습니다: ‘솔.하.루’(‘솔하루’).",
        "상품 설명에 위조상품을 뜻하는 말로 쓰이는 표현이 있습니다: ‘미러급’.",
    )


def test_signal_that_was_found_harmless_before_is_no_fact() -> None:
    signals = [image(11) | {"is_rejected": True}, word("솔.하.루") | {"is_rejected": True}]
    assert statements.facts_of(signals, {11: 0}) == ()


def test_low_price_is_a_fact_without_its_figure() -> None:
    [fact] = statements.facts_of([{"kind": "price", "score": 0.4, "why": "통상 120,000원"}], {})
    assert fact == "판매 가격이 이 브랜드 상품의 통상 가격보다 크게 낮습니다."


def test_many_words_are_counted_not_listed() -> None:
    [fact] = statements.facts_of([word(f"솔{mark}하루") for mark in ".,-_~*+"], {})
    assert fact.endswith("‘솔~하루’(‘솔하루’) 외 2개.")


def test_picture_that_is_gone_from_the_version_is_no_fact() -> None:
    assert statements.facts_of([image(99)], {11: 0}) == ()


def test_facts_say_nothing_of_the_references_name_or_of_scores() -> None:
    text = " ".join(statements.facts_of([image(11), word("솔.하.루")], {11: 0}))
    assert not [secret for secret in ("비밀-기준", "IMG_홍길동", "0.97", "0.9") if secret in text]


@pytest.mark.parametrize(
    ("number", "shown"),
    [
        ("4012345670000", "상표권 40-1234567"),
        ("4012345670002", "상표권 40-1234567-0002"),
        ("40-2023-0123456", "상표권 40-2023-0123456"),
        ("1234567A", "상표권 1234567A"),
        ("", "상표권"),
    ],
)
def test_rights_are_written_as_people_write_them(number: str, shown: str) -> None:
    assert statements.right_text("상표권", number) == shown


def test_default_reasoning_has_its_values_filled_in() -> None:
    text = statements.default_reasoning(CLAIM, ("사진이 같습니다.",), is_authorised=False)
    assert text == (
        "이 상품은 솔하루 브랜드의 위조상품으로 의심됩니다. 사진이 같습니다. 판매자가 솔하루 상품의 판매 권한을 "
        "확인받은 기록이 없습니다. 이에 사실을 확인할 때까지 판매를 임시로 제한합니다."
    )
    assert "기록이 없습니다" not in statements.default_reasoning(CLAIM, (), is_authorised=True)


def test_sections_are_whole_sentences_under_headings() -> None:
    said = statements.sections(statement())
    assert [heading for heading, _ in said] == [
        "제한된 상품",
        "권리자",
        "사유",
        "근거 조항",
        "확인한 사실",
        "결정 이유",
        "찾은 방법과 결정한 방법",
        "제한 내용과 기간",
        "다투는 방법과 기한",
    ]
    assert all(paragraph for _, paragraphs in said for paragraph in paragraphs)


@pytest.mark.django_db
def test_private_note_is_in_nothing_that_leaves_the_house() -> None:
    match = make_match()
    confirm(match, private_note=CANARY)
    effect, notice = Effect.objects.get(), Notice.objects.get()
    draft = webhooks.carry(effect)
    leaving = [effect.payload, draft.payload, notice.statement, statements.sections(notice.statement)]
    leaving += list(OutboxMessage.objects.values_list("payload", flat=True))
    leaving += [message.body for message in mail.outbox]
    assert CANARY not in json.dumps(leaving, ensure_ascii=False, default=str)
    assert Decision.objects.get().private_note == CANARY


@pytest.mark.django_db
def test_private_note_stands_in_one_column_of_one_table() -> None:
    confirm(make_match(), private_note=CANARY)
    holders = [
        (model._meta.label, field.name)
        for model in apps.get_models()
        for row in model._default_manager.all()
        for field in model._meta.concrete_fields
        if CANARY in json.dumps(field.value_from_object(row), ensure_ascii=False, default=str)
    ]
    assert holders == [("reports.Decision", "private_note")]
    assert not [body for body in JournalDetail.objects.values_list("body", flat=True) if CANARY in json.dumps(body)]


@pytest.mark.django_db
def test_statement_names_neither_the_moderator_nor_the_brands_files() -> None:
    match = make_match()
    confirm(match)
    text = json.dumps(Notice.objects.get().statement, ensure_ascii=False)
    reference = match.brand.reference_images.get()
    assert not [secret for secret in ("김미나", reference.external_id, reference.name, "256") if secret in text]


@pytest.mark.django_db
def test_statement_keeps_hostile_text_as_text() -> None:
    brand = make_match_brand("솔하루")
    title = '솔.하.루 <script>alert("x")</script>'
    match = make_match(listing=make_listing(title, images=[]), brand=brand)
    confirm(match)
    assert Notice.objects.get().statement["listing"]["title"] == title
