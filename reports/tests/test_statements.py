"""What the statement of reasons says, and what it never says."""

import json
import re
from dataclasses import replace
from typing import Any

import pytest
from django.apps import apps
from django.core import mail

from accounts import webhooks
from core.models import Effect, JournalDetail, OutboxMessage
from listings.tests.factories import make_listing
from reports import statements
from reports.choices import DecisionKind
from reports.models import Decision, Notice
from reports.rules import FINDINGS, REASONING_LENGTH
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


LANGUAGES = ("ko", "en", "zh-hans")
MADE = [(kind, finding) for kind in DecisionKind for finding in FINDINGS.get(kind, ("",))]


def offered(kind: str, finding: str, language: str = "ko", **changes: Any) -> str:
    parts: dict[str, Any] = {"claim": CLAIM, "facts": ("FACT.",), "is_authorised": False} | changes
    return statements.offered_reasoning(
        kind, finding, parts["claim"], parts["facts"], language, is_authorised=parts["is_authorised"]
    )


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(("kind", "finding"), MADE)
def test_every_decision_has_its_reasoning_in_every_language(kind: str, finding: str, language: str) -> None:
    text = offered(kind, finding, language)
    assert text and text.strip() == text and len(text) <= REASONING_LENGTH
    assert not re.search(r"\{|None|  |‘’|“”", text)
    assert ("FACT." in text) == (kind in {"interim_restriction", "upheld"})
    latin = text.replace("솔하루", "").replace("FACT.", "")
    assert bool(re.search("[가-힣]", latin)) == (language == "ko")


def test_reasonings_differ_by_kind_and_finding() -> None:
    for language in LANGUAGES:
        assert len({offered(kind, finding, language) for kind, finding in MADE}) == len(MADE)


@pytest.mark.parametrize(
    ("kind", "finding"), [("upheld", ""), ("upheld", "not_infringing"), ("returned", "inconclusive")]
)
def test_decision_that_cannot_be_made_is_offered_nothing(kind: str, finding: str) -> None:
    assert offered(kind, finding) == ""


def test_upheld_reasoning_names_the_goods_and_the_clause() -> None:
    assert offered("upheld", "counterfeit_confirmed") == (
        "이 상품은 솔하루 브랜드의 위조상품으로 확인되었습니다. FACT. 판매자가 솔하루 상품의 판매 권한을 확인받은 "
        "기록이 없습니다. 이는 ‘위조상품의 판매 금지’ 조항에 어긋나므로 판매중지를 확정합니다."
    )
    assert "“No sale of counterfeit goods”" in offered("upheld", "counterfeit_confirmed", "en", is_authorised=True)
    assert "no record" not in offered("upheld", "counterfeit_confirmed", "en", is_authorised=True)


def test_other_infringement_is_not_called_counterfeit() -> None:
    design = replace(CLAIM, ground_code="design", ground_title="디자인권 침해")
    for kind, finding in (("interim_restriction", ""), ("upheld", "other_infringement")):
        text = offered(kind, finding, claim=replace(design, policy_title="디자인권 침해 금지"))
        assert "디자인권 침해" in text and "위조상품" not in text
        assert "Design infringement" in offered(kind, finding, "en", claim=design)


def test_reasoning_without_a_brand_still_reads() -> None:
    for language, said in (("ko", "이 상품은 위조상품으로 의심됩니다."), ("en", "offering counterfeit goods.")):
        text = offered("interim_restriction", "", language, claim=replace(CLAIM, brand=""))
        assert said in text and "  " not in text


def test_inconclusive_reasoning_does_not_say_genuine() -> None:
    for language, said in (
        ("ko", "정품임을 확인한 것이 아닙니다"),
        ("en", "does not confirm"),
        ("zh-hans", "并不表示"),
    ):
        assert said in offered("reinstated", "inconclusive", language)
        assert said in offered("dismissed", "inconclusive", language)


@pytest.mark.parametrize(
    ("language", "facts"),
    [
        (
            "en",
            (
                "Pictures of the listing (no. 1, no. 3) are identical or very similar to brand material registered by "
                "the rights holder.",
                "The listing's title contains spellings that point to the brand's name: “솔.하.루” (“솔하루”).",
                "The listing's description contains words commonly used for counterfeits: “미러급”.",
                "The price is far below what goods of this brand usually cost.",
            ),
        ),
        (
            "zh-hans",
            (
                "商品图片（第1张、第3张）与权利人登记的品牌资料相同或非常相似。",
                "商品标题中含有指向品牌名称的写法：“솔.하.루”（“솔하루”）。",
                "商品说明中含有常用于指代假冒商品的用语：“미러급”。",
                "销售价格明显低于该品牌商品的通常价格。",
            ),
        ),
    ],
)
def test_facts_are_said_in_other_languages(language: str, facts: tuple[str, ...]) -> None:
    signals = [image(11), image(12), word("솔.하.루"), code("미러급"), {"kind": "price", "score": 0.4}]
    assert statements.facts_of(signals, {11: 2, 12: 0}, language) == facts


