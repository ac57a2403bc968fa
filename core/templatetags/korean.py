"""Dates, money and particles in templates: ``{% load korean %}``.

An empty value shows as nothing; a wrong one raises, so that a page never shows a date or a sum that is not one.
"""

from datetime import date, datetime

from django import template

from core import korean

register = template.Library()


@register.filter
def kdate(day: date | datetime | None) -> str:
    """``2026년 11월 23일(월)``."""
    return korean.korean_date(day) if day else ""


@register.filter
def kdatetime(moment: datetime | None) -> str:
    """``2026년 11월 23일(월) 14:30``."""
    return korean.korean_datetime(moment) if moment else ""


@register.filter
def kshort(moment: datetime | None) -> str:
    """``11월 23일(월) 14:30``."""
    return korean.korean_short(moment) if moment else ""


@register.filter
def kmoney(minor: int | None, currency: str) -> str:
    """``{{ price_minor|kmoney:currency }}``: ``12,900원``."""
    return korean.money(minor, currency) if isinstance(minor, int) or minor else ""


@register.filter
def josa(word: object, pair: str) -> str:
    """``{{ brand.name|josa:"은/는" }}``: the word with its particle. The result is escaped like any other text."""
    return korean.josa(str(word), pair)
