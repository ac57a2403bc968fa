"""How dates, deadlines, money and words are written in Korean. Django's own Korean formats are wrong for this.

Pure: no database, no clock, no settings. Times are shown in Seoul whatever zone they come in.
"""

from core.korean.dates import (
    DATE_INPUT_FORMATS,
    ClockState,
    DateRefused,
    clock_state,
    deadline_text,
    korean_date,
    korean_datetime,
    korean_short,
    normalise_date,
    parse_date,
    remaining_text,
)
from core.korean.money import EXPONENTS, PriceRefused, UnknownCurrency, currency_exponent, money, parse_price
from core.korean.phones import NotMobile, as_dialled, korean_mobile
from core.korean.phones import masked as masked_mobile
from core.korean.text import josa, normalise_text

__all__ = [
    "DATE_INPUT_FORMATS",
    "EXPONENTS",
    "ClockState",
    "DateRefused",
    "NotMobile",
    "PriceRefused",
    "UnknownCurrency",
    "as_dialled",
    "clock_state",
    "currency_exponent",
    "deadline_text",
    "josa",
    "korean_date",
    "korean_datetime",
    "korean_mobile",
    "korean_short",
    "masked_mobile",
    "money",
    "normalise_date",
    "normalise_text",
    "parse_date",
    "parse_price",
    "remaining_text",
]
