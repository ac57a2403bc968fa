"""Names in text: every disguise of the table is found where it stands; ordinary text is left alone."""

import unicodedata
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matching import BrandSpelling, Disguise, Engine, TextCandidate
from matching.readings import readings
from matching.tests.factories import SPELLINGS, engine
from matching.text_fold import LEET_SIGNS
from matching.text_reasons import topic

CLEAN_TITLES = (
    "peach slicer for the kitchen",
    "wooden peach box red",
    "dried peach chips 200g",
    "fresh peach juice",
    "extra-soft towel black",
    "extra-soft shirt for men",
    "on sale mens shirt",
    "여름 원피스 extra-soft",
    "lantern case for memory cards",
    "Niok shoes red",
    "Niok running shoes black",
    "Niok air shoes",
    "Niok bag",
)


@pytest.fixture(scope="module")
def matcher(tmp_path_factory: pytest.TempPathFactory) -> Engine:
    more = ("ExtraSoft", "Lanterna", "Sprinter", "TSL", "Clio")
    spellings = (*SPELLINGS, *(BrandSpelling(each.lower(), each) for each in more))
    return engine(tmp_path_factory.mktemp("names"), spellings=spellings, clean_titles=CLEAN_TITLES)


def found_in(matcher: Engine, title: str) -> list[TextCandidate]:
    found = list(matcher.match_text(title))
    for each in found:
        assert title[each.start : each.end] == each.found
        assert 0 <= each.score <= 1
    return found


DISGUISES = [
    ("담.화.온 수분 크림", "담화온", "담.화.온", "symbols"),
    ("담*화온 크림", "담화온", "담*화온", "symbols"),
    ("놀♥이코 운동화", "놀이코", "놀♥이코", "symbols"),
    ("담 화 온 크림", "담화온", "담 화 온", "spaced_out"),
    ("담화 온 크림", "담화온", "담화 온", "spaces"),
    ("D a m w h a o n cream", "Damwhaon", "D a m w h a o n", "spaced_out"),
    ("Lam-song phone", "Lamsong", "Lam-song", "hyphens"),
    ("담\u200b화온 크림", "담화온", "담\u200b화온", "invisible"),
    ("놀\u202e이코", "놀이코", "놀\u202e이코", "invisible"),
    ("N\u00adiok shoes", "Niok", "N\u00adiok", "invisible"),
    ("ㄷㅏㅁㅎㅘㅇㅗㄴ 크림", "담화온", "ㄷㅏㅁㅎㅘㅇㅗㄴ", "loose_letters"),
    ("담ㅎㅘ온 크림", "담화온", "담ㅎㅘ온", "loose_letters"),
    ("놀\u110b\u1175코 운동화", "놀이코", "놀\u110b\u1175코", "decomposed"),
    ("놀이꼬 운동화", "놀이코", "놀이꼬", "sound"),
    ("모루쓰테이 로션", "모루스테이", "모루쓰테이", "sound"),
    ("댕당이 인형", "멍당이", "댕당이", "look_alike"),
    ("담hwa온 크림", "담화온", "담hwa온", "romanised_syllable"),
    ("놀2코 운동화", "놀이코", "놀2코", "romanised_syllable"),
    ("모루테이 로션", "모루스테이", "모루테이", "dropped_syllable"),
    ("ＮＩＯＫ shoes", "Niok", "ＮＩＯＫ", "width"),
    ("NＩOK shoes", "Niok", "NＩOK", "width"),
    ("𝐍𝐢𝐨𝐤 shoes", "Niok", "𝐍𝐢𝐨𝐤", "styled"),
    ("ⓝⓘⓞⓚ shoes", "Niok", "ⓝⓘⓞⓚ", "styled"),
    ("ɴɪᴏᴋ shoes", "Niok", "ɴɪᴏᴋ", "styled"),
    ("NІОК shoes", "Niok", "NІОК", "foreign"),
    ("Νιοκ shoes", "Niok", "Νιοκ", "foreign"),
    ("N!ok shoes", "Niok", "N!ok", "leet"),
    ("L@m$ong phone", "Lamsong", "L@m$ong", "leet"),
    ("n1ok shoes", "Niok", "n1ok", "leet"),
    ("Damwha0n cream", "Damwhaon", "Damwha0n", "leet"),
    ("NlOK shoes", "Niok", "NlOK", "twin_letters"),
    ("Larnsong phone", "Lamsong", "Larnsong", "letter_pairs"),
    ("Lámsong phone", "Lamsong", "Lámsong", "accents"),
    ("N\u0336i\u0336o\u0336k shoes", "Niok", "N\u0336i\u0336o\u0336k", "marks"),
    ("|\\|iok shoes", "Niok", "|\\|iok", "art"),
    ("ʞoᴉu shoes", "Niok", "ʞoᴉu", "upside_down"),
    ("Lamsnog phone", "Lamsong", "Lamsnog", "typo"),
    ("Damwaon cream", "Damwhaon", "Damwaon", "typo"),
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
    ("놀이코 운동화", "놀이코", "놀이코"),
    ("놀이코는 놀이코다", "놀이코", "놀이코"),
    ("정품놀이코운동화", "놀이코", "놀이코"),
    ("놀이코운동화 270", "놀이코", "놀이코"),
    ("NIOK운동화", "Niok", "NIOK"),
    ("niok270", "Niok", "niok"),
    ("Niok's best shoes", "Niok", "Niok"),
    ("ROVA-RELA glass", "Rova-Rela", "ROVA-RELA"),
    ("rova rela glass", "Rova-Rela", "rova rela"),
    ("rovarela glass", "Rova-Rela", "rovarela"),
    ("thelaceloft cream", "The Lace Loft", "thelaceloft"),
    ("vernome lipstick", "Vernôme", "vernome"),
    ("Vernôme lipstick", "Vernôme", "Vernôme"),
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
        "물놀이코트 조립",
        "pronioka cable",
        "corniok",
        "mini okra seeds",
        "paniok shoes",
        "미쇼룸 방문",
        "복숭아 주스",
        "lathe lace lofty",
    ],
)
def test_a_name_inside_other_words_is_no_find(matcher: Engine, title: str) -> None:
    assert found_in(matcher, title) == []


