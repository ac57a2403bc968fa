"""Verdicts: what speaks together is held, what speaks alone is looked at, what is ordinary passes."""

from dataclasses import replace
from pathlib import Path

import pytest
from PIL import ImageOps

from matching import (
    BrandMatch,
    CodeWordSignal,
    Engine,
    ItemPicture,
    PictureSignal,
    ReferencePicture,
    RejectedPair,
    Screening,
    ScreeningItem,
    ScreeningRules,
    Softening,
    TextSignal,
    UsualPrice,
    screen,
    text_digest,
)
from matching.tests.factories import engine, fingerprint, product_picture


@pytest.fixture(scope="module")
def matcher(tmp_path_factory: pytest.TempPathFactory) -> Engine:
    pictures = [
        ReferencePicture("dam-1", "damwhaon", fingerprint(product_picture(1))),
        ReferencePicture("niok-1", "niok", fingerprint(product_picture(2))),
    ]
    return engine(tmp_path_factory.mktemp("screening"), pictures=pictures)


STOLEN = ItemPicture("stolen", fingerprint(ImageOps.mirror(product_picture(1))))
OWN = ItemPicture("own", fingerprint(product_picture(900)))


def match_of(screening: Screening, brand: str) -> BrandMatch:
    return next(match for match in screening.matches if match.brand == brand)


@pytest.mark.parametrize(
    ("title", "pictures", "verdict"),
    [
        ("여름 원피스", (OWN,), "pass"),
        ("담화온 크림", (OWN,), "pass"),
        ("결 크림 레플리카", (OWN,), "pass"),
        ("peach 레플리카", (), "pass"),
        ("담화온 크림 레플리카", (), "review"),
        ("담화온st 크림", (), "review"),
        ("담.화.온 크림", (), "review"),
        ("담.화.온 크림 레플리카", (), "stop"),
        ("담.화.온 크림", (STOLEN,), "stop"),
        ("고급 크림", (STOLEN,), "stop"),
        ("중고 담.화.온 크림 레플리카", (STOLEN,), "review"),
        ("담화온 공병 호환 케이스", (STOLEN,), "review"),
        ("case for N!ok 레플리카", (), "review"),
        ("레플리카 아님 담화온 크림", (), "pass"),
        ("담.화.온보다 좋은 크림", (STOLEN,), "review"),
        ("담화온 매장에서 산 크림", (STOLEN,), "review"),
        ("담화온 정품 아님 크림", (STOLEN,), "review"),
        ("담화온 정수기 호환 필터", (STOLEN,), "review"),
        ("담화온용 뚜껑", (STOLEN,), "review"),
        ("호환 필터", (STOLEN,), "review"),
        ("case for Niok", (STOLEN,), "review"),
        ("담화온 스타일 A급 미러급", (), "review"),
        ("담.화.온 아님 미러급", (STOLEN,), "stop"),
        ("담.화.온 크림 레플리카 중고 아님", (), "stop"),
        ("담.화.온 슬리퍼 레플리카", (), "stop"),
        ("담화온 반지 케이스 포함", (STOLEN,), "stop"),
        ("여성용 크림", (STOLEN,), "stop"),
        ("cream for women", (STOLEN,), "stop"),
        ("담.화.온 빈티지 스타일", (STOLEN,), "stop"),
    ],
)
def test_the_verdict_follows_what_speaks(
    matcher: Engine, title: str, pictures: tuple[ItemPicture, ...], verdict: str
) -> None:
    assert screen(matcher, ScreeningItem(title, pictures=pictures)).verdict == verdict


def test_every_candidate_is_kept_below_the_threshold_too(matcher: Engine) -> None:
    result = screen(matcher, ScreeningItem("담화온 크림 peach"))
    assert (result.verdict, result.score) == ("pass", 0.3)
    assert [(match.brand, match.score, match.verdict) for match in result.matches] == [
        ("damwhaon", 0.3, "pass"),
        ("peach", 0.05, "pass"),
    ]


def test_an_ordinary_listing_has_no_match(matcher: Engine) -> None:
    assert screen(matcher, ScreeningItem("여름 원피스", "시원합니다", pictures=(OWN,))) == Screening("pass", 0.0, ())


def test_signals_say_what_where_and_why(matcher: Engine) -> None:
    item = ScreeningItem("크림 담.화.온 레플리카", pictures=(OWN, STOLEN))
    match = match_of(screen(matcher, item), "damwhaon")
    by_kind = {signal.kind: signal for signal in match.signals}
    assert set(by_kind) == {"image", "text", "code_word"}
    image, text, word = by_kind["image"], by_kind["text"], by_kind["code_word"]
    assert isinstance(image, PictureSignal)
    assert isinstance(text, TextSignal)
    assert isinstance(word, CodeWordSignal)
    assert (image.reference, image.image, image.transform.mirrored) == ("dam-1", "stolen", True)
    assert (text.name, text.found, text.field, text.start, text.end) == ("담화온", "담.화.온", "title", 3, 8)
    assert (word.word, word.found) == ("레플리카", "레플리카")
    assert match.why == " ".join(signal.why for signal in match.signals)
    assert [signal.score for signal in match.signals] == sorted((s.score for s in match.signals), reverse=True)


