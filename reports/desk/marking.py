"""Text of a listing with the words that matched marked in it. Pure; everything is escaped, the text is hostile."""

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

#: Letters by category that look like nothing.
_BLANK_LETTERS: Final = frozenset("\u115f\u1160\u3164\uffa0\u2800\u034f")
_INVISIBLE_CATEGORIES: Final = frozenset({"Cc", "Cf", "Co", "Cs", "Zl", "Zp"})
_KEPT: Final = frozenset("\n\t")


@dataclass(frozen=True, slots=True)
class Span:
    """Characters ``start`` to ``end`` of the text, and the kind of signal that found them."""

    start: int
    end: int
    kind: str


def marked(text: str, spans: Sequence[Span]) -> SafeString:
    """The text with each span in a ``<mark>``. Of spans that overlap the longer one is marked; one that does not lie
    within the text is left out, so that a wrong offset never hides or doubles a letter."""
    parts: list[SafeString] = []
    at = 0
    for span in _apart(text, spans):
        parts.append(format_html("{}", text[at : span.start]))
        parts.append(format_html('<mark class="mark mark-{}">{}</mark>', span.kind, text[span.start : span.end]))
        at = span.end
    parts.append(format_html("{}", text[at:]))
    return mark_safe("".join(parts))  # noqa: S308 - every part was escaped by format_html


def _apart(text: str, spans: Sequence[Span]) -> list[Span]:
    chosen: list[Span] = []
    for span in sorted(spans, key=lambda span: span.start - span.end):
        fits = 0 <= span.start < span.end <= len(text)
        if fits and all(span.end <= other.start or other.end <= span.start for other in chosen):
            chosen.append(span)
    return sorted(chosen, key=lambda span: span.start)


def visible(text: str) -> str:
    """The text with characters that nobody sees written out, such as ``⟨U+200B⟩``: they are how names are hidden."""
    return "".join(f"⟨U+{ord(character):04X}⟩" if _is_invisible(character) else character for character in text)


def _is_invisible(character: str) -> bool:
    if character in _KEPT:
        return False
    return character in _BLANK_LETTERS or unicodedata.category(character) in _INVISIBLE_CATEGORIES
