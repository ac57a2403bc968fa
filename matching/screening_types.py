"""What goes into a screening and what comes out. Plain values; every reason is a Korean sentence."""

from dataclasses import dataclass
from typing import ClassVar, Literal

from matching.fingerprint import PictureFingerprint
from matching.soft_contexts import Softening
from matching.text_match import Field
from matching.transform import Transform

Verdict = Literal["pass", "review", "stop"]


@dataclass(frozen=True, slots=True)
class ItemPicture:
    """A picture of the listing: `key` is the caller's (the digest of the original), and what rejections refer to."""

    key: str
    fingerprint: PictureFingerprint


@dataclass(frozen=True, slots=True)
class RejectedPair:
    """A match that a moderator rejected for this content.

    `content`: for an image the key of the listing's picture, for a text its `text_digest`. `reference`: the key of the
    reference picture, or the spelling.
    """

    kind: Literal["image", "text"]
    content: str
    reference: str


@dataclass(frozen=True, slots=True)
class ScreeningItem:
    """A listing as the engine sees it. `price_minor`: in the currency's minor unit, None where it is not known."""

    title: str
    description: str = ""
    category: str = ""
    price_minor: int | None = None
    currency: str = "KRW"
    pictures: tuple[ItemPicture, ...] = ()
    authorised_brands: frozenset[str] = frozenset()
    rejected: frozenset[RejectedPair] = frozenset()


@dataclass(frozen=True, slots=True)
class PictureSignal:
    """A picture of the listing that is the brand's. `score` 0..1, `distance` in bits 0..256."""

    reference: str
    image: str
    score: float
    why: str
    transform: Transform
    distance: int
    is_rejected: bool = False
    kind: ClassVar[str] = "image"


@dataclass(frozen=True, slots=True)
class TextSignal:
    """A name in the text. `found` == the field's text[start:end]; `disguises` is empty where it is written plainly."""

    name: str
    found: str
    field: Field
    start: int
    end: int
    score: float
    why: str
    disguises: tuple[str, ...]
    is_common: bool = False
    is_rejected: bool = False
    kind: ClassVar[str] = "text"


@dataclass(frozen=True, slots=True)
class CodeWordSignal:
    """A word that tells of a copy; it supports a name or a picture and is nothing alone."""

    word: str
    found: str
    field: Field
    start: int
    end: int
    score: float
    why: str
    is_rejected: ClassVar[bool] = False  # a moderator rejects a name or a picture, never what only supports one
    kind: ClassVar[str] = "code_word"


@dataclass(frozen=True, slots=True)
class PriceSignal:
    """A price far below what the brand's articles usually cost. Amounts in the minor unit."""

    price_minor: int
    usual_minor: int
    currency: str
    score: float
    why: str
    is_rejected: ClassVar[bool] = False
    kind: ClassVar[str] = "price"


Signal = PictureSignal | TextSignal | CodeWordSignal | PriceSignal


@dataclass(frozen=True, slots=True)
class BrandMatch:
    """What speaks for one brand. Below the threshold the verdict is `pass`; the match is kept all the same.

    `softening`: why it is reviewed whatever speaks for it: used goods, a part, a name that only describes.
    """

    brand: str
    score: float
    verdict: Verdict
    signals: tuple[Signal, ...]
    why: str
    softening: Softening | None = None


@dataclass(frozen=True, slots=True)
class Screening:
    """The result for a listing: the gravest verdict and the highest score of its matches, which come best first."""

    verdict: Verdict
    score: float
    matches: tuple[BrandMatch, ...]
