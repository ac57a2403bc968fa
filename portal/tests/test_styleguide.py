"""The look itself: contrast of the colours, and every piece rendered with its sample data."""

import re
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path

import pytest
from django.template import Context, Template
from django.test import Client

from portal.charts import Series, bar_chart
from portal.pieces import STATUS_LOOKS, Column
from portal.templatetags.pieces import file_size
from reports.choices import AllegationStatus

ROOT = Path(__file__).parents[2]
TOKENS = ROOT / "static/portal/css"
PIECES = sorted((ROOT / "templates/pieces").glob("*.html"))
SPRITE = ROOT / "static/portal/icons.svg"

#: Text on its ground: 4.5 to 1 (KWCAG 2.2 no. 8).
TEXT_PAIRS = [
    ("ink", "paper"),
    ("ink", "wash"),
    ("ink", "neutral-wash"),
    ("ink", "mark"),
    ("ink-muted", "paper"),
    ("ink-muted", "wash"),
    ("ink-muted", "neutral-wash"),
    ("primary", "paper"),
    ("primary", "wash"),
    ("primary-strong", "paper"),
    ("primary-strong", "wash"),
    ("on-primary", "primary"),
    ("on-primary", "primary-strong"),
    ("on-danger", "danger"),
    ("danger", "paper"),
    *((tone, f"{tone}-wash") for tone in ("danger", "warn", "info", "ok")),
    *(("ink", f"{tone}-wash") for tone in ("danger", "warn", "info", "ok")),
]
#: Edges of fields and bars against what they lie on: 3 to 1.
EDGE_PAIRS = [("line", "paper"), ("line", "wash"), ("primary", "paper"), ("danger", "paper")]


def token_blocks() -> list[dict[str, str]]:
    """The colours of each block of tokens.css: light, dark by the system, dark by the admin's switch."""
    text = re.sub(r"/\*.*?\*/", "", (TOKENS / "tokens.css").read_text(), flags=re.DOTALL)
    blocks = [dict(re.findall(r"--([a-z0-9-]+):\s*([^;]+);", block)) for block in re.findall(r"\{([^{}]*)\}", text)]
    return [block for block in blocks if "ink" in block]