@pytest.mark.parametrize("title", CLEAN_TITLES)
def test_ordinary_titles_never_reach_the_threshold(matcher: Engine, title: str) -> None:
    assert all(each.score < 0.5 for each in found_in(matcher, title))


@pytest.mark.parametrize(
    "title", ["extra-soft coat", "L.Q. television", "AL 10 fc cable", "lantern bag", "n i", "1:1", "p e a c e f u l"]
)
def test_what_only_resembles_a_disguise_never_reaches_the_threshold(matcher: Engine, title: str) -> None:
    assert all(each.score < 0.5 for each in found_in(matcher, title))


@pytest.mark.parametrize("title", ["laser printer", "Canon T5i camera", "memory CL10 16GB"])
def test_words_that_begin_otherwise_and_numbers_of_models_never_reach_the_threshold(
    matcher: Engine, title: str
) -> None:
    assert all(each.score < 0.5 for each in found_in(matcher, title))


@pytest.mark.parametrize("title", ["Sprinetr shoes", "C1io lipstick", "Cl1o lipstick"])
def test_a_disguise_of_the_same_names_does(matcher: Engine, title: str) -> None:
    assert max(each.score for each in found_in(matcher, title)) >= 0.5


@pytest.mark.parametrize(
    "title",
    ["담화 온라인 중계", "놀이 코너 매트", "모루 스테이크 세트", "미 쇼파", "모루스 테이 로션"],
)
def test_words_that_only_stand_beside_each_other_never_reach_the_threshold(matcher: Engine, title: str) -> None:
    assert all(each.score < 0.5 for each in found_in(matcher, title))


def test_a_word_of_ordinary_titles_is_common_and_a_brand_at_their_head_is_not(matcher: Engine) -> None:
    assert [(each.is_common, each.score) for each in found_in(matcher, "peach peeler")] == [(True, 0.05)]
    assert [each.is_common for each in found_in(matcher, "Niok cap")] == [False]


def test_a_name_of_one_syllable_is_common_and_counts_only_as_a_word_of_its_own(matcher: Engine) -> None:
    assert [(each.spelling, each.is_common) for each in found_in(matcher, "결 크림")] == [("결", True)]
    assert found_in(matcher, "물결 크림") == []


def test_a_common_word_in_disguise_is_no_common_word(matcher: Engine) -> None:
    found = found_in(matcher, "𝐏𝐞𝐚𝐜𝐡 watch")
    assert [(each.spelling, each.is_common, each.disguises) for each in found] == [("Peach", False, ("styled",))]
    assert found[0].score >= 0.5


