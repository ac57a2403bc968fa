"""The house's own words in the languages that parties read, one whole file per language. Pure.

A code of ours (a ground, a clause, a finding, an effect) is worded here and nowhere else, so that a letter, a
statement and a page say the same. Korean is the source; the others are translations of it, and a test demands that
each has all that Korean has.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Final

from reports.wording.base import SEOUL_NAME, Offered, Wording
from reports.wording.en import English
from reports.wording.ko import Korean
from reports.wording.zh_hans import SimplifiedChinese

__all__ = [
    "LANGUAGES",
    "SEOUL_NAME",
    "Offered",
    "Wording",
    "date",
    "deadline",
    "language_or_default",
    "moment",
    "wording",
]

_BY_LANGUAGE: Final[Mapping[str, Wording]] = {each.code: each for each in (Korean(), English(), SimplifiedChinese())}
LANGUAGES: Final = tuple(_BY_LANGUAGE)


def wording(language: str) -> Wording:
    """The words of one of ``LANGUAGES``. Raises ``KeyError`` on another: ask ``language_or_default`` first."""
    return _BY_LANGUAGE[language]


def language_or_default(language: str, *, country: str = "") -> str:
    """The language in which a party is written to: its own where we write it, English for all others.

    ``ko-KR`` is Korean and every Chinese is Simplified Chinese. Where nothing is known of the language, a party in
    Korea (``country`` KR) gets Korean.
    """
    main = language.strip().lower().replace("_", "-").partition("-")[0]
    if main == "zh":
        return SimplifiedChinese.code
    if main in _BY_LANGUAGE:
        return main
    return Korean.code if not main and country.upper() == "KR" else English.code


def date(when: datetime, language: str, zone: str = SEOUL_NAME) -> str:
    """The day in that zone: ``2026년 11월 23일(월)``."""
    return wording(language).date(when, zone)


def moment(when: datetime, language: str, zone: str = SEOUL_NAME) -> str:
    """Day and time in that zone: ``2026년 11월 23일(월) 14:30``. Outside Korean the zone is named."""
    return wording(language).moment(when, zone)


def deadline(bound: datetime, language: str, zone: str = SEOUL_NAME) -> str:
    """Until when, from the exclusive bound that a row stores: ``2026년 11월 26일(목) 24:00까지 (한국 시간)``.

    Where the reader's clock shows another time, that is said too.
    """
    return wording(language).deadline(bound, zone)
