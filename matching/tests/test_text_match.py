"""Names in text: every disguise of the table is found where it stands; ordinary text is left alone."""

import unicodedata
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matching import BrandSpelling, Engine, TextCandidate
from matching.tests.factories import SPELLINGS, engine

CLEAN_TITLES = (
    "apple slicer for the kitchen",
    "wooden apple box red",
    "dried apple chips 200g",
    "fresh apple juice",
    "x-large t-shirt black",
    "x-large shirt for men",
    "on sale mens shirt",
    "여름 원피스 x-large",
    "pelican case for memory cards",
    "Nike shoes red",
    "Nike running shoes black",
    "Nike air shoes",
    "Nike bag",
)


@pytest.fixture(scope="module")
def matcher(tmp_path_factory: pytest.TempPathFactory) -> Engine:
    spellings = (*SPELLINGS, BrandSpelling("xlarge", "XLarge"), BrandSpelling("pelicana", "Pelicana"))
    return engine(tmp_path_factory.mktemp("names"), spellings=spellings, clean_titles=CLEAN_TITLES)


def found_in(matcher: Engine, title: str) -> list[TextCandidate]:
    found = list(matcher.match_text(title))
    for each in found:
        assert title[each.start : each.end] == each.found
        assert 0 <= each.score <= 1
    return found


DISGUISES = [
    ("설.화.수 자음생 크림", "설화수", "설.화.수", "symbols"),
    ("설*화수 크림", "설화수", "설*화수", "symbols"),
    ("나♥이키 운동화", "나이키", "나♥이키", "symbols"),
    ("설 화 수 크림", "설화수", "설 화 수", "spaced_out"),
    ("설화 수 크림", "설화수", "설화 수", "spaces"),
    ("S u l w h a s o o cream", "Sulwhasoo", "S u l w h a s o o", "spaced_out"),
    ("Sam-sung phone", "Samsung", "Sam-sung", "hyphens"),
    ("설\u200b화수 크림", "설화수", "설\u200b화수", "invisible"),
    ("나\u202e이키", "나이키", "나\u202e이키", "invisible"),
    ("N\u00adike shoes", "Nike", "N\u00adike", "invisible"),
    ("ㅅㅓㄹㅎㅘㅅㅜ 크림", "설화수", "ㅅㅓㄹㅎㅘㅅㅜ", "loose_letters"),
    ("설ㅎㅘ수 크림", "설화수", "설ㅎㅘ수", "loose_letters"),
    ("나\u110b\u1175키 운동화", "나이키", "나\u110b\u1175키", "decomposed"),
    ("나이끼 운동화", "나이키", "나이끼", "sound"),
    ("이니쓰프리 로션", "이니스프리", "이니쓰프리", "sound"),
    ("댕당이 인형", "멍당이", "댕당이", "look_alike"),
    ("설hwa수 크림", "설화수", "설hwa수", "romanised_syllable"),
    ("나2키 운동화", "나이키", "나2키", "romanised_syllable"),
    ("이니프리 로션", "이니스프리", "이니프리", "dropped_syllable"),
    ("ＮＩＫＥ shoes", "Nike", "ＮＩＫＥ", "width"),
    ("NＩKE shoes", "Nike", "NＩKE", "width"),
    ("𝐍𝐢𝐤𝐞 shoes", "Nike", "𝐍𝐢𝐤𝐞", "styled"),
    ("ⓝⓘⓚⓔ shoes", "Nike", "ⓝⓘⓚⓔ", "styled"),
    ("ɴɪᴋᴇ shoes", "Nike", "ɴɪᴋᴇ", "styled"),
    ("NІКЕ shoes", "Nike", "NІКЕ", "foreign"),
    ("Νικε shoes", "Nike", "Νικε", "foreign"),
    ("N!ke shoes", "Nike", "N!ke", "leet"),
    ("S@m$ung phone", "Samsung", "S@m$ung", "leet"),
    ("n1ke shoes", "Nike", "n1ke", "leet"),
    ("Sulwhas00 cream", "Sulwhasoo", "Sulwhas00", "leet"),
    ("NlKE shoes", "Nike", "NlKE", "twin_letters"),
    ("Sarnsung phone", "Samsung", "Sarnsung", "letter_pairs"),
    ("Sámsung phone", "Samsung", "Sámsung", "accents"),
    ("N\u0336i\u0336k\u0336e shoes", "Nike", "N\u0336i\u0336k\u0336e", "marks"),
    ("|\\|ike shoes", "Nike", "|\\|ike", "art"),
    ("ǝʞᴉu shoes", "Nike", "ǝʞᴉu", "upside_down"),
    ("Samsnug phone", "Samsung", "Samsnug", "typo"),
    ("Sulwasoo cream", "Sulwhasoo", "Sulwasoo", "typo"),
]


