"""The sentences of an answer, in Korean and in English. Pure.

The engine says its reasons in Korean; their English is put together here from the same values.
"""

from collections.abc import Mapping
from typing import Any, Final

from listings.preflight.answers import Text
from matching import (
    SAME_BITS,
    WHOLE,
    CodeWordSignal,
    Disguise,
    PictureSignal,
    PriceSignal,
    Signal,
    Softening,
    TextSignal,
    Transform,
)

MESSAGES: Final[Mapping[str, Text]] = {
    "pass": Text("게시해도 됩니다.", "The listing may be published."),
    "review": Text(
        "게시해도 됩니다. 게시되면 담당자가 확인합니다.",
        "The listing may be published. A moderator will look at it.",
    ),
    "stop": Text(
        "확인이 끝날 때까지 게시하지 마세요. 아래에 적힌 것을 보내시면 담당자가 확인하고 보류를 풉니다.",
        "Do not publish the listing yet. Send what is named below; a moderator checks it and releases the hold.",
    ),
}
AUTHORISED: Final = Text(
    "이 브랜드의 판매 권한이 확인된 판매자여서 의심하지 않습니다.",
    "The seller is authorised for this brand.",
)
DECIDED_BEFORE: Final = Text(
    "담당자가 이 판매자의 같은 내용을 이미 문제없음으로 처리했습니다.",
    "A moderator has already found the same content of this seller harmless.",
)
PROTECTED: Final = Text(
    "이의제기에서 정당하다고 인정된 이 판매자의 내용입니다.",
    "An appeal found this content of the seller rightful.",
)

RELEASED: Final = Text(
    "담당자가 확인하여 보류를 푼 이 판매자의 내용입니다.",
    "A moderator has checked this content of the seller and released it.",
)
_SOFTENINGS: Final[Mapping[str, str]] = {
    "used": "The article seems to be used, so a person decides instead of the machine.",
    "part": "The article seems to be a compatible part or accessory, so a person decides instead of the machine.",
    "descriptive": "The name seems to compare or describe, so a person decides instead of the machine.",
}

#: How a name was hidden; follows "The name X was found hidden as ‘Y’: ".
_DISGUISES: Final[Mapping[Disguise, str]] = {
    Disguise.INVISIBLE: "invisible characters in between",
    Disguise.SYMBOLS: "symbols in between",
    Disguise.SPACED_OUT: "letters set apart",
    Disguise.SPACES: "a space inside",
    Disguise.SPACED_WORDS: "split into words",
    Disguise.HYPHENS: "punctuation inside",
    Disguise.MARKS: "marks over the letters",
    Disguise.ACCENTS: "accents on the letters",
    Disguise.WIDTH: "full-width or half-width characters",
    Disguise.STYLED: "decorative characters",
    Disguise.FOREIGN: "look-alike letters of another script",
    Disguise.LEET: "digits or signs for letters",
    Disguise.TWIN_LETTERS: "look-alike letters",
    Disguise.LETTER_PAIRS: "two letters that look like one",
    Disguise.ART: "letters drawn with signs",
    Disguise.UPSIDE_DOWN: "letters turned upside down",
    Disguise.LOOSE_LETTERS: "consonants and vowels written apart",
    Disguise.DECOMPOSED: "decomposed Hangul",
    Disguise.SOUND: "letters of a similar sound",
    Disguise.LOOK_ALIKE: "look-alike Hangul (yaminjeongeum)",
    Disguise.ROMANISED_SYLLABLE: "a syllable in Latin letters or digits",
    Disguise.ROMANISED: "Latin letters for Hangul",
    Disguise.TYPO: "one letter changed",
    Disguise.DROPPED_SYLLABLE: "a syllable left out",
}


def sentence_of(signal: Signal) -> Text:
    """A signal's reason in both languages."""
    return Text(signal.why, _english(signal))


def softened(softening: Softening) -> Text:
    """Why the listing is reviewed and not held."""
    return Text(softening.why, _SOFTENINGS[softening.kind])


def _english(signal: Signal) -> str:
    if isinstance(signal, PictureSignal):
        return f"{shown_as(signal.transform, signal.distance)} the brand's own picture."
    if isinstance(signal, TextSignal):
        return _name(signal)
    if isinstance(signal, CodeWordSignal):
        return f"‘{signal.found}’ is a word by which sellers tell that an article is not genuine."
    return _price(signal)


def shown_as(transform: Transform, distance: int) -> str:
    """How like a picture is, up to what it is like: "A picture, mirrored, is nearly the same as"."""
    has_border = (transform.source_box, transform.reference_box) != (WHOLE, WHOLE)
    possible = (
        (has_border, "without its border"),
        (transform.mirrored, "mirrored"),
        (transform.rotation, f"turned by {transform.rotation} degrees"),
    )
    steps = [step for applies, step in possible if applies]
    how = f", {', '.join(steps)}," if steps else ""
    return f"A picture{how} {'is nearly the same as' if distance <= SAME_BITS else 'resembles'}"


def returned(sign: Mapping[str, Any]) -> Text:
    """A sign of a confirmed counterfeit that is back, from what stay-down says of it."""
    if sign["kind"] == "image":
        how = shown_as(Transform.from_json(sign["transform"]), sign["distance"])
        english = f"{how} one of a confirmed counterfeit."
    else:
        english = f"{sign['score']:.0%} of the text of a confirmed counterfeit stands in this one."
    return Text(sign["why"], english)


def _name(signal: TextSignal) -> str:
    if signal.disguises:
        how = ", ".join(_DISGUISES[Disguise(each)] for each in signal.disguises)
        return f"The name ‘{signal.name}’ was found hidden as ‘{signal.found}’: {how}."
    if signal.is_common:
        return f"‘{signal.name}’ is also an everyday word and says nothing alone."
    return f"The name ‘{signal.name}’ is written plainly, as sellers of the genuine article do."


def _price(signal: PriceSignal) -> str:
    share = signal.price_minor * 100 // signal.usual_minor
    return f"The price is {share}% of what the brand's articles usually cost."
