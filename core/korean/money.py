"""Money: integers of a currency's minor unit inside the house, ``12,900원`` and ``US$12.90`` for people.

No float touches an amount. How many decimals a currency has comes from ISO 4217, and a currency that the table
does not name is refused: a guessed exponent is wrong by a factor of a hundred.
"""

import re
from typing import Final

from core.errors import DomainError
from core.korean.text import FULL_WIDTH, josa

#: ISO 4217, the currencies that a marketplace selling into Korea meets, by their number of decimals.
_BY_EXPONENT: Final = {
    0: "CLP ISK JPY KRW PYG UGX VND XAF XOF XPF",
    2: "AED ARS AUD BDT BGN BRL CAD CHF CNY COP CZK DKK EGP EUR GBP GEL HKD HUF IDR ILS INR KES KZT LKR MAD MMK MNT"
    " MOP MXN MYR NGN NOK NPR NZD PEN PHP PKR PLN QAR RON RSD RUB SAR SEK SGD THB TRY TWD UAH USD UYU UZS ZAR",
    3: "BHD IQD JOD KWD OMR TND",
}
EXPONENTS: Final = {code: exponent for exponent, codes in _BY_EXPONENT.items() for code in codes.split()}

#: Signs that tell one dollar and one yen from another, as Korean texts write them. Others stand under their code.
_SIGNS: Final = {
    "AUD": "AU$",
    "BRL": "R$",
    "CAD": "CA$",
    "CNY": "CN¥",
    "EUR": "€",
    "GBP": "£",
    "HKD": "HK$",
    "INR": "₹",
    "JPY": "JP¥",
    "MXN": "MX$",
    "NZD": "NZ$",
    "PHP": "₱",
    "SGD": "S$",
    "TWD": "NT$",
    "USD": "US$",
    "VND": "₫",
}

#: Below 10^12 of the major unit (a trillion won, more than any one listing): whatever the exponent, the minor units
#: stay under 2^53, so that they survive a reader of JSON that knows only doubles.
_MAX_MAJOR_DIGITS: Final = 12

#: Digits in one piece, or in groups of three; so that 12,90 is not taken for 1290.
_AMOUNT: Final = re.compile(r"(?P<whole>[0-9]+|[0-9]{1,3}(?:,[0-9]{3})+)(?:\.(?P<part>[0-9]+))?")
#: Hyphen, figure dash, en dash, minus; Korean books write a triangle.
_NEGATIVE: Final = re.compile(r"[-\u2012\u2013\u2212△▲]\s*[0-9]")
_SHOWN_CHARACTERS: Final = 30


class UnknownCurrency(DomainError, ValueError):
    """A currency without a known number of decimals."""

    code = "unknown_currency"


class PriceRefused(DomainError, ValueError):
    """What stands in the place of a price is none."""

    code = "price_refused"


def currency_exponent(currency: str) -> int:
    """How many decimals the currency has. Raises ``UnknownCurrency``."""
    try:
        return EXPONENTS[currency]
    except KeyError:
        raise UnknownCurrency(
            f"통화 {_shown(currency)}의 금액을 다룰 수 없습니다.",
            "지원하는 통화 목록(ISO 4217)에 없는 코드입니다.",
            "KRW, USD, CNY처럼 대문자 세 글자의 통화 코드를 사용해 주세요.",
        ) from None


def money(minor: int, currency: str) -> str:
    """``12,900원``, ``US$12.90``, ``CN¥88.00``, ``CHF 5.00``. Raises ``UnknownCurrency``; ``TypeError`` on a float."""
    exponent = currency_exponent(currency)
    if not isinstance(minor, int):
        raise TypeError(f"an amount is an integer of minor units, not {type(minor).__name__}")
    amount = _amount(abs(minor), exponent)
    sign = "-" if minor < 0 else ""
    if currency == "KRW":
        return f"{sign}{amount}원"
    # A no-break space keeps the code and its amount on one line.
    return f"{sign}{_SIGNS.get(currency, currency + chr(0xA0))}{amount}"


def parse_price(text: str, currency: str) -> int:
    """A decimal in major units as an integer of minor units: ``"12,900"`` KRW is 12900, ``"12.90"`` USD is 1290.

    Takes digits (full-width ones too), thousands commas and a decimal point. Zeros beyond the currency's decimals
    change nothing and are allowed, because tables export won as ``12900.0``. Raises ``PriceRefused`` or
    ``UnknownCurrency``, each with what to do.
    """
    exponent = currency_exponent(currency)
    # Not NFKC: it would read 12² as 122.
    found = _AMOUNT.fullmatch(text.translate(FULL_WIDTH).strip())
    if found is None:
        raise _not_a_price(text)
    whole = found["whole"].replace(",", "").lstrip("0")
    part = (found["part"] or "").rstrip("0")
    # Lengths are looked at before any conversion: a cell may hold a million digits.
    if len(whole) > _MAX_MAJOR_DIGITS:
        raise _refused(text, "금액이 1조 이상입니다.", "금액과 통화를 확인해 주세요.")
    if len(part) > exponent:
        most = f"은 소수점 아래 {exponent}자리까지만 있습니다." if exponent else "에는 소수점 아래 자리가 없습니다."
        raise _refused(text, f"{currency} 금액{most}", "금액과 통화를 확인해 주세요.")
    return int(f"0{whole}{part:0<{exponent}}")


def _amount(minor: int, exponent: int) -> str:
    major, part = divmod(minor, 10**exponent)
    return f"{major:,}.{part:0{exponent}d}" if exponent else f"{major:,}"


def _not_a_price(text: str) -> PriceRefused:
    stripped = text.translate(FULL_WIDTH).strip()
    if not stripped:
        return PriceRefused("가격을 읽을 수 없습니다.", "값이 비어 있습니다.", "12900처럼 숫자로 입력해 주세요.")
    if _NEGATIVE.match(stripped):
        return _refused(text, "가격은 0보다 작을 수 없습니다.", "0 이상의 금액을 입력해 주세요.")
    return _refused(text, "숫자로 된 금액이 아닙니다.", "12900 또는 12.90처럼 숫자와 소수점만 입력해 주세요.")


def _refused(text: str, why: str, action: str) -> PriceRefused:
    return PriceRefused(f"가격 {josa(_shown(text), '을/를')} 읽을 수 없습니다.", why, action)


def _shown(text: str) -> str:
    """The refused text as an error may quote it: short, and without what would break a line or a terminal."""
    clean = "".join(character if character.isprintable() else "�" for character in text)
    return f"“{clean[:_SHOWN_CHARACTERS]}…”" if len(clean) > _SHOWN_CHARACTERS else f"“{clean}”"
