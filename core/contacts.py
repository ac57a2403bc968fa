"""E-mail addresses and telephone numbers in one spelling each, so that the same contact has the same keyed hash.

No message quotes what was refused: it goes to terminals, tables of errors and logs, where a contact must not stand.
"""

import re
import unicodedata
from typing import Final

from django.core.exceptions import ValidationError
from django.core.validators import validate_email

from core.errors import DomainError

#: RFC 5321: a path of 256 with its brackets.
_LONGEST_EMAIL: Final = 254
#: E.164: at most 15 digits with the country's; nothing with its country's code is shorter than 8 [ours].
_INTERNATIONAL: Final = range(8, 16)
#: After the leading zero: 2-123-4567 for Seoul up to the twelve digits of a safety number (0502-1234-5678).
_DOMESTIC: Final = range(8, 12)
#: What people and exports put between digits: spaces, hyphens and dashes, dots, brackets, slashes.
_BETWEEN: Final = re.compile(r"[\s\-\u2010-\u2015\u2212.()/·]+")
#: A spreadsheet drops the zero of 010-1234-5678, and 8210 may come without its sign.
_MOBILE_WITHOUT_ZERO: Final = re.compile(r"1[016789][0-9]{7,8}")
_KOREAN_WITHOUT_SIGN: Final = re.compile(r"820?1[016789][0-9]{7,8}")
_LONGEST_TYPED: Final = 60


class ContactRefused(DomainError):
    """What stands in the place of a contact is none. The message does not say what it was."""

    code = "contact_refused"


def normalise_email(text: str) -> str:
    """The address in one width and lower case, its domain as DNS spells it. Raises ``ContactRefused``.

    The part before the sign is folded too: two mailboxes that differ by a capital are allowed, and nobody has them.
    Dots and ``+tags`` stay: they are another address, and whether it is the same person is not decided here.
    """
    address = unicodedata.normalize("NFKC", text[: _LONGEST_EMAIL + 1]).strip().lower()
    try:
        if len(text.strip()) > _LONGEST_EMAIL:
            raise _no_email()
        validate_email(address)
        local, _, domain = address.rpartition("@")
        return f"{local}@{domain.encode('idna').decode()}"
    except (ValidationError, UnicodeError):
        raise _no_email() from None


def normalise_mobile(text: str) -> str:
    """The number as digits with its country's first: ``821012345678`` for ``010-1234-5678`` and ``+82 (0)10 …``.

    Without a country's code it is Korean. Raises ``ContactRefused``.
    """
    typed = unicodedata.normalize("NFKC", text[: _LONGEST_TYPED + 1]).strip()
    number = _BETWEEN.sub("", typed)
    is_international = number.startswith(("+", "00"))
    digits = number.removeprefix("+") if number.startswith("+") else number.removeprefix("00")
    if len(text.strip()) > _LONGEST_TYPED or not (digits.isascii() and digits.isdigit()):
        raise _no_mobile()
    if is_international or _KOREAN_WITHOUT_SIGN.fullmatch(digits):
        return _with_country(digits)
    if digits.startswith("0") or _MOBILE_WITHOUT_ZERO.fullmatch(digits):
        return _korean(digits.removeprefix("0"))
    raise _no_mobile()


def email_name(text: str) -> str:
    """What ``core.keys.contact_hash`` takes for an address: a hash of one kind never meets one of another."""
    return f"email:{normalise_email(text)}"


def mobile_name(text: str) -> str:
    """The same for a number."""
    return f"mobile:{normalise_mobile(text)}"


def _with_country(digits: str) -> str:
    if digits.startswith("82"):
        return _korean(digits.removeprefix("82").removeprefix("0"))
    if digits.startswith("0") or len(digits) not in _INTERNATIONAL:
        raise _no_mobile()
    return digits


def _korean(rest: str) -> str:
    if rest.startswith("0") or len(rest) not in _DOMESTIC:
        raise _no_mobile()
    return f"82{rest}"


def _no_email() -> ContactRefused:
    return ContactRefused(
        "이메일 주소를 읽을 수 없습니다.",
        "이메일 주소의 형식이 아닙니다.",
        "name@example.com처럼 적거나 비워 주세요.",
    )


def _no_mobile() -> ContactRefused:
    return ContactRefused(
        "휴대전화 번호를 읽을 수 없습니다.",
        "한국 번호나 국가 번호로 시작하는 번호의 형식이 아닙니다.",
        "010-1234-5678 또는 +86 138 0013 8000처럼 적거나 비워 주세요.",
    )