def test_a_common_word_counts_as_a_name_in_its_own_category(tmp_path: Path) -> None:
    matcher = engine(tmp_path, spellings=[BrandSpelling("peach", "peach", categories=("전자기기",))])
    in_its_own = matcher.match_text("peach watch", category="전자기기")
    elsewhere = matcher.match_text("peach watch", category="과일")
    assert [(each.is_common, each.score) for each in in_its_own] == [(False, 0.3)]
    assert [(each.is_common, each.score) for each in elsewhere] == [(True, 0.05)]


def test_the_longer_of_two_names_stays(tmp_path: Path) -> None:
    matcher = engine(tmp_path, spellings=[BrandSpelling("bello", "벨로"), BrandSpelling("duty", "벨로면세점")])
    assert [each.spelling for each in matcher.match_text("벨로면세점 향수")] == ["벨로면세점"]
    assert [each.spelling for each in matcher.match_text("벨로 향수")] == ["벨로"]


def test_one_brands_name_is_no_disguise_of_anothers(tmp_path: Path) -> None:
    matcher = engine(tmp_path, spellings=[BrandSpelling("basics", "Basics"), BrandSpelling("basis", "Basis+")])
    assert [each.spelling for each in matcher.match_text("basics shirt")] == ["Basics"]


def test_a_brand_with_one_spelling_for_two_brands_names_both(tmp_path: Path) -> None:
    matcher = engine(tmp_path, spellings=[BrandSpelling("one", "로네브"), BrandSpelling("two", "로네브")])
    assert [each.brand for each in matcher.match_text("로네브 크림")] == ["one", "two"]


def test_the_description_is_read_too_and_says_so(matcher: Engine) -> None:
    found = matcher.match_text("크림", "정품 담.화.온 입니다")
    assert [(each.field, each.start, each.end) for each in found] == [("description", 3, 8)]


def test_a_whole_text_in_full_width_is_weaker_than_one_word_of_it(matcher: Engine) -> None:
    whole = found_in(matcher, "ＮＩＯＫ　ｓｈｏｅｓ　ｆｏｒ　ｍｅｎ")[0]
    word = found_in(matcher, "ＮＩＯＫ shoes for men")[0]
    assert whole.score < 0.5 <= word.score


def test_a_text_that_is_wholly_decomposed_is_no_disguise(matcher: Engine) -> None:
    found = found_in(matcher, unicodedata.normalize("NFD", "놀이코 운동화"))
    assert [each.disguises for each in found] == [()]


def test_reasons_are_sentences_with_the_right_particles(matcher: Engine) -> None:
    assert found_in(matcher, "담.화.온 크림")[0].why == "‘담.화.온’은 기호를 끼워 ‘담화온’을 감춘 표기입니다."
    assert (
        found_in(matcher, "놀이꼬")[0].why == "‘놀이꼬’는 소리가 비슷한 자모로 바꿔 ‘놀이코’를 적은 표기일 수 있습니다."
    )
    assert "담·화온" in found_in(matcher, "담\u200b화온")[0].why


@pytest.mark.parametrize(("digit", "particle"), list(zip("0123456789", "은은는은는는은은은는", strict=True)))
def test_a_digit_takes_the_particle_that_its_reading_takes(digit: str, particle: str) -> None:
    assert topic(f"놀이코{digit}") == particle


@pytest.mark.parametrize("sign", [sign for sign in LEET_SIGNS if sign != "+"])
def test_a_sign_that_stands_for_a_letter_does_so_in_a_drawn_name_too(sign: str) -> None:
    (drawn,) = (each.text for each in readings(f"|\\|x{sign}x") if each.disguise is Disguise.ART)
    assert (drawn[:2], drawn[-1]) == ("nx", "x")
    assert drawn[2:-1].isalpha()


def test_repeated_names_are_kept_a_few_times(matcher: Engine) -> None:
    found = found_in(matcher, "담.화.온 " * 50)
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
@given(st.text(st.sampled_from("담화온놀이코niok!1|\\/()<>.* \u200b\u0336ǝʞᴉ\u1109\u1165ㅅㅓㄹ"), max_size=40))
def test_signs_in_any_order_never_break_the_search(matcher: Engine, text: str) -> None:
    found_in(matcher, text)


@pytest.mark.parametrize("piece", ["놀이코정품", "ＮＩＯＫ ", "n!ok$", "|\\|iok ", "ʞoᴉu ", "damwhaonn "])
def test_a_long_text_of_nothing_but_names_gives_a_bounded_answer(matcher: Engine, piece: str) -> None:
    assert len(matcher.match_text("", piece * 5_000)) <= 6
