"""Every letter in every language: what it says, to whom it says it, and what strangers' text cannot make it say."""

import re
from dataclasses import fields, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from django.template import TemplateDoesNotExist

from reports import letters
from reports.choices import DecisionKind, EffectKind, NoticeKind, Party
from reports.letters import LANGUAGES, OWED, Letter, Values, compose
from reports.wording import wording

NOTICES = Path(__file__).parents[2] / "templates/notices"
SPARSE = Values(case_number="C-2026-000123", contact="help@jikimi.example")
LINK = "https://jikimi.example/seller/secret/"
HANGUL = re.compile("[가-힣]")
HAN = re.compile("[一-鿿]")

RICH = Values(
    case_number="C-2026-000123",
    contact="help@jikimi.example",
    listing_id="item-1",
    listing_title="S.O.L cream 50ml",
    listing_url="https://market.example/item/1",
    shop_name="Shiny Shop",
    marketplace="Market",
    rights_holder="Gaon Inc.",
    brand="SOLHARU",
    rights=("40-1234567",),
    ground_code="counterfeit",
    policy_code="counterfeit_sale",
    is_rights_holder=True,
    decision_number="D-2026-000007",
    decided_at=datetime(2026, 11, 23, 5, 30, tzinfo=UTC),
    kind="upheld",
    finding="counterfeit_confirmed",
    facts=("A fact.",),
    reasoning="A reason.\n\nAnother reason.",
    effects=("listing.remove", "seller.strike", "payout.hold", "recourse.open"),
    found_by_machine=True,
    corrects_number="D-2026-000003",
    corrects_kind="dismissed",
    was_restricted=True,
    days_lost=5,
    repaired=("listing.remove", "seller.strike"),
    link=LINK,
    due_at=datetime(2026, 11, 26, 15, tzinfo=UTC),
    appeal_until=datetime(2027, 5, 24, 15, tzinfo=UTC),
    zone="Asia/Shanghai",
    terms={
        "explanation_business_days": 3,
        "extension_business_days": 3,
        "decision_business_days": 2,
        "appeal_decision_business_days": 7,
        "progress_business_days": 3,
        "appeal_months": 6,
    },
    report_number="R-2026-000009",
    question="A question.",
    claim="genuine",
    summary="A summary.",
    documents={"invoice": 2, "photo": 1},
    appeal_number="A-2026-000002",
    old_case_number="C-2026-000001",
    days_to_relist=12,
)

every_letter = pytest.mark.parametrize(
    ("kind", "party", "language"),
    [(kind, party, language) for kind, party in OWED for language in LANGUAGES],
    ids=str,
)


def letter(kind: str, party: str, language: str = "ko", /, **changes: Any) -> Letter:
    return compose(NoticeKind(kind), Party(party), language, replace(RICH, **changes))


def section(of: Letter, heading: str) -> str:
    return "\n".join(dict(of.sections)[heading])


# -- all that are owed ------------------------------------------------------------------------------------------------


def test_what_is_written_is_what_is_owed() -> None:
    written = {path.name for path in NOTICES.glob("*.txt")}
    assert written == {f"{kind}.{party}.{language}.txt" for kind, party in OWED for language in LANGUAGES}
    assert len(OWED) == len(set(OWED)) == 25


def test_every_kind_and_every_decision_has_its_letter() -> None:
    assert {kind for kind, _ in OWED} == set(NoticeKind)
    decisions = {kind.value for kind in DecisionKind} - {"undone"}
    assert decisions <= {kind.value for kind, party in OWED if party == Party.REPORTER}


def test_letter_that_is_never_owed_is_not_written() -> None:
    with pytest.raises(TemplateDoesNotExist):
        compose(NoticeKind.RECEIVED, Party.SELLER, "ko", SPARSE)
    with pytest.raises(KeyError):
        compose(NoticeKind.UPHELD, Party.SELLER, "fr", SPARSE)