def test_an_authorised_brand_is_no_suspicion_and_is_kept(matcher: Engine) -> None:
    item = ScreeningItem("담.화.온 N!ok 레플리카", pictures=(STOLEN,), authorised_brands=frozenset({"damwhaon"}))
    result = screen(matcher, item)
    authorised = match_of(result, "damwhaon")
    assert (authorised.verdict, authorised.score) == ("pass", 0.0)
    assert "판매 권한이 확인된" in authorised.why
    assert {signal.kind for signal in authorised.signals} == {"image", "text", "code_word"}
    assert match_of(result, "niok").verdict == "stop"


def test_a_rejected_match_does_not_come_back_for_the_same_content(matcher: Engine) -> None:
    title = "담.화.온 크림"
    text = RejectedPair("text", text_digest(title, ""), "담화온")
    image = RejectedPair("image", "stolen", "dam-1")
    item = ScreeningItem(title, pictures=(STOLEN,))
    assert screen(matcher, item).verdict == "stop"
    assert screen(matcher, replace(item, rejected=frozenset({image}))).verdict == "review"
    both = screen(matcher, replace(item, rejected=frozenset({image, text})))
    assert (both.verdict, both.score) == ("pass", 0.0)
    assert {signal.is_rejected for signal in both.matches[0].signals} == {True}
    assert "이미 문제없음으로" in both.matches[0].why
    changed = replace(item, title="담.화.온 크림 50ml", pictures=(), rejected=frozenset({image, text}))
    assert screen(matcher, changed).verdict == "review"


def test_a_price_far_below_the_usual_supports_a_name_and_is_nothing_alone(matcher: Engine) -> None:
    rules = ScreeningRules(usual_prices=(UsualPrice("damwhaon", "KRW", 100_000),))
    cheap = ScreeningItem("담화온 크림", price_minor=9_900)
    assert screen(matcher, cheap, rules).verdict == "review"
    assert "통상 가격의 9%" in screen(matcher, cheap, rules).matches[0].why
    assert screen(matcher, replace(cheap, price_minor=30_000), rules).verdict == "pass"
    assert screen(matcher, replace(cheap, currency="USD"), rules).verdict == "pass"
    assert screen(matcher, replace(cheap, title="크림"), rules).matches == ()


def test_what_is_softened_for_one_brand_is_stopped_for_another(matcher: Engine) -> None:
    result = screen(matcher, ScreeningItem("Niok보다 좋은 담.화.온 크림 1:1", pictures=(STOLEN,)))
    assert [(match.brand, match.verdict) for match in result.matches] == [("damwhaon", "stop"), ("niok", "pass")]
    result = screen(matcher, ScreeningItem("N!ok 담화온보다 좋은 크림", pictures=(STOLEN,)))
    assert [(match.brand, match.verdict) for match in result.matches] == [("damwhaon", "review"), ("niok", "review")]


def test_why_a_person_decides_is_told_with_what_was_found(matcher: Engine) -> None:
    match = match_of(screen(matcher, ScreeningItem("중고 담화온 크림", pictures=(STOLEN,))), "damwhaon")
    assert match.softening == Softening("used", "중고")
    assert match.why.startswith("브랜드 사진과 좌우를 뒤집으면 거의 같습니다")
    assert match.why.endswith("중고 상품으로 보여 자동으로 멈추지 않고 담당자가 확인합니다.")
    assert match_of(screen(matcher, ScreeningItem("담화온 크림", pictures=(STOLEN,))), "damwhaon").softening is None
    assert match_of(screen(matcher, ScreeningItem("중고 담화온 크림")), "damwhaon").softening is None


def test_thresholds_are_values_of_the_house(matcher: Engine) -> None:
    item = ScreeningItem("담.화.온 크림")
    assert screen(matcher, item, ScreeningRules(review=0.95)).verdict == "pass"
    assert (
        screen(matcher, ScreeningItem("크림", pictures=(STOLEN,)), ScreeningRules(strong_picture=1.1)).verdict
        == "review"
    )


def test_the_gravest_match_comes_first_and_gives_the_verdict(matcher: Engine) -> None:
    result = screen(matcher, ScreeningItem("niok 담.화.온", pictures=(STOLEN,)))
    assert [match.verdict for match in result.matches] == ["stop", "pass"]
    assert (result.verdict, result.score) == (result.matches[0].verdict, result.matches[0].score)


def test_the_same_listing_screens_the_same_twice(matcher: Engine) -> None:
    item = ScreeningItem("담.화.온 레플리카", "N!ok", pictures=(STOLEN, OWN))
    assert screen(matcher, item) == screen(matcher, item)


def test_an_engine_without_material_passes_everything(tmp_path: Path) -> None:
    empty = engine(tmp_path, spellings=())
    assert screen(empty, ScreeningItem("담화온 레플리카", pictures=(STOLEN,))) == Screening("pass", 0.0, ())
