"""Verdicts: what speaks together is held, what speaks alone is looked at, what is ordinary passes."""

from dataclasses import replace
from pathlib import Path

import pytest
from PIL import ImageOps

from matching import (
    BrandMatch,
    Engine,
    ItemPicture,
    ReferencePicture,
    RejectedPair,
    Screening,
    ScreeningItem,
    ScreeningRules,
    UsualPrice,
    screen,
    text_digest,
)
from matching.tests.factories import engine, fingerprint, product_picture


@pytest.fixture(scope="module")
def matcher(tmp_path_factory: pytest.TempPathFactory) -> Engine:
    pictures = [
        ReferencePicture("sul-1", "sulwhasoo", fingerprint(product_picture(1))),
        ReferencePicture("nike-1", "nike", fingerprint(product_picture(2))),
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
        ("설화수 크림", (OWN,), "pass"),
        ("후 크림 레플리카", (OWN,), "pass"),
        ("apple 레플리카", (), "pass"),
        ("설화수 크림 레플리카", (), "review"),
        ("설화수st 크림", (), "review"),
        ("설.화.수 크림", (), "review"),
        ("설.화.수 크림 레플리카", (), "stop"),
        ("설.화.수 크림", (STOLEN,), "stop"),
        ("고급 크림", (STOLEN,), "stop"),
        ("중고 설.화.수 크림 레플리카", (STOLEN,), "review"),
        ("설화수 공병 호환 케이스", (STOLEN,), "review"),
        ("case for N!ke 레플리카", (), "review"),
        ("레플리카 아님 설화수 크림", (), "pass"),
    ],
)
def test_the_verdict_follows_what_speaks(
    matcher: Engine, title: str, pictures: tuple[ItemPicture, ...], verdict: str
) -> None:
    assert screen(matcher, ScreeningItem(title, pictures=pictures)).verdict == verdict


def test_every_candidate_is_kept_below_the_threshold_too(matcher: Engine) -> None:
    result = screen(matcher, ScreeningItem("설화수 크림 apple"))
    assert (result.verdict, result.score) == ("pass", 0.3)
    assert [(match.brand, match.score, match.verdict) for match in result.matches] == [
        ("sulwhasoo", 0.3, "pass"),
        ("apple", 0.05, "pass"),
    ]


def test_an_ordinary_listing_has_no_match(matcher: Engine) -> None:
    assert screen(matcher, ScreeningItem("여름 원피스", "시원합니다", pictures=(OWN,))) == Screening("pass", 0.0, ())


def test_signals_say_what_where_and_why(matcher: Engine) -> None:
    item = ScreeningItem("크림 설.화.수 레플리카", pictures=(OWN, STOLEN))
    match = match_of(screen(matcher, item), "sulwhasoo")
    by_kind = {signal.kind: signal for signal in match.signals}
    assert set(by_kind) == {"image", "text", "code_word"}
    image, text, word = by_kind["image"], by_kind["text"], by_kind["code_word"]
    assert (image.reference, image.image, image.transform.mirrored) == ("sul-1", "stolen", True)  # type: ignore[union-attr]
    assert (text.name, text.found, text.field, text.start, text.end) == ("설화수", "설.화.수", "title", 3, 8)  # type: ignore[union-attr]
    assert (word.word, word.found) == ("레플리카", "레플리카")  # type: ignore[union-attr]
    assert match.why.count(".") >= 3
    assert [signal.score for signal in match.signals] == sorted((s.score for s in match.signals), reverse=True)


def test_an_authorised_brand_is_no_suspicion_and_is_kept(matcher: Engine) -> None:
    item = ScreeningItem("설.화.수 N!ke 레플리카", pictures=(STOLEN,), authorised_brands=frozenset({"sulwhasoo"}))
    result = screen(matcher, item)
    authorised = match_of(result, "sulwhasoo")
    assert (authorised.verdict, authorised.score) == ("pass", 0.0)
    assert "판매 권한이 확인된" in authorised.why
    assert {signal.kind for signal in authorised.signals} == {"image", "text", "code_word"}
    assert match_of(result, "nike").verdict == "stop"


def test_a_rejected_match_does_not_come_back_for_the_same_content(matcher: Engine) -> None:
    title = "설.화.수 크림"
    text = RejectedPair("text", text_digest(title, ""), "설화수")
    image = RejectedPair("image", "stolen", "sul-1")
    item = ScreeningItem(title, pictures=(STOLEN,))
    assert screen(matcher, item).verdict == "stop"
    assert screen(matcher, replace(item, rejected=frozenset({image}))).verdict == "review"
    both = screen(matcher, replace(item, rejected=frozenset({image, text})))
    assert (both.verdict, both.score) == ("pass", 0.0)
    assert {signal.is_rejected for signal in both.matches[0].signals} == {True}  # type: ignore[union-attr]
    assert "이미 기각" in both.matches[0].why
    changed = replace(item, title="설.화.수 크림 50ml", pictures=(), rejected=frozenset({image, text}))
    assert screen(matcher, changed).verdict == "review"


def test_a_price_far_below_the_usual_supports_a_name_and_is_nothing_alone(matcher: Engine) -> None:
    rules = ScreeningRules(usual_prices=(UsualPrice("sulwhasoo", "KRW", 100_000),))
    cheap = ScreeningItem("설화수 크림", price_minor=9_900)
    assert screen(matcher, cheap, rules).verdict == "review"
    assert "보통 값의 9%" in screen(matcher, cheap, rules).matches[0].why
    assert screen(matcher, replace(cheap, price_minor=30_000), rules).verdict == "pass"
    assert screen(matcher, replace(cheap, currency="USD"), rules).verdict == "pass"
    assert screen(matcher, replace(cheap, title="크림"), rules).matches == ()


def test_thresholds_are_values_of_the_house(matcher: Engine) -> None:
    item = ScreeningItem("설.화.수 크림")
    assert screen(matcher, item, ScreeningRules(review=0.95)).verdict == "pass"
    assert (
        screen(matcher, ScreeningItem("크림", pictures=(STOLEN,)), ScreeningRules(strong_picture=1.1)).verdict
        == "review"
    )


def test_the_gravest_match_comes_first_and_gives_the_verdict(matcher: Engine) -> None:
    result = screen(matcher, ScreeningItem("nike 설.화.수", pictures=(STOLEN,)))
    assert [match.verdict for match in result.matches] == ["stop", "pass"]
    assert (result.verdict, result.score) == (result.matches[0].verdict, result.matches[0].score)


def test_the_same_listing_screens_the_same_twice(matcher: Engine) -> None:
    item = ScreeningItem("설.화.수 레플리카", "N!ke", pictures=(STOLEN, OWN))
    assert screen(matcher, item) == screen(matcher, item)


def test_an_engine_without_material_passes_everything(tmp_path: Path) -> None:
    empty = engine(tmp_path, spellings=())
    assert screen(empty, ScreeningItem("설화수 레플리카", pictures=(STOLEN,))) == Screening("pass", 0.0, ())