@every_letter
@pytest.mark.parametrize("values", [RICH, SPARSE], ids=["rich", "sparse"])
def test_every_letter_is_whole(kind: NoticeKind, party: Party, language: str, values: Values) -> None:
    made = compose(kind, party, language, values)
    assert re.fullmatch(r"\[C-2026-000123] \S.*\S", made.subject)
    assert not re.search(r"\{[{%]|\[\[|None|\n\n\n|[ \t]\n|[:：]\n|\(\)|（）|<|&[a-z]+;", made.text)
    assert made.text.endswith("\n") and not made.text.startswith(("\n", " "))
    assert made.sections[0][0] == ""
    assert all(heading and paragraphs and all(paragraphs) for heading, paragraphs in made.sections[1:])
    assert made.text.count("■") == len(made.sections) - 1
    assert values.contact in "".join(made.sections[-1][1])


@every_letter
def test_every_letter_ends_with_the_contact_and_the_link_apart(kind: NoticeKind, party: Party, language: str) -> None:
    made = compose(kind, party, language, RICH)
    *others, last = made.sections[-1][1]
    assert LINK in last and RICH.contact not in last
    assert RICH.contact in "".join(others)
    assert made.text.count(LINK) == 1


@pytest.mark.parametrize("values", [RICH, SPARSE], ids=["rich", "sparse"])
@pytest.mark.parametrize(("kind", "party"), OWED, ids=str)
def test_languages_say_the_same_in_the_same_order(kind: NoticeKind, party: Party, values: Values) -> None:
    shapes = {
        tuple(len(paragraphs) for _, paragraphs in compose(kind, party, language, values).sections)
        for language in LANGUAGES
    }
    assert len(shapes) == 1


@every_letter
def test_every_letter_keeps_to_its_language(kind: NoticeKind, party: Party, language: str) -> None:
    made = compose(kind, party, language, RICH)
    text = f"{made.subject}\n{made.text}".replace("지킴이", "")
    assert bool(HANGUL.search(text)) == (language == "ko")
    assert bool(HAN.search(text)) == (language == "zh-hans")


def test_templates_ask_only_for_values_that_there_are() -> None:
    values = {each.name for each in fields(Values)}
    texts = set(letters._texts(letters._seen_by(Party.SELLER, RICH), wording("ko")))
    for path in NOTICES.rglob("*.txt"):
        source = path.read_text()
        assert set(re.findall(r"\bv\.(\w+)", source)) <= values - {"terms", "documents"}, path
        assert set(re.findall(r"\bt\.(\w+)", source)) <= texts, path
        assert not re.search(r"\{\{(?!\s*(v|t|fact|effect|repair)\b)", source), path


# -- what they say ----------------------------------------------------------------------------------------------------


def test_restriction_before_delivery_says_how_many_days_from_receipt() -> None:
    said = section(letter("interim_restriction", "seller", due_at=None), "소명하는 방법과 기한")
    assert said.startswith("이 통지를 받은 날부터 3영업일 안에 소명할 수 있습니다. 받은 날은 세지 않으며,")
    assert "기한 전에 한 번, 3영업일 연장" in said and "2영업일 안에 결정" in said and "6개월 안에 한 번 이의" in said
    assert "소명하지 않았다는 이유만으로 침해로 판단하지 않습니다" in said


def test_deadline_is_shown_in_the_sellers_own_time_too() -> None:
    assert (
        "2026년 11월 26일(목) 24:00까지 (한국 시간, 중국 시간으로는 2026년 11월 26일(목) 23:00까지) 소명해 주십시오."
        in letter("explanation_extended", "seller").text
    )
    assert (
        "by 24:00 on Thursday 26 November 2026 (Korea time), which is 23:00 on Thursday 26 November 2026 in "
        "Asia/Shanghai" in letter("explanation_extended", "seller", "en").text
    )
    assert (
        "请在2026年11月26日（星期四）24:00前（韩国时间，即北京时间2026年11月26日（星期四）23:00）提交说明"
        in letter("explanation_extended", "seller", "zh-hans").text
    )


