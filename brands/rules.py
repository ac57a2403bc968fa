"""How a right's number is written, and which script a spelling is in. Pure: strings in, values out."""

import re
import unicodedata
from typing import Final

from brands.choices import RightKind, Script

# korea.md §2, type codes of the Korean register: 10 patent, 20 utility model, 30 design, 40 trademark; 41 and 45 are
# old service marks, and other 4x codes exist.
_TYPE_CODES: Final = {
    RightKind.PATENT: re.compile(r"10"),
    RightKind.UTILITY_MODEL: re.compile(r"20"),
    RightKind.DESIGN: re.compile(r"30"),
    RightKind.TRADEMARK: re.compile(r"4\d"),
}
#: The codes as a person reads them in an error.
TYPE_CODE_TEXT: Final = {
    RightKind.PATENT: "10",
    RightKind.UTILITY_MODEL: "20",
    RightKind.DESIGN: "30",
    RightKind.TRADEMARK: "40",
}

_WRAPPING: Final = re.compile(r"^(?:제|등록|출원|번호|[:\s])+|(?:호|\s)+$")
_DASHES: Final = re.compile(r"\s*[-\u2010-\u2015\u2212\uff0d]\s*")
_REGISTRATION: Final = re.compile(r"(\d{2})-?(\d{7})(?:-?(\d{4}))?")
_APPLICATION: Final = re.compile(r"(\d{2})-(\d{4})-(\d{7})")
#: Two digits and a dash: whoever writes so means the Korean register, and is held to its shapes.
_KOREAN_SHAPE: Final = re.compile(r"\d{2}-[\d-]*")
_COPYRIGHT: Final = re.compile(r"C-?(\d{4})-?(\d{6})")


class WrongRightNumber(ValueError):
    """The number cannot be one of that kind of right; the message says why, in Korean."""


def right_number(kind: RightKind, text: str) -> str:
    """The number as it is stored, so that the same right written in two ways is one row.

    A Korean registration becomes 13 digits (``40-0123456`` is ``4001234560000``, as the register's own interface
    writes it); an application keeps its dashes (``40-2023-0123456``), because without them it cannot be told from a
    registration. Numbers of other registers, Madrid's among them, stay as they are, in capitals. Copyright and
    unregistered signs need no number. Raises ``WrongRightNumber``.
    """
    number = _DASHES.sub("-", _WRAPPING.sub("", unicodedata.normalize("NFKC", text).strip())).upper()
    if kind not in _TYPE_CODES:
        found = _COPYRIGHT.fullmatch(number) if kind is RightKind.COPYRIGHT else None
        return f"C-{found[1]}-{found[2]}" if found else number
    if not any(character.isdigit() for character in number):
        raise WrongRightNumber("번호에 숫자가 없습니다.")
    return _registered_number(kind, number)


def _registered_number(kind: RightKind, number: str) -> str:
    registration, application = _REGISTRATION.fullmatch(number), _APPLICATION.fullmatch(number)
    found = registration or application
    is_of_this_kind = found is not None and _TYPE_CODES[kind].fullmatch(found[1]) is not None
    if _KOREAN_SHAPE.fullmatch(number):
        _hold_to_the_register(kind, is_known_shape=found is not None, is_of_this_kind=is_of_this_kind)
    if registration is not None and is_of_this_kind:
        return f"{registration[1]}{registration[2]}{registration[3] or '0000'}"
    return number


def _hold_to_the_register(kind: RightKind, *, is_known_shape: bool, is_of_this_kind: bool) -> None:
    code = TYPE_CODE_TEXT[kind]
    if not is_known_shape:
        raise WrongRightNumber(f"등록번호는 {code}-1234567, 출원번호는 {code}-2023-1234567의 모양이어야 합니다.")
    if not is_of_this_kind:
        raise WrongRightNumber(f"{kind.label}의 번호는 {code}으로 시작합니다.")


def script_of(spelling: str) -> Script:
    """The script most of its letters are in; the earlier one where two have as many. Look-alikes of full width count
    as what they look like."""
    counts: dict[Script, int] = {}
    for character in unicodedata.normalize("NFKC", spelling):
        script = _script_of_letter(character)
        if script is not None:
            counts[script] = counts.get(script, 0) + 1
    # ``max`` takes the first of equals, and a dict keeps the order in which scripts were met.
    return max(counts, key=counts.__getitem__) if counts else Script.OTHER


#: First words of Unicode's names of letters.
_NAMED_SCRIPTS: Final = {
    "HANGUL": Script.HANGUL,
    "LATIN": Script.LATIN,
    "CJK": Script.HAN,
    "HIRAGANA": Script.KANA,
    "KATAKANA": Script.KANA,
}


def _script_of_letter(character: str) -> Script | None:
    if not character.isalpha():
        return None
    return _NAMED_SCRIPTS.get(unicodedata.name(character, "").split(" ", 1)[0], Script.OTHER)
