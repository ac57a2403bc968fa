"""What a marketplace is answered: one shape for every verdict, each sentence in Korean and in English. Plain values."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any


@dataclass(frozen=True, slots=True)
class Text:
    """One sentence or name in both languages of the answer."""

    ko: str
    en: str

    def as_json(self) -> dict[str, str]:
        return {"ko": self.ko, "en": self.en}


class PictureState(StrEnum):
    """What became of a picture. Only ``compared`` ones are part of the verdict.

    ``pending``: given by its address; fetched once the listing is published. ``unknown``: named by a digest that the
    portal keeps no picture of; send its bytes. ``unreadable``: kept, but the engine cannot read it.
    """

    COMPARED = "compared"
    PENDING = "pending"
    UNKNOWN = "unknown"
    UNREADABLE = "unreadable"


@dataclass(frozen=True, slots=True)
class SeenPicture:
    """One picture of the listing, counted from one. ``sha256`` is empty where only an address is known."""

    position: int
    sha256: str
    state: PictureState

    def as_json(self) -> dict[str, Any]:
        return {"position": self.position, "sha256": self.sha256 or None, "state": self.state.value}


@dataclass(frozen=True, slots=True)
class Reason:
    """One reason for a verdict. ``where``: the picture's position, or field, start, end and words in the text."""

    code: str
    text: Text
    score: float | None = None
    where: Mapping[str, Any] | None = None

    def as_json(self) -> dict[str, Any]:
        return {"code": self.code, **self.text.as_json(), "score": self.score, "where": dict(self.where or {}) or None}


@dataclass(frozen=True, slots=True)
class BrandFinding:
    """What speaks for one brand; ``brand`` is empty where a confirmed counterfeit is of no brand that is known here."""

    brand: str
    brand_name: str
    verdict: str
    score: float
    reasons: tuple[Reason, ...]

    def as_json(self) -> dict[str, Any]:
        brand = {"id": self.brand, "name": self.brand_name} if self.brand else None
        reasons = [reason.as_json() for reason in self.reasons]
        return {"brand": brand, "verdict": self.verdict, "score": self.score, "reasons": reasons}


@dataclass(frozen=True, slots=True)
class Help:
    """One thing that would help. ``kind``: ``document`` (one of them is enough), ``change`` of the listing, or
    ``contact``."""

    code: str
    kind: str
    text: Text

    def as_json(self) -> dict[str, Any]:
        return {"code": self.code, "kind": self.kind, **self.text.as_json()}


@dataclass(frozen=True, slots=True)
class SendTo:
    """Where documents and objections go, and what to say there."""

    email: str
    phone: str
    text: Text

    def as_json(self) -> dict[str, Any]:
        return {"email": self.email, "phone": self.phone, **self.text.as_json()}


@dataclass(frozen=True, slots=True)
class PreflightAnswer:
    """The answer. ``reference`` is what to name when asking about it; ``is_complete``: every picture was compared."""

    reference: str
    verdict: str
    message: Text
    findings: tuple[BrandFinding, ...]
    help: tuple[Help, ...]
    send_to: SendTo | None
    pictures: tuple[SeenPicture, ...]
    engine_version: str
    material: str
    screened_at: datetime

    @property
    def is_complete(self) -> bool:
        return all(picture.state == PictureState.COMPARED for picture in self.pictures)

    def as_json(self) -> dict[str, Any]:
        return {
            "id": self.reference,
            "verdict": self.verdict,
            "message": self.message.as_json(),
            "complete": self.is_complete,
            "findings": [finding.as_json() for finding in self.findings],
            "help": [each.as_json() for each in self.help],
            "send_to": self.send_to.as_json() if self.send_to else None,
            "pictures": [picture.as_json() for picture in self.pictures],
            "engine": {"version": self.engine_version, "material": self.material},
            "screened_at": self.screened_at.isoformat(),
        }