def test_restriction_is_a_statement_of_reasons() -> None:
    made = letter("interim_restriction", "seller", corrects_number="", finding="", kind="interim_restriction")
    assert made.subject == "[C-2026-000123] 상품 판매가 임시로 제한되었습니다"
    assert [heading for heading, _ in made.sections[1:]] == [
        "제한된 상품",
        "제한한 사유와 근거 조항",
        "확인한 사실",
        "결정 이유",
        "찾은 방법과 결정한 방법",
        "제한 내용과 기간",
        "소명하는 방법과 기한",
        "도움이 되는 자료",
        "확인과 문의",
    ]
    opening = "\n".join(made.sections[0][1])
    assert "언제든지 되돌릴 수 있습니다" in opening and "벌점이나 제재를 받지 않습니다" in opening
    ground = section(made, "제한한 사유와 근거 조항")
    assert "권리자: Gaon Inc." in ground and "근거 조항: 위조상품의 판매 금지\n조항 내용: 판매자는" in ground
    assert section(made, "찾은 방법과 결정한 방법").endswith("담당자가 확인하여 결정했습니다.")
    assert section(made, "결정 이유") == "A reason.\nAnother reason."
    for help_needed in ("인보이스", "수입신고필증", "권리자의 허락서", "병행수입"):
        assert help_needed in section(made, "도움이 되는 자료")


def test_reported_listing_is_not_said_to_be_found_by_a_machine() -> None:
    said = section(letter("interim_restriction", "seller", found_by_machine=False), "찾은 방법과 결정한 방법")
    assert said == "신고를 받아 담당자가 상품과 자료를 확인하여 결정했습니다. 자동으로 내린 결정이 아닙니다."


def test_correction_names_the_decision_that_it_corrects() -> None:
    made = letter("reinstated", "seller", kind="reinstated", finding="not_infringing", corrects_kind="upheld")
    assert made.subject == "[C-2026-000123] 결정을 바로잡아 상품의 판매 제한을 해제했습니다"
    assert "앞선 결정 D-2026-000003(판매중지 확정)의 내용을 바로잡은 것입니다" in made.text
    put_right = section(made, "바로잡은 것")
    assert put_right.startswith("이 상품은 5일 동안 판매하지 못했습니다. 불편을 드려 사과드립니다.")
    assert "- 상품의 판매중지를 취소했습니다.\n- 벌점을 취소했습니다." in put_right


@pytest.mark.parametrize(
    ("corrects_kind", "said"),
    [
        ("upheld", "D-2026-000003(판매중지 확정)의 결론을 유지합니다"),
        ("dismissed", "D-2026-000003(기각)의 내용을 바로잡습니다"),
    ],
)
def test_result_of_an_appeal_says_that_another_person_decided(corrects_kind: str, said: str) -> None:
    made = letter("upheld", "reporter", is_appeal_result=True, corrects_kind=corrects_kind)
    assert made.subject.startswith("[C-2026-000123] 이의제기 결과, ")
    assert "이의제기(A-2026-000002)를 재심사한 결과이며, 앞선 결정을 한 사람이 아닌 다른 담당자가" in made.text
    assert said in made.text


def test_result_of_an_appeal_that_cannot_be_appealed_says_so() -> None:
    made = letter("upheld", "seller", is_appeal_result=True, appeal_until=None)
    assert "다시 이의를 제기할 수 없습니다. 법원의 재판이나 분쟁조정을 이용할 권리" in made.text
    assert "6개월" not in made.text


def test_first_decision_says_until_when_to_appeal() -> None:
    made = letter("dismissed", "reporter", kind="dismissed", finding="not_infringing", corrects_number="")
    assert section(made, "이의제기 방법과 기한").startswith(
        "이 결정에 동의하지 않으시면 2027년 5월 24일(월) 24:00까지 (한국 시간) 한 번 이의를 제기할 수 있습니다."
    )
    assert "7영업일 안에 결정합니다" in made.text


def test_side_that_may_not_appeal_is_offered_no_appeal() -> None:
    for kind, party in OWED:
        for language in LANGUAGES:
            made = compose(kind, party, language, replace(RICH, appeal_until=None))
            assert not re.search("2027|이의를 제기할 수 있습니다|you may appeal once, by|您可在2027", made.text)
    won = letter("upheld", "reporter")
    assert "2027" not in won.text and "판매자가 이 결정에 이의를 제기하면 알려 드립니다." in won.text


