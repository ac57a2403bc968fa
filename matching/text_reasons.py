"""Says in Korean why a name was found. Promises whole sentences that a moderator can pass on."""

from typing import Final

from matching.disguises import MILD, PHRASES
from matching.hangul import is_syllable, parts
from matching.spans import Evidence

_SOUNDED_CONSONANT_AT_END: Final = frozenset("013678lmnrLMNR")


def why(spelling: str, found: str, evidence: Evidence, *, is_common: bool) -> str:
    """The sentence for one find."""
    shown = visible(found)
    if evidence.disguises:
        return _disguised(spelling, shown, evidence)
    name = f"‘{spelling}’{object_(spelling)}"
    if evidence.is_ordinary:
        return f"‘{shown}’{topic(shown)} 일반 상품명에도 쓰는 표기여서 {name} 감춘 것으로 보지 않습니다."
    if is_common:
        return f"‘{spelling}’{topic(spelling)} 일상에서도 쓰는 말이어서 이 말만으로는 의심하지 않습니다."
    return f"상표 이름 {name} 그대로 적었습니다. 정품 판매자도 적는 이름이어서 이름만으로는 의심하지 않습니다."


def _disguised(spelling: str, shown: str, evidence: Evidence) -> str:
    strongest = evidence.disguises[0]
    how = PHRASES[strongest]
    if strongest in MILD:
        return f"‘{shown}’{topic(shown)} {how} ‘{spelling}’{object_(spelling)} 적은 표기일 수 있습니다."
    return f"‘{shown}’{topic(shown)} {how} ‘{spelling}’{object_(spelling)} 감춘 표기입니다."


def visible(found: str) -> str:
    """The found text with what cannot be seen made visible, on one line."""
    return "".join(each if each.isprintable() else "·" if not each.isspace() else " " for each in found)


def topic(word: str) -> str:
    """은 or 는, as the word ends."""
    return "은" if _ends_closed(word) else "는"


def object_(word: str) -> str:
    """을 or 를, as the word ends."""
    return "을" if _ends_closed(word) else "를"


def _ends_closed(word: str) -> bool:
    """True where the word is spoken with a consonant at its end."""
    last = word.rstrip("’'\")]} ")[-1:]
    if last and is_syllable(last):
        return parts(last)[2] != ""
    return last in _SOUNDED_CONSONANT_AT_END
