"""What ``templates/pieces`` needs beside Django's own: ``{% load pieces %}``."""

from collections.abc import Sequence
from datetime import datetime
from typing import TypeVar

from django import template
from django.templatetags.static import static
from django.utils import timezone, translation
from django.utils.html import format_html
from django.utils.safestring import SafeString

from core import korean
from core.calendar.rules import Deadline
from portal.pieces import STATUS_LOOKS, ClockReading, Column, Heading, StatusLook
from reports.parties import dates

register = template.Library()

_KILO = 1024
_T = TypeVar("_T")


@register.simple_tag
def icon(name: str) -> SafeString:
    """``{% icon "clock" %}``: a sign from ``static/portal/icons.svg``, hidden from readers: a word stands beside it."""
    return format_html(
        '<svg class="icon" aria-hidden="true" focusable="false"><use href="{}#{}"></use></svg>',
        static("portal/icons.svg"),
        name,
    )


@register.simple_tag
def clock_reading(bound: Deadline | datetime, now: datetime | None = None) -> ClockReading:
    """``{% clock_reading bound now as reading %}``: what a clock says, in the language of the page.

    Without ``now`` it is the present.
    """
    moment = now or timezone.now()
    exclusive = bound.exclusive_bound if isinstance(bound, Deadline) else bound
    return ClockReading(
        state=korean.clock_state(bound, moment).value,
        remaining=dates.remaining(exclusive, moment, _language()),
        deadline=dates.until(exclusive, _language()),
        moment=exclusive.isoformat(),
    )


@register.filter
def short_moment(moment: datetime) -> str:
    """``11월 23일(월) 14:30``, in the language of the page."""
    return dates.short(moment, _language())


def _language() -> str:
    return translation.get_language() or "ko"


@register.filter
def status_look(status: str) -> StatusLook:
    """How the badge of an allegation's status looks. An unknown status raises: no page shows a badge without a word."""
    return STATUS_LOOKS[status]


@register.filter
def file_size(size: int) -> str:
    """``830B``, ``12KB``, ``1.4MB``: number and unit without a space, as Koreans write them."""
    if size < _KILO:
        return f"{size}B"
    if size < _KILO * _KILO:
        return f"{size / _KILO:.0f}KB"
    return f"{size / _KILO / _KILO:.1f}MB"


@register.simple_tag
def column_heading(column: Column, sort: str = "") -> Heading:
    """``{% column_heading column sort as heading %}``: how the table stands by this column, and what comes next."""
    return Heading(column.direction(sort), column.following_sort(sort))


@register.filter
def column_at(columns: Sequence[_T], index: int) -> _T:
    """The column, or the series, that a cell stands in."""
    return columns[index]
