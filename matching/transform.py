"""How one picture is laid over another. Promises exact inverses and a plain form for JSON columns."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Self

Box = tuple[float, float, float, float]

WHOLE: Box = (0.0, 0.0, 1.0, 1.0)
ROTATIONS = (0, 90, 180, 270)


@dataclass(frozen=True, slots=True)
class Transform:
    """The steps that lay the listing's picture over the brand's reference.

    Cut `source_box` out of the listing's picture, mirror it left to right if `mirrored`, turn it `rotation` degrees
    clockwise, and stretch it over `reference_box` of the reference. The order matters: first mirror, then turn.

    Boxes are (left, top, right, bottom) as fractions 0..1 of each picture as it is shown, before any step.
    """

    rotation: int = 0
    mirrored: bool = False
    source_box: Box = WHOLE
    reference_box: Box = WHOLE

    def __post_init__(self) -> None:
        if self.rotation not in ROTATIONS:
            raise ValueError(f"rotation is one of {ROTATIONS}, not {self.rotation!r}")
        for box in (self.source_box, self.reference_box):
            left, top, right, bottom = box
            if not (0 <= left < right <= 1 and 0 <= top < bottom <= 1):
                raise ValueError(f"a box is (left, top, right, bottom) within 0..1, not {box!r}")

    @property
    def is_identity(self) -> bool:
        """True where the picture lies on the reference as it is."""
        return self == Transform()

    def inverse(self) -> "Transform":
        """The steps that lay the reference over the listing's picture."""
        # A mirrored turn is its own inverse: turning back and mirroring equals mirroring and turning on.
        rotation = self.rotation if self.mirrored else -self.rotation % 360
        return Transform(rotation, self.mirrored, self.reference_box, self.source_box)

    def to_json(self) -> dict[str, object]:
        """Plain values for a JSON column; `from_json` gives the same transform back."""
        return {
            "rotation": self.rotation,
            "mirrored": self.mirrored,
            "source_box": list(self.source_box),
            "reference_box": list(self.reference_box),
        }

    @classmethod
    def from_json(cls, values: Mapping[str, object]) -> Self:
        """Reads what `to_json` wrote. Raises ValueError for anything else."""
        try:
            rotation, mirrored = values["rotation"], values["mirrored"]
            boxes = _box(values["source_box"]), _box(values["reference_box"])
        except KeyError as missing:
            raise ValueError(f"a transform needs {missing}") from None
        if not isinstance(rotation, int) or not isinstance(mirrored, bool):
            raise ValueError("rotation is a whole number, mirrored is true or false")
        return cls(rotation, mirrored, *boxes)


def _box(value: object) -> Box:
    if not isinstance(value, Sequence) or isinstance(value, str) or len(value) != 4:
        raise ValueError(f"a box has four numbers, not {value!r}")
    left, top, right, bottom = (float(number) for number in value)
    return (left, top, right, bottom)