def test_one_picture_is_singular_in_english() -> None:
    [fact] = statements.facts_of([image(11)], {11: 0}, "en")
    assert fact.startswith("Picture of the listing (no. 1) is identical")


@pytest.mark.parametrize(
    ("language", "one", "holder"),
    [
        (
            "ko",
            "이 상품에 대한 신고가 1건 접수되었습니다.",
            "권리자가 이 상품이 자신의 권리를 침해한다고 신고했습니다.",
        ),
        (
            "en",
            "1 report about this listing was received.",
            "The rights holder reported that this listing infringes its right.",
        ),
        ("zh-hans", "已收到1件针对该商品的举报。", "权利人举报该商品侵犯其权利。"),
    ],
)
def test_reports_are_facts_without_names(language: str, one: str, holder: str) -> None:
    assert statements.reported_facts(1, by_rights_holder=False, language=language) == (one,)
    assert statements.reported_facts(2, by_rights_holder=True, language=language) == (holder,)
    assert statements.reported_facts(0, by_rights_holder=False, language=language) == ()


def ruled(kind: str, finding: str = "", language: str = "ko", **changes: Any) -> dict[str, Any]:
    ruling = replace(RULING, kind=kind, finding=finding, **changes)
    return statements.build(
        RESTRICTED, CLAIM, ruling, TERMS, facts=("사실.",), language=language, found_by_machine=False
    )


def test_statement_of_a_final_decision_says_finding_effects_and_appeal() -> None:
    said = ruled("upheld", "counterfeit_confirmed", effects=("listing.remove", "seller.strike"), corrects_number="D-1")
    assert said["finding"] == {"code": "counterfeit_confirmed", "text": "위조상품으로 확인되었습니다."}
    assert [effect["kind"] for effect in said["effects"]] == ["listing.remove", "seller.strike"]
    assert (said["corrects"], said["restriction"]["kind"]) == ("D-1", "upheld")
    assert said["detection"]["found_by_machine"] is False and said["detection"]["text"].startswith("신고를 받아")
    by_heading = dict(statements.sections(said))
    assert by_heading["결정 이유"] == [
        "이 결정은 앞선 결정(D-1)을 바로잡은 것입니다.",
        "위조상품으로 확인되었습니다.",
        "같은 사진입니다.",
    ]
    assert by_heading["결정 내용과 기간"][1] == "상점에 벌점을 부과합니다."
    assert by_heading["다투는 방법과 기한"][0].startswith("이의제기: 결정일부터 6개월 안에 한 번")
    assert "소명" not in json.dumps(said, ensure_ascii=False)


@pytest.mark.parametrize(("kind", "finding"), MADE)
@pytest.mark.parametrize("language", LANGUAGES)
def test_statement_of_every_decision_reads_in_every_language(kind: str, finding: str, language: str) -> None:
    said = ruled(kind, finding, language)
    assert json.loads(json.dumps(said)) == said
    whole = statements.sections(said)
    assert len(whole) == 9
    assert all(paragraph for _, paragraphs in whole for paragraph in paragraphs)


def test_statement_names_ground_and_clause_in_the_language() -> None:
    said = ruled("upheld", "counterfeit_confirmed", "en")
    assert said["ground"]["title"] == "Counterfeit (shown by its features)"
    assert said["policy"]["title"] == "No sale of counterfeit goods"
    dropped = replace(CLAIM, ground_code="old", policy_code="old")
    kept = statements.build(RESTRICTED, dropped, RULING, TERMS, facts=(), language="en")
    assert (kept["ground"]["title"], kept["policy"]["clause"]) == (CLAIM.ground_title, CLAIM.policy_clause)


def test_statement_without_a_rights_holder_leaves_the_section_out() -> None:
    nobody = replace(CLAIM, rights_holder="", brand="", rights=())
    said = statements.sections(statements.build(RESTRICTED, nobody, RULING, TERMS, facts=()))
    assert [heading for heading, _ in said][:2] == ["제한된 상품", "사유"]
    assert "확인한 사실" not in dict(said)


def test_statement_of_an_earlier_release_is_read_as_it_stands() -> None:
    old = {key: value for key, value in statement().items() if key not in {"corrects", "finding", "effects"}}
    assert statements.sections(old) == statements.sections(statement())


def test_measure_taken_by_a_machine_is_said_to_be_one() -> None:
    said = statements.build(RESTRICTED, CLAIM, RULING, TERMS, facts=(), decided_by_machine=True)["detection"]
    assert (said["found_by_machine"], said["decided_by_machine"]) == (True, True)
    assert said["text"] == (
        "자동 검사가 찾았고, 미리 정한 기준에 따라 자동으로 조치했습니다. 최종 결정은 담당자가 합니다."
    )


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
