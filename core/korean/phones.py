"""Korean mobile numbers: however they are written, to one form; anything else is refused."""

import re
from typing import Final

from core.korean.text import FULL_WIDTH

#: What people put between digits. Letters are not among them: a number with words in it is two things.
_BETWEEN: Final = re.compile(r"[\s\-–—.()·]+")
#: Country code as +82, 0082 or with the (0) that is not dialled; then 10 and eight digits. 011 and 016 to 019 ended
#: with the second generation of networks (010 통합, 2021-06-30); 012 belongs to machines.
_MOBILE: Final = re.compile(r"(?:(?:\+|00)820?|0)10([0-9]{8})")
#: No number is as long, however it is written.
_LONGEST: Final = 40


class NotMobile(ValueError):
    """The text names no Korean mobile number. It is not repeated here: it may be somebody's."""


def korean_mobile(text: str) -> str:
    """``+821012345678`` for ``010-1234-5678`` and the like. Raises ``NotMobile``."""
    if len(text) > _LONGEST:
        raise NotMobile("too long for a number")
    found = _MOBILE.fullmatch(_BETWEEN.sub("", text.translate(FULL_WIDTH | {0xFF0B: "+"})))
    if found is None or not text.isprintable():
        raise NotMobile("not a Korean mobile number")
    return f"+8210{found[1]}"


def as_dialled(mobile: str) -> str:
    """``010-1234-5678``, as Koreans read it."""
    digits = f"0{mobile.removeprefix('+82')}"
    return f"{digits[:3]}-{digits[3:7]}-{digits[7:]}"


def masked(mobile: str) -> str:
    """``010-****-5678``, for logs."""
    return f"010-****-{mobile[-4:]}"
