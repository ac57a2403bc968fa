"""The matching engine: bytes and strings in; fingerprints, candidates, scores and reasons out.

A plain Python library. It knows no database, no web and no portal, and can be lifted out and used alone:

    snapshot = Snapshot.build(folder, pictures=[...], spellings=[...], clean_titles=[...])
    engine = Engine(snapshot)
    result = screen(engine, ScreeningItem(title="누.벨.하.니 크림", pictures=(...)))

Every process opens the same snapshot by its folder; the files are mapped and shared. Scores run from 0 to 1, distances
are in bits of 256, boxes in fractions of a picture, offsets in characters of the original text, prices in minor units.
"""

from matching.code_words import CodeWord, code_words
from matching.disguises import Disguise
from matching.engine import Engine
from matching.errors import BrokenFingerprint, BrokenSnapshot, MatchingError, UnreadablePicture
from matching.fingerprint import PictureFingerprint, fingerprint_picture
from matching.live import LiveIndex
from matching.names import BrandSpelling
from matching.picture_match import SAME_BITS, PictureCandidate, match_pictures
from matching.picture_rows import PictureRows, ReferencePicture
from matching.screening import screen, text_digest
from matching.screening_rules import DEFAULT_RULES, ScreeningRules, UsualPrice
from matching.screening_types import (
    BrandMatch,
    CodeWordSignal,
    ItemPicture,
    PictureSignal,
    PriceSignal,
    RejectedPair,
    Screening,
    ScreeningItem,
    Signal,
    TextSignal,
    Verdict,
)
from matching.snapshot import Snapshot
from matching.soft_contexts import Softening, softening_of
from matching.text_copies import (
    ANCHOR_BYTES,
    Grams,
    TextRows,
    grams_of,
    likeness,
    share_in,
    shared_by,
    sketch_of,
    without,
)
from matching.text_match import TextCandidate
from matching.transform import WHOLE, Box, Transform
from matching.version import ENGINE_VERSION, FINGERPRINT_VERSION

__all__ = [
    "ANCHOR_BYTES",
    "DEFAULT_RULES",
    "ENGINE_VERSION",
    "FINGERPRINT_VERSION",
    "SAME_BITS",
    "WHOLE",
    "Box",
    "BrandMatch",
    "BrandSpelling",
    "BrokenFingerprint",
    "BrokenSnapshot",
    "CodeWord",
    "CodeWordSignal",
    "Disguise",
    "Engine",
    "Grams",
    "ItemPicture",
    "LiveIndex",
    "MatchingError",
    "PictureCandidate",
    "PictureFingerprint",
    "PictureRows",
    "PictureSignal",
    "PriceSignal",
    "ReferencePicture",
    "RejectedPair",
    "Screening",
    "ScreeningItem",
    "ScreeningRules",
    "Signal",
    "Snapshot",
    "Softening",
    "TextCandidate",
    "TextRows",
    "TextSignal",
    "Transform",
    "UnreadablePicture",
    "UsualPrice",
    "Verdict",
    "code_words",
    "fingerprint_picture",
    "grams_of",
    "likeness",
    "match_pictures",
    "screen",
    "share_in",
    "shared_by",
    "sketch_of",
    "softening_of",
    "text_digest",
    "without",
]