@pytest.mark.parametrize(
    ("title", "spelling", "found", "disguise"), DISGUISES, ids=[row[3] + " " + row[2] for row in DISGUISES]
)
def test_a_disguise_is_found_where_it_stands_and_named(
    matcher: Engine, title: str, spelling: str, found: str, disguise: str
) -> None:
    candidates = [each for each in found_in(matcher, title) if each.spelling == spelling]
    assert [each.found for each in candidates] == [found]
    assert disguise in candidates[0].disguises
    assert candidates[0].score >= 0.5
    assert not candidates[0].is_common


@pytest.mark.parametrize("title", ["새로 나온 " + row[0] for row in DISGUISES[:6]])
def test_a_disguise_in_the_middle_of_a_title_is_found(matcher: Engine, title: str) -> None:
    assert max(each.score for each in found_in(matcher, title)) >= 0.5


PLAIN = [
    ("나이키 운동화", "나이키", "나이키"),
    ("나이키는 나이키다", "나이키", "나이키"),
    ("정품나이키운동화", "나이키", "나이키"),
    ("나이키운동화 270", "나이키", "나이키"),
    ("NIKE운동화", "Nike", "NIKE"),
    ("nike270", "Nike", "nike"),
    ("Nike's best shoes", "Nike", "Nike"),
    ("COCA-COLA glass", "Coca-Cola", "COCA-COLA"),
    ("coca cola glass", "Coca-Cola", "coca cola"),
    ("cocacola glass", "Coca-Cola", "cocacola"),
    ("thefaceshop cream", "The Face Shop", "thefaceshop"),
    ("lancome lipstick", "Lancôme", "lancome"),
    ("Lancôme lipstick", "Lancôme", "Lancôme"),
]


@pytest.mark.parametrize(("title", "spelling", "found"), PLAIN)
def test_a_plain_name_is_found_and_says_little(matcher: Engine, title: str, spelling: str, found: str) -> None:
    candidates = [each for each in found_in(matcher, title) if each.spelling == spelling]
    assert candidates[0].found == found
    assert {each.disguises for each in candidates} == {()}
    assert 0 < candidates[0].score < 0.5
    assert "이름만으로는 의심하지 않습니다" in candidates[0].why


@pytest.mark.parametrize(
    "title",
    [
        "보나이키트 조립",
        "pronikela cable",
        "cornike",
        "mini kettle steel",
        "panike shoes",
        "미샤일 발사",
        "사과 주스",
        "the facet shopper",
    ],
)
def test_a_name_inside_other_words_is_no_find(matcher: Engine, title: str) -> None:
    assert found_in(matcher, title) == []


@pytest.mark.parametrize("title", CLEAN_TITLES)
def test_ordinary_titles_never_reach_the_threshold(matcher: Engine, title: str) -> None:
    assert all(each.score < 0.5 for each in found_in(matcher, title))


@pytest.mark.parametrize(
    "title", ["x-large coat", "L.G. television", "AL 10 fc cable", "pelican bag", "n i", "1:1", "a p p l i c a t i o n"]
)
def test_what_only_resembles_a_disguise_never_reaches_the_threshold(matcher: Engine, title: str) -> None:
    assert all(each.score < 0.5 for each in found_in(matcher, title))


@pytest.mark.parametrize(
    "title",
    ["설화 수묵화 족자", "나이 키높이 깔창", "이니 스프리마켓 세트", "미 샤워기", "이니스 프리 로션"],
)
def test_words_that_only_stand_beside_each_other_never_reach_the_threshold(matcher: Engine, title: str) -> None:
    assert all(each.score < 0.5 for each in found_in(matcher, title))


def test_a_word_of_ordinary_titles_is_common_and_a_brand_at_their_head_is_not(matcher: Engine) -> None:
    assert [(each.is_common, each.score) for each in found_in(matcher, "apple peeler")] == [(True, 0.05)]
    assert [each.is_common for each in found_in(matcher, "Nike cap")] == [False]


def test_a_name_of_one_syllable_is_common_and_counts_only_as_a_word_of_its_own(matcher: Engine) -> None:
    assert [(each.spelling, each.is_common) for each in found_in(matcher, "후 크림")] == [("후", True)]
    assert found_in(matcher, "오후 크림") == []


