"""``screen_listings``: what it looks at, what it writes, and what it says."""

import io
import json
import re
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from brands.models import Brand
from listings.engine import current_engine
from listings.management.commands import screen_listings
from listings.models import Listing, Match, PictureFingerprint, ScreeningRun
from listings.screening import screen_versions
from listings.tests.copies import copy_of, make_copied_brand, original, shown
from listings.tests.factories import make_listing, make_version

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def brand() -> Brand:
    return make_copied_brand()


@pytest.fixture
def listings(brand: Brand) -> list[Listing]:
    """A copied picture, a disguised name, a plain one, and nothing at all."""
    return [
        make_listing("가을 크림", external_id="picture", images=[original(99), copy_of()]),
        make_listing("명품 누.벨.하.니 크림", external_id="disguise"),
        make_listing("누벨하니 수분 크림", external_id="plain"),
        make_listing("무선 이어폰", external_id="clean"),
    ]


def screen(**options: Any) -> str:
    output, errors = io.StringIO(), io.StringIO()
    call_command("screen_listings", stdout=output, stderr=errors, **options)
    assert errors.getvalue() == ""
    return re.sub(r"초당 [\d,.]+건", "초당 N건", output.getvalue())


def lines(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def screened() -> set[str]:
    return set(ScreeningRun.objects.values_list("version__listing__external_id", flat=True))


def test_everything_that_was_not_compared_yet_is(listings: list[Listing]) -> None:
    assert screen() == "4건을 검사했습니다 (초당 N건). 통과 2건, 검토 1건, 보류 1건.\n"
    assert screened() == {"picture", "disguise", "plain", "clean"}
    assert set(Match.objects.awaiting_review().values_list("version__listing__external_id", flat=True)) == {
        "picture",
        "disguise",
    }
    assert screen() == "0건을 검사했습니다. 통과 0건, 검토 0건, 보류 0건.\n"


def test_pending_is_the_default_and_all_is_all(listings: list[Listing]) -> None:
    screen_versions([shown(listing).pk for listing in listings[:3]])

    assert screen(pending=True).startswith("1건을 검사했습니다")
    assert screen(all=True).startswith("4건을 검사했습니다")
    assert ScreeningRun.objects.count() == 4


def test_both_at_once_are_refused() -> None:
    with pytest.raises(CommandError, match="not allowed with argument"):
        call_command("screen_listings", "--all", "--pending")


def test_only_the_version_that_a_listing_shows_is_compared(listings: list[Listing]) -> None:
    make_version(listings[1], "손으로 만든 비누")

    assert screen() == "4건을 검사했습니다 (초당 N건). 통과 3건, 검토 0건, 보류 1건.\n"
    assert ScreeningRun.objects.count() == 4


def test_a_dry_run_stores_no_result(listings: list[Listing], tmp_path: Path) -> None:
    current_engine()
    fingerprints = PictureFingerprint.objects.count()

    said = screen(dry_run=True, json=tmp_path / "results.jsonl")

    assert said.splitlines() == [
        "4건을 검사했습니다 (초당 N건). 통과 2건, 검토 1건, 보류 1건.",
        "시험 실행이라 아무것도 저장하지 않았습니다.",
    ]
    assert (ScreeningRun.objects.count(), Match.objects.count()) == (0, 0)
    assert PictureFingerprint.objects.count() == fingerprints
    assert len(lines(tmp_path / "results.jsonl")) == 4


def test_a_dry_run_of_what_was_compared_compares_it_again(listings: list[Listing], tmp_path: Path) -> None:
    screen()

    assert screen(all=True, dry_run=True).startswith("4건을")


def test_a_line_says_exactly_what_others_build_on(listings: list[Listing], brand: Brand, tmp_path: Path) -> None:
    path = tmp_path / "results.jsonl"
    screen(json=path)

    told = {line["listing"]: line for line in lines(path)}
    assert [line["listing"] for line in lines(path)] == ["picture", "disguise", "plain", "clean"]
    assert told["clean"] == {"listing": "clean", "verdict": "pass", "score": 0.0, "matches": []}
    assert (told["plain"]["verdict"], told["plain"]["matches"]) == ("pass", [])
    assert told["picture"]["verdict"] == "stop"
    [match] = told["picture"]["matches"]
    assert list(told["picture"]) == ["listing", "verdict", "score", "matches"]
    assert list(match) == ["brand", "score", "signals"]
    assert (match["brand"], match["score"]) == (brand.external_id, told["picture"]["score"])
    [signal] = match["signals"]
    assert list(signal) == ["kind", "reference", "image", "score", "why"]
    assert (signal["kind"], signal["image"]) == ("image", "2.png")
    assert signal["reference"] == brand.reference_images.get().external_id
    assert signal["why"].startswith("브랜드 사진과 좌우를 뒤집으면 거의 같습니다")
    [match] = told["disguise"]["matches"]
    [signal] = match["signals"]
    assert list(signal) == ["kind", "name", "found", "score", "why"]
    assert (signal["kind"], signal["name"], signal["found"]) == ("text", "누벨하니", "누.벨.하.니")
    assert 0.5 <= signal["score"] == match["score"] <= 1


def test_from_a_lowest_score_of_nought_every_candidate_is_told(listings: list[Listing], tmp_path: Path) -> None:
    path = tmp_path / "results.jsonl"
    screen(json=path, min_score=0.0)

    told = {
        line["listing"]: [signal["found"] for match in line["matches"] for signal in match["signals"]]
        for line in lines(path)
        if line["listing"] in ("plain", "clean")
    }
    assert told == {"plain": ["누벨하니"], "clean": []}
    screen(json=path, min_score=0.99, all=True)
    assert [line["matches"] for line in lines(path)][1:] == [[], [], []]


def test_code_words_are_told_with_what_they_support(tmp_path: Path) -> None:
    make_listing("누.벨.하.니 미러급 크림")
    path = tmp_path / "results.jsonl"
    screen(json=path)

    signals = {signal["kind"]: signal for signal in lines(path)[0]["matches"][0]["signals"]}
    assert list(signals["code_word"]) == ["kind", "found", "score", "why"]
    assert signals["code_word"]["found"] == "미러급"


def test_a_result_file_is_written_as_text_that_people_read(listings: list[Listing], tmp_path: Path) -> None:
    path = tmp_path / "results.jsonl"
    screen(json=path)

    assert "누.벨.하.니" in path.read_text(encoding="utf-8")


def test_a_file_that_cannot_be_written_is_told_before_any_work(listings: list[Listing], tmp_path: Path) -> None:
    with pytest.raises(CommandError, match=r"결과 파일을 열 수 없습니다.*쓸 수 있는 경로를 적어 주세요"):
        screen(json=tmp_path)

    assert not ScreeningRun.objects.exists()


@pytest.mark.parametrize("jobs", [0, 65, -1])
def test_a_number_of_processes_that_makes_no_sense_is_refused(listings: list[Listing], jobs: int) -> None:
    with pytest.raises(CommandError, match="--jobs"):
        screen(jobs=jobs)

    assert not ScreeningRun.objects.exists()


def test_nobody_who_looks_gets_no_bar(listings: list[Listing], capfd: pytest.CaptureFixture[str]) -> None:
    screen()

    assert capfd.readouterr().err == ""


def test_who_looks_gets_a_bar(
    listings: list[Listing], capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stderr.isatty", lambda: True, raising=False)
    screen()

    assert "4/4" in capfd.readouterr().err


def test_many_listings_are_read_in_chunks(brand: Brand, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr("listings.screening.queue.CHUNK", 2)
    for number in range(5):
        make_listing(external_id=f"item-{number}")

    assert screen(json=tmp_path / "results.jsonl").startswith("5건을")
    assert [line["listing"] for line in lines(tmp_path / "results.jsonl")] == [f"item-{number}" for number in range(5)]


def test_ctrl_c_keeps_what_is_done_and_says_how_to_go_on(
    brand: Brand, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr("listings.screening.queue.CHUNK", 2)
    for number in range(5):
        make_listing(external_id=f"item-{number}")
    chunks: list[Any] = []

    def interrupted(ids: list[int], **options: Any) -> Any:
        chunks.append(ids)
        if len(chunks) == 2:
            raise KeyboardInterrupt
        return screen_versions(ids, **options)

    monkeypatch.setattr(screen_listings, "screen_versions", interrupted)
    with pytest.raises(CommandError) as stopped:
        screen(json=tmp_path / "results.jsonl")

    assert stopped.value.returncode == 130
    assert str(stopped.value) == (
        "2건을 검사한 뒤 멈추었습니다. 검사한 것은 저장되어 있습니다. "
        "나머지는 screen_listings --pending 으로 이어서 검사해 주세요."
    )
    assert len(lines(tmp_path / "results.jsonl")) == 2
    monkeypatch.undo()
    assert screened() == {"item-0", "item-1"}
    assert screen().startswith("3건을")