def luminance(colour: str) -> float:
    channels = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    linear = [value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4 for value in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    darker, lighter = sorted((luminance(one), luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def render(source: str, **values: object) -> str:
    return Template("{% load pieces %}" + source).render(Context(values))


def test_black_on_white_has_the_contrast_that_the_definition_says() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)


@pytest.mark.parametrize("block", [0, 1], ids=["light", "dark"])
@pytest.mark.parametrize(("text", "ground"), TEXT_PAIRS)
def test_text_stands_out_from_its_ground(block: int, text: str, ground: str) -> None:
    colours = token_blocks()[block]
    assert contrast(colours[text], colours[ground]) >= 4.5


@pytest.mark.parametrize("block", [0, 1], ids=["light", "dark"])
@pytest.mark.parametrize(("edge", "ground"), EDGE_PAIRS)
def test_an_edge_stands_out_from_its_ground(block: int, edge: str, ground: str) -> None:
    colours = token_blocks()[block]
    assert contrast(colours[edge], colours[ground]) >= 3


@pytest.mark.parametrize("block", [0, 1], ids=["light", "dark"])
def test_series_of_a_chart_differ_in_lightness(block: int) -> None:
    colours = token_blocks()[block]
    assert contrast(colours["series-1"], colours["series-2"]) >= 1.5
    assert contrast(colours["series-2"], colours["series-3"]) >= 1.5


def test_both_dark_blocks_say_the_same() -> None:
    _, by_system, by_switch = token_blocks()
    assert by_system == by_switch


def test_dark_names_every_colour_of_light() -> None:
    light, dark, _ = token_blocks()
    assert light.keys() == dark.keys()


def test_stylesheets_use_only_colours_that_are_tokens() -> None:
    named = {path.name: re.findall(r"#[0-9a-f]{3,8}\b(?!\s*\{)", path.read_text()) for path in TOKENS.glob("*.css")}
    ours = (
        "base.css",
        "frame.css",
        "pieces.css",
        "fields.css",
        "tables.css",
        "compare.css",
        "admin.css",
        "admin_pages.css",
    )
    assert {name: named[name] for name in ours} == {name: [] for name in ours}


def test_stylesheets_use_only_tokens_that_exist() -> None:
    tokens = set(re.findall(r"(--[a-z0-9-]+):", (TOKENS / "tokens.css").read_text()))
    for name in ("base.css", "frame.css", "pieces.css", "fields.css", "tables.css", "compare.css"):
        text = (TOKENS / name).read_text()
        own = set(re.findall(r"(--[a-z0-9-]+):", text))
        assert set(re.findall(r"var\((--[a-z0-9-]+)", text)) - tokens - own == set()


def test_the_styleguide_shows_every_piece(client: Client) -> None:
    response = client.get("/styleguide/")
    assert response.status_code == 200
    shown = {template.name for template in response.templates}
    assert {f"pieces/{path.name}" for path in PIECES} - shown == set()


@pytest.mark.parametrize("path", PIECES, ids=lambda path: path.stem)
def test_a_piece_says_at_its_top_what_it_takes(path: Path) -> None:
    assert path.read_text().startswith("{% comment %}\n")


def test_every_icon_that_is_shown_is_drawn(client: Client) -> None:
    drawn = set(re.findall(r'<symbol id="([a-z]+)"', SPRITE.read_text()))
    shown = set(re.findall(r"icons\.svg#([a-z]+)", client.get("/styleguide/").content.decode()))
    assert shown - drawn == set()
    assert {look.icon for look in STATUS_LOOKS.values()} - drawn == set()


def test_the_styleguide_is_not_there_where_it_is_switched_off(client: Client, settings: object) -> None:
    settings.STYLEGUIDE = False  # type: ignore[attr-defined]  # pytest-django's wrapper takes any setting
    assert client.get("/styleguide/").status_code == 404


def test_a_form_of_the_styleguide_changes_nothing_and_says_so(client: Client) -> None:
    response = client.post("/styleguide/", {"company": "온누리"}, follow=True)
    assert response.redirect_chain == [("/styleguide/", 302)]
    assert "예시 화면이므로 아무것도 바뀌지 않았습니다." in response.content.decode()


# -- pieces --------------------------------------------------------------------------------------------------

NOW = datetime(2026, 11, 23, 5, 30, tzinfo=UTC)  # 14:30 in Seoul
CLOCK = '{% include "pieces/clock.html" with bound=bound now=now only %}'


@pytest.mark.parametrize(
    ("bound", "state", "text"),
    [
        (datetime(2026, 12, 8, 15, tzinfo=UTC), "running", "남은 기간 15일"),
        (datetime(2026, 11, 24, 15, tzinfo=UTC), "closing", "마감 임박"),
        (datetime(2026, 11, 22, 15, tzinfo=UTC), "over", "기한이 지났습니다"),
    ],
)
def test_a_clock_turns_with_the_days_that_are_left(bound: datetime, state: str, text: str) -> None:
    page = render(CLOCK, bound=bound, now=NOW)
    assert f'class="clock clock--{state}"' in page
    assert f"<strong>{text}</strong>" in page


def test_a_clock_says_the_last_day_until_midnight() -> None:
    page = render(CLOCK, bound=datetime(2026, 12, 8, 15, tzinfo=UTC), now=NOW)
    assert '<time datetime="2026-12-08T15:00:00+00:00">2026년 12월 8일(화) 24:00까지</time>' in page


def test_a_clock_without_a_moment_goes_by_the_present() -> None:
    page = render('{% include "pieces/clock.html" with bound=bound only %}', bound=datetime(2020, 1, 1, tzinfo=UTC))
    assert "기한이 지났습니다" in page


def test_steps_name_the_current_one_for_readers_and_for_phones() -> None:
    page = render('{% include "pieces/steps.html" with steps=steps current=2 only %}', steps=["하나", "둘", "셋"])
    assert page.count('aria-current="step"') == 1
    assert '둘<span class="visually-hidden"> (현재 단계)' in page
    assert "3단계 중 2단계" in page


def test_every_status_of_an_allegation_has_its_badge() -> None:
    assert set(STATUS_LOOKS) == set(AllegationStatus.values)
    assert [look.word for look in STATUS_LOOKS.values() if not 2 <= len(look.word.replace(" ", "")) <= 4] == []


def test_a_badge_says_its_word_and_who_acts_next() -> None:
    page = render('{% include "pieces/status.html" with status="explanation_requested" only %}')
    assert "소명 요청</span>" in page
    assert "다음: 판매자" in page


def test_a_badge_of_an_unknown_status_is_refused() -> None:
    with pytest.raises(KeyError):
        render('{% include "pieces/status.html" with status="lost" only %}')


def test_a_wrong_field_is_tied_to_its_error_and_the_summary_links_to_it(client: Client) -> None:
    page = client.get("/styleguide/").content.decode()
    assert '<a href="#wrong_company">' in page
    widget = re.search(r'<input type="text" name="company"[^>]*id="wrong_company"[^>]*>', page)
    assert widget is not None
    assert 'aria-describedby="wrong_company_helptext wrong_company_error"' in widget[0]
    assert 'aria-invalid="true"' in widget[0]
    assert 'id="wrong_company_error"' in page


def test_a_group_of_choices_is_a_fieldset_with_a_legend(client: Client) -> None:
    page = client.get("/styleguide/").content.decode()
    assert re.search(r'<fieldset class="field has-error"[^>]*id="wrong_kind"[^>]*>\s*<legend', page)
    assert page.count(' id="wrong_kind"') == 1


def test_ids_of_the_styleguide_are_unique(client: Client) -> None:
    ids = re.findall(r'\sid="([^"]+)"', client.get("/styleguide/").content.decode())
    assert sorted(name for name in set(ids) if ids.count(name) > 1) == []


def test_the_way_back_names_the_seconds_that_the_server_counts() -> None:
    page = render('{% include "pieces/undo.html" with text="했습니다" action="/undo/" seconds=19 %}')
    assert 'data-undo-seconds="19"' in page
    assert 'action="/undo/"' in page


def test_texts_in_pieces_are_escaped() -> None:
    page = render('{% include "pieces/notice.html" with tone="info" title=title only %}', title="<img src=x onerror=1>")
    assert "<img" not in page


def test_sorting_stands_in_the_address_and_turns_round(client: Client) -> None:
    first = client.get("/styleguide/", {"status": "restricted", "page": "3"}).content.decode()
    assert 'href="?status=restricted&amp;sort=price"' in first
    assert 'aria-sort="none"' in first
    second = client.get("/styleguide/", {"sort": "price"}).content.decode()
    assert 'href="?sort=-price"' in second
    assert 'aria-sort="ascending"' in second
    assert second.index("8,500원") < second.index("12,900원") < second.index("39,900원")


@pytest.mark.parametrize(
    ("current", "following", "direction"),
    [("", "price", "none"), ("price", "-price", "ascending"), ("-price", "price", "descending")],
)
def test_a_heading_knows_what_comes_next(current: str, following: str, direction: str) -> None:
    column = Column("price", "가격", is_sortable=True)
    assert column.following_sort(current) == following
    assert column.direction(current) == direction


def test_a_cell_carries_the_label_of_its_column_for_phones(client: Client) -> None:
    page = client.get("/styleguide/").content.decode()
    assert re.search(r'<td data-label="가격" class="is-number">39,900원\s*</td>', page)


@pytest.mark.parametrize(("size", "text"), [(830, "830B"), (12_288, "12KB"), (1_468_007, "1.4MB")])
def test_a_size_stands_without_a_space_before_its_unit(size: int, text: str) -> None:
    assert file_size(size) == text


def test_a_file_that_failed_says_why_and_can_be_tried_again(client: Client) -> None:
    page = client.get("/styleguide/").content.decode()
    assert "올리지 못했습니다. 연결이 끊겼습니다. 연결을 확인하고 다시 올려 주세요." in page
    assert '다시 올리기<span class="visually-hidden">: 시험구매.heic</span>' in page


# -- charts --------------------------------------------------------------------------------------------------


def test_the_longest_bar_leaves_room_for_its_figure() -> None:
    chart = bar_chart("one", "제목", "설명", ["가", "나"], [Series("수", (100, 50))])
    assert [bar.width for group in chart.groups for bar in group.bars] == [296, 148]


def test_a_small_value_is_seen_and_none_is_not() -> None:
    chart = bar_chart("one", "제목", "설명", ["가", "나", "다"], [Series("수", (100_000, 1, 0))])
    assert [bar.width for group in chart.groups for bar in group.bars] == [296, 2, 0]


def test_bars_do_not_overlap() -> None:
    chart = bar_chart("one", "제목", "설명", ["가", "나"], [Series("하나", (1, 2)), Series("둘", (3, 4))])
    places = [(bar.y, bar.y + bar.height) for group in chart.groups for bar in group.bars]
    assert all(end <= start for (_, end), (start, _) in pairwise(places))
    assert places[-1][1] <= chart.height


@pytest.mark.parametrize(
    "series", [[], [Series("수", (1,))], [Series("수", (1, -1))], [Series(str(number), (1, 2)) for number in range(4)]]
)
def test_figures_that_make_no_bars_are_refused(series: list[Series]) -> None:
    with pytest.raises(ValueError, match=r"series|bar"):
        bar_chart("one", "제목", "설명", ["가", "나"], series)


def test_a_chart_has_a_title_a_description_and_its_table(client: Client) -> None:
    page = client.get("/styleguide/").content.decode()
    assert 'aria-labelledby="reports-by-month-title reports-by-month-description"' in page
    assert '<td class="is-number" data-label="판매제한">301</td>' in page
    assert "아직 집계된 수치가 없습니다." in page


# -- compare -------------------------------------------------------------------------------------------------


def test_the_comparison_carries_the_transform_of_the_match() -> None:
    transform = {"rotation": 90, "mirrored": True, "source_box": [0.1, 0.2, 0.9, 1.0], "reference_box": [0, 0, 1, 0.5]}
    page = render(
        '{% include "pieces/compare.html" with reference_url="/a" suspect_url="/b" transform=transform only %}',
        transform=transform,
    )
    assert 'data-rotation="90"' in page
    assert 'data-mirrored="true"' in page
    assert 'data-source-box="0.1,0.2,0.9,1.0"' in page
    assert 'data-reference-box="0,0,1,0.5"' in page


def test_the_comparison_stands_without_a_transform_and_without_a_picture() -> None:
    page = render('{% include "pieces/compare.html" with reference_url="/a" suspect_url="" only %}')
    assert 'data-rotation="0"' in page
    assert 'data-mirrored="false"' in page
    assert 'data-source-box=""' in page
    assert "상품 사진이 없습니다." in page
    assert "data-compare-suspect" not in page
