"""Marked text: nothing is lost, doubled or let through."""

import html
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reports.desk.marking import Span, marked, visible

SPANS = st.builds(Span, st.integers(-3, 40), st.integers(-3, 40), st.sampled_from(["text", "code_word"]))


def test_each_span_is_marked_with_its_kind() -> None:
    shown = marked("솔.하.루 미러급", [Span(6, 9, "code_word"), Span(0, 5, "text")])
    assert shown == '<mark class="mark mark-text">솔.하.루</mark> <mark class="mark mark-code_word">미러급</mark>'


def test_of_overlapping_spans_the_longer_is_marked() -> None:
    assert marked("abcdef", [Span(0, 3, "text"), Span(1, 6, "text")]) == 'a<mark class="mark mark-text">bcdef</mark>'


@pytest.mark.parametrize("span", [Span(-1, 2, "text"), Span(2, 2, "text"), Span(3, 1, "text"), Span(4, 7, "text")])
def test_span_that_does_not_fit_is_left_out(span: Span) -> None:
    assert marked("abcdef", [span]) == "abcdef"


def test_markup_in_the_text_stays_text() -> None:
    assert marked("<b>&", [Span(0, 3, "text")]) == '<mark class="mark mark-text">&lt;b&gt;</mark>&amp;'


@given(st.text(max_size=40), st.lists(SPANS, max_size=6))
def test_without_the_marks_the_text_is_what_it_was(text: str, spans: list[Span]) -> None:
    bare = re.sub(r'<mark class="mark mark-(text|code_word)">|</mark>', "", marked(text, spans))
    assert html.unescape(bare) == html.unescape(html.escape(text))


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("솔\u200b하루", "솔⟨U+200B⟩하루"),
        ("\u202e루하솔", "⟨U+202E⟩루하솔"),
        ("솔\u3164하", "솔⟨U+3164⟩하"),
        ("두 줄\n탭\t", "두 줄\n탭\t"),
        ("솔하루 SOLHARU 漢字 😀", "솔하루 SOLHARU 漢字 😀"),
    ],
)
def test_what_nobody_sees_is_written_out(text: str, shown: str) -> None:
    assert visible(text) == shown
