"""What screening says of a version, and its result lines (`screen_listings --json`, which others build on)."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

Signal = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class FoundMatch:
    """What speaks for one brand. ``signals`` are the JSON that the match's row keeps."""

    brand_id: int
    brand: str
    score: float
    verdict: str
    signals: tuple[Signal, ...]


@dataclass(frozen=True, slots=True)
class ScreeningOutcome:
    """The result for one version; ``matches`` has every candidate, best first."""

    version_id: int
    listing: str
    verdict: str
    score: float
    matches: tuple[FoundMatch, ...]

    def line(self, *, min_score: float) -> dict[str, Any]:
        """One result line, with the matches from that score on."""
        return {
            "listing": self.listing,
            "verdict": self.verdict,
            "score": self.score,
            "matches": [
                {"brand": match.brand, "score": match.score, "signals": [_public(each) for each in match.signals]}
                for match in self.matches
                if match.score >= min_score
            ],
        }


#: What a result line says of each kind of signal, in its order.
_FIELDS = {
    "image": ("kind", "reference", "image", "score", "why"),
    "text": ("kind", "name", "found", "score", "why"),
    "code_word": ("kind", "found", "score", "why"),
    "price": ("kind", "score", "why"),
}


def _public(signal: Signal) -> dict[str, Any]:
    return {field: signal[field] for field in _FIELDS[signal["kind"]]}