def test_a_common_word_in_disguise_is_no_common_word(matcher: Engine) -> None:
    found = found_in(matcher, "𝐀𝐩𝐩𝐥𝐞 watch")
    assert [(each.spelling, each.is_common, each.disguises) for each in found] == [("Apple", False, ("styled",))]
    assert found[0].score >= 0.5


def test_a_common_word_counts_as_a_name_in_its_own_category(tmp_path: Path) -> None:
    matcher = engine(tmp_path, spellings=[BrandSpelling("apple", "apple", categories=("전자기기",))])
    in_its_own = matcher.match_text("apple watch", category="전자기기")
    elsewhere = matcher.match_text("apple watch", category="과일")
    assert [(each.is_common, each.score) for each in in_its_own] == [(False, 0.3)]
    assert [(each.is_common, each.score) for each in elsewhere] == [(True, 0.05)]


def test_the_longer_of_two_names_stays(tmp_path: Path) -> None:
    matcher = engine(tmp_path, spellings=[BrandSpelling("lotte", "롯데"), BrandSpelling("duty", "롯데면세점")])
    assert [each.spelling for each in matcher.match_text("롯데면세점 향수")] == ["롯데면세점"]
    assert [each.spelling for each in matcher.match_text("롯데 향수")] == ["롯데"]


def test_one_brands_name_is_no_disguise_of_anothers(tmp_path: Path) -> None:
    matcher = engine(tmp_path, spellings=[BrandSpelling("basics", "Basics"), BrandSpelling("basis", "Basis+")])
    assert [each.spelling for each in matcher.match_text("basics shirt")] == ["Basics"]


def test_a_brand_with_one_spelling_for_two_brands_names_both(tmp_path: Path) -> None:
    matcher = engine(tmp_path, spellings=[BrandSpelling("one", "라네즈"), BrandSpelling("two", "라네즈")])
    assert [each.brand for each in matcher.match_text("라네즈 크림")] == ["one", "two"]


def test_the_description_is_read_too_and_says_so(matcher: Engine) -> None:
    found = matcher.match_text("크림", "정품 설.화.수 입니다")
    assert [(each.field, each.start, each.end) for each in found] == [("description", 3, 8)]


def test_a_whole_text_in_full_width_is_weaker_than_one_word_of_it(matcher: Engine) -> None:
    whole = found_in(matcher, "ＮＩＫＥ　ｓｈｏｅｓ　ｆｏｒ　ｍｅｎ")[0]
    word = found_in(matcher, "ＮＩＫＥ shoes for men")[0]
    assert whole.score < 0.5 <= word.score


def test_a_text_that_is_wholly_decomposed_is_no_disguise(matcher: Engine) -> None:
    found = found_in(matcher, unicodedata.normalize("NFD", "나이키 운동화"))
    assert [each.disguises for each in found] == [()]


def test_reasons_are_sentences_with_the_right_particles(matcher: Engine) -> None:
    assert found_in(matcher, "설.화.수 크림")[0].why == "‘설.화.수’는 기호를 끼워 ‘설화수’를 감춘 표기입니다."
    assert (
        found_in(matcher, "나이끼")[0].why == "‘나이끼’는 소리가 비슷한 자모로 바꿔 ‘나이키’를 적은 표기일 수 있습니다."
    )
    assert "설·화수" in found_in(matcher, "설\u200b화수")[0].why


def test_repeated_names_are_kept_a_few_times(matcher: Engine) -> None:
    found = found_in(matcher, "설.화.수 " * 50)
    assert [each.start for each in found] == [0, 6, 12]


@settings(max_examples=200, deadline=None)
@given(
    st.text(max_size=30),
    st.sampled_from([row[2] for row in DISGUISES]),
    st.text(max_size=30),
)
def test_offsets_lie_within_the_text_whatever_stands_around(
    matcher: Engine, before: str, disguised: str, after: str
) -> None:
    found_in(matcher, f"{before} {disguised} {after}")
    found_in(matcher, f"{before}{disguised}{after}")


@settings(max_examples=100, deadline=None)
@given(st.text(st.sampled_from("설화수나이키nike!1|\\/()<>.* \u200b\u0336ǝʞᴉ\u1109\u1165ㅅㅓㄹ"), max_size=40))
def test_signs_in_any_order_never_break_the_search(matcher: Engine, text: str) -> None:
    found_in(matcher, text)


@pytest.mark.parametrize("piece", ["나이키정품", "ＮＩＫＥ ", "n!ke$", "|\\|ike ", "ǝʞᴉu ", "sulwhasooo "])
def test_a_long_text_of_nothing_but_names_gives_a_bounded_answer(matcher: Engine, piece: str) -> None:
    assert len(matcher.match_text("", piece * 5_000)) <= 6