@pytest.mark.parametrize(("kind", "party"), [(k, p) for k in ("upheld", "reinstated", "dismissed") for p in Party])
@pytest.mark.parametrize(
    ("language", "stands"), [("ko", "앞선 결정을 유지합니다"), ("en", "the earlier decision"), ("zh-hans", "维持针对")]
)
def test_rejected_appeal_leaves_the_decision_as_it_was(kind: str, party: str, language: str, stands: str) -> None:
    rejected = {"is_appeal_result": True, "corrects_number": "", "corrects_kind": "", "effects": (), "repaired": ()}
    made = letter(
        kind,
        party,
        language,
        kind=kind,
        contested_number="D-2026-000004",
        appeal_until=None,
        days_lost=None,
        **rejected,
    )
    opening = "\n".join(made.sections[0][1])
    assert stands in opening and "D-2026-000004" in opening
    # Nothing happened now, and nothing is undone by a further appeal.
    for untrue in ("해제했습니다", "확정했습니다", "모두 되돌립니다", "is lifted", "are undone", "已解除", "全部撤销"):
        assert untrue not in f"{made.subject}\n{made.text}"


def test_seller_whose_listing_is_still_held_is_not_told_that_it_sells_again() -> None:
    held, free = (letter("reinstated", "seller", is_still_held=is_held).text for is_held in (True, False))
    assert "다른 결정에 따른 제한이 남아 있어 아직 판매할 수 없습니다" in held
    assert "다시 판매할 수 있습니다" not in held and "다시 판매할 수 있습니다" in free


@pytest.mark.parametrize(
    ("kind", "party"), [(k, p) for k in ("reinstated", "dismissed") for p in ("seller", "reporter")]
)
@pytest.mark.parametrize(
    ("language", "honest"), [("ko", "정품임을 확인한 결정은 아니"), ("en", "not confirm"), ("zh-hans", "并不表示")]
)
def test_inconclusive_is_said_honestly(kind: str, party: str, language: str, honest: str) -> None:
    made = letter(kind, party, language, kind=kind, finding="inconclusive")
    assert wording(language).findings["inconclusive"] in made.text
    assert honest in made.text
    assert honest not in letter(kind, party, language, kind=kind, finding="not_infringing").text


def test_late_explanation_is_told_that_it_is_late() -> None:
    made = letter("explanation_received", "seller", is_late=True, due_at=None)
    assert "기한이 지난 뒤에 제출하셨습니다" in made.text and "영업일 안에 결정합니다" not in made.text
    assert "자료: 거래명세서·인보이스 2건, 사진 1건" in made.text


def test_explanation_is_not_said_to_come_without_documents() -> None:
    made = letter("explanation_received", "seller", documents={}, claim="")
    assert "접수한 내용" not in dict(made.sections) and "자료: " not in made.text


def test_listing_that_lost_no_day_is_not_said_to_have() -> None:
    made = letter("reinstated", "seller", kind="reinstated", finding="not_infringing", days_lost=0)
    assert "동안 판매하지 못했습니다" not in made.text and "- 벌점을 취소했습니다." in made.text


def test_brand_is_told_that_a_confirmed_counterfeit_came_back() -> None:
    opening = "\n".join(letter("relisted", "reporter").sections[0][1])
    assert "앞선 사건 C-2026-000001에서 위조상품으로 확인되어" in opening
    assert "다시 등록될 때까지 12일이 걸렸습니다" in opening
    assert "0일이 걸렸습니다" in letter("relisted", "reporter", days_to_relist=0).text


def test_complainant_is_told_what_silence_means() -> None:
    for kind in ("answer_asked", "answer_reminder"):
        made = letter(kind, "reporter")
        assert "이 신고만을 근거로 한 경우에는 제한을 해제합니다" in made.text
        assert "2026년 11월 26일(목) 24:00까지 (한국 시간) 답변해 주십시오." in made.text


# -- who learns what --------------------------------------------------------------------------------------------------

#: The fields of one line that hold one side's own words or numbers, each with a canary.
CANARIES = {
    name: f"canary-{name}".replace("_", "-")
    for name in (
        "listing_title",
        "shop_name",
        "rights_holder",
        "brand",
        "reasoning",
        "report_number",
        "question",
        "summary",
        "appeal_number",
        "decision_number",
        "corrects_number",
        "old_case_number",
    )
} | {"facts": "canary-facts", "rights": "canary-rights", "documents": "canary-documents"}

