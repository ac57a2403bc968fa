"""Numbers of persons that nobody may leave with us: found in what people write, to be refused with a reason. Pure.

주민등록번호: 개인정보보호법 제24조의2 forbids processing it without a law.
개인통관고유부호: no purpose here needs it (제16조).
"""

import re
import unicodedata
from typing import Final

#: Of a day that there may be, and of a first digit that is given. Never by the check digit: the last digits have been
#: random since October 2020 (korea.md §2).
_RESIDENT: Final = re.compile(r"(?<!\d)\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])[\s\-‐-―·.]{0,3}[1-8]\d{6}(?!\d)")
#: P and twelve digits (관세청 고시).
_CUSTOMS: Final = re.compile(r"(?<![0-9A-Za-z])[Pp][\s\-]?\d{12}(?!\d)")

RESIDENT: Final = "주민등록번호"
CUSTOMS: Final = "개인통관고유부호"


def personal_number(text: str) -> str:
    """What kind of number stands in the text; empty where there is none. Full-width digits are digits."""
    plain = unicodedata.normalize("NFKC", text)
    if _RESIDENT.search(plain):
        return RESIDENT
    return CUSTOMS if _CUSTOMS.search(plain) else ""
