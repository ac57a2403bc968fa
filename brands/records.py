"""What a file or an interface says of a brand, checked and ready to be brought in.

``None`` stands for "not said", which leaves what is there; an empty list says that there is none.
"""

from dataclasses import dataclass

from brands.choices import ReferenceKind, RightKind
from core.models import EvidenceFile


@dataclass(frozen=True, slots=True)
class RightsHolderRecord:
    """Who owns the brand, and how it is told of cases. What is empty was not said."""

    external_id: str
    name: str = ""
    email: str = ""
    country: str = ""
    language: str = ""


@dataclass(frozen=True, slots=True)
class RightRecord:
    """A right the brand stands on, its number as ``brands.rules.right_number`` writes it."""

    kind: RightKind
    number: str


@dataclass(frozen=True, slots=True)
class ReferenceRecord:
    """A picture of the brand's own material. ``file`` is ``None`` where the picture could not be kept: the brand still
    names it, so what an earlier import kept under that identifier stays."""

    external_id: str
    kind: ReferenceKind
    file: EvidenceFile | None
    name: str = ""


@dataclass(frozen=True, slots=True)
class BrandRecord:
    """One brand. ``name`` may be left out for a brand that is known already."""

    external_id: str
    name: str | None = None
    names: tuple[str, ...] | None = None
    rights_holder: RightsHolderRecord | None = None
    rights: tuple[RightRecord, ...] | None = None
    images: tuple[ReferenceRecord, ...] | None = None