#: Which of them may stand in some letter to the seller, and in some letter to a complainant.
SEEN = {
    Party.SELLER: set(CANARIES) - {"report_number", "question", "old_case_number", "documents", "summary"},
    Party.REPORTER: set(CANARIES) - {"facts", "documents"},
}


def canaries() -> Values:
    texts: dict[str, Any] = {
        name: canary for name, canary in CANARIES.items() if name not in {"facts", "rights", "documents"}
    }
    # A file's name where a kind belongs, and a code that is none: neither may be shown as it stands.
    hidden: dict[str, Any] = {name: f"canary-{name}" for name in ("kind", "finding", "claim", "ground_code", "zone")}
    return replace(
        RICH,
        **texts,
        **hidden,
        facts=("canary-facts",),
        rights=("canary-rights",),
        documents={"canary-documents": 1},
        effects=("canary-effects",),
        repaired=("canary-repaired",),
        terms={"canary-terms": 1},
        corrects_kind="canary-corrects-kind",
    )


@pytest.mark.parametrize("party", Party)
def test_each_side_reads_its_own_and_nothing_of_the_others(party: Party) -> None:
    made = [compose(kind, to, language, canaries()) for kind, to in OWED for language in LANGUAGES if to == party]
    said = "\n".join(f"{each.subject}\n{each.text}\n{each.sections}" for each in made)
    assert set(re.findall(r"canary-([a-z-]+)", said)) == {name.replace("_", "-") for name in SEEN[party]}


def test_nothing_that_stays_in_the_house_is_a_value() -> None:
    names = {each.name for each in fields(Values)}
    assert not [
        name for name in names if re.search("note|reporter_name|complainant|email|phone|score|reference|file", name)
    ]


def test_seller_reads_no_rights_holder_where_consumers_reported() -> None:
    for kind, party in OWED:
        if party == Party.SELLER:
            made = compose(kind, party, "ko", replace(RICH, rights_holder="", facts=()))
            assert "권리자: " not in made.text


def test_documents_are_told_by_kind_and_number_only() -> None:
    made = letter(
        "answer_asked", "reporter", documents={"invoice": 2, "홍길동_사업자등록증.pdf": 1, "other": 1, "photo": 0}
    )
    assert "제출한 자료: 거래명세서·인보이스 2건, 그 밖의 자료 2건" in made.text
    assert "홍길동" not in made.text


@pytest.mark.parametrize(
    ("party", "is_rights_holder", "unseen"),
    [
        (Party.SELLER, False, set()),
        (Party.REPORTER, True, {EffectKind.PAYOUT_HOLD, EffectKind.RECOURSE}),
        (
            Party.REPORTER,
            False,
            {
                EffectKind.PAYOUT_HOLD,
                EffectKind.RECOURSE,
                EffectKind.SELLER_STRIKE,
                EffectKind.SELLER_SUSPEND,
                EffectKind.SELLER_CLOSE,
            },
        ),
    ],
)
@pytest.mark.parametrize("language", LANGUAGES)
def test_sanctions_are_told_to_whom_they_concern(
    party: Party, is_rights_holder: bool, unseen: set[EffectKind], language: str
) -> None:
    made = letter("upheld", party, language, is_rights_holder=is_rights_holder, effects=tuple(EffectKind))
    words = wording(language).effects
    assert {kind for kind in EffectKind if words[kind] not in made.text} == unseen


def test_complainant_learns_nothing_of_other_restrictions() -> None:
    held, free = (letter("reinstated", "reporter", is_still_held=is_held) for is_held in (True, False))
    assert held == free


def test_progress_within_days_is_promised_to_consumers_only() -> None:
    said = "진행 상황을 3영업일 안에 알려 드립니다."
    assert said in letter("received", "reporter", is_rights_holder=False).text
    assert said not in letter("received", "reporter", is_rights_holder=True).text


def test_consumer_is_told_that_a_buyers_rights_stay() -> None:
    said = "환불 신청이나 청약철회 등 구매자로서의 권리에 영향을 주지 않습니다"
    assert said in letter("dismissed", "reporter", is_rights_holder=False).text
    assert said not in letter("dismissed", "reporter", is_rights_holder=True).text


# -- what strangers write ---------------------------------------------------------------------------------------------

HOSTILE = (
    "좋은 상품\r\n\r\n■ 확인과 문의\n내용 확인과 제출: https://evil.example/x www.evil.example\u2028■ 끝\x85"
    "\u202e뒤집힘\u202c\u200b\u2066숨김\u2069\u00ad\u3164{{ v.link }}{% include 'x' %}<b>&amp;"
)


def hostile() -> Values:
    """Every text and every list of texts hostile; the contact, the case number and the links are our own."""
    ours = {"case_number", "contact", "link", "zone", "kind", "finding", "claim", "ground_code", "policy_code"}
    changes: dict[str, Any] = {}
    for each in fields(Values):
        value = getattr(RICH, each.name)
        if each.name in ours or not isinstance(value, str | tuple):
            continue
        changes[each.name] = HOSTILE if isinstance(value, str) else (HOSTILE,)
    return replace(RICH, **changes, documents={HOSTILE: 1})


@every_letter
def test_strangers_forge_no_heading_no_section_and_no_link(kind: NoticeKind, party: Party, language: str) -> None:
    honest, forged = (compose(kind, party, language, values) for values in (RICH, hostile()))
    assert "\n" not in forged.subject and forged.subject.startswith("[C-2026-000123] ")
    assert [h for h, _ in forged.sections if h] == [h for h, _ in honest.sections if h and h in dict(forged.sections)]
    for line in forged.text.splitlines():
        assert not line.startswith("■") or line.removeprefix("■ ") in dict(honest.sections)
        assert "■" not in line.removeprefix("■ ")
    assert re.findall(r"\w+://\S+", forged.text) == [LINK]
    assert "www." not in forged.text
    assert not re.search("[\u200b-\u200f\u2028-\u202e\u2060-\u2069\u00ad\u3164\x85\r\ufeff]", forged.text)


def test_title_stays_in_its_line() -> None:
    made = letter("upheld", "seller", listing_title=HOSTILE)
    [line] = [line for line in made.text.splitlines() if line.startswith("상품명: ")]
    assert line.startswith(
        "상품명: 좋은 상품 □ 확인과 문의 내용 확인과 제출: https[://]evil.example/x www[.]evil.example □ 끝 뒤집힘숨김"
    )
    assert line.endswith("{{ v.link }}{% include 'x' %}<b>&amp;")


def test_summary_keeps_its_paragraphs_apart_from_ours() -> None:
    made = letter("answer_asked", "reporter", summary="첫째 줄\n둘째 줄\n\n\n■ 답변 기한\n내일까지\n\n ")
    assert "\n> 첫째 줄\n> 둘째 줄\n\n> □ 답변 기한\n> 내일까지\n" in made.text
    assert [heading for heading, _ in made.sections].count("답변 기한") == 1


def test_reasoning_keeps_its_paragraphs() -> None:
    made = letter("upheld", "seller", reasoning="하나\n\n■ 둘")
    assert "■ 결정 이유\n  하나\n\n  □ 둘\n" in made.text
    assert dict(made.sections)["결정 이유"] == ("하나", "□ 둘")


@pytest.mark.parametrize(
    "url",
    [
        "javascript:alert(1)",
        "https://a.example/ 다음",
        "https://a.example/\n■ x",
        "ftp://a.example",
        "//a.example",
        "https://a.example/\u202e",
        "https://a.example/\u3164",
        "https://a.example/■",
    ],
)
def test_address_that_is_none_is_left_out(url: str) -> None:
    assert "상품 주소" not in letter("upheld", "seller", listing_url=url).text


def test_long_title_is_cut() -> None:
    made = letter("upheld", "seller", listing_title="가" * 500)
    assert f"상품명: {'가' * 199}…\n" in made.text


def test_marks_over_letters_are_thinned() -> None:
    made = letter("upheld", "seller", listing_title="a" + "\u0335" * 60 + "b")
    assert "상품명: a" + "\u0335" * 3 + "b\n" in made.text


def test_private_use_and_unassigned_signs_are_shown_as_unknown() -> None:
    assert "상품명: 가�나�\n" in letter("upheld", "seller", listing_title="가\ue000나\U000e0fff").text
