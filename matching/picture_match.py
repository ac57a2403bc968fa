"""From a picture's fingerprint to scored candidates. Promises the best transform for each reference, and a reason in
words.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from matching.fingerprint import VARIANT_COUNT, VARIANTS, PictureFingerprint
from matching.picture_rows import Hits, PictureRows, as_words
from matching.transform import WHOLE, Box, Transform

HASH_BITS: Final = 256
# Bits apart up to which a pair is a candidate at all.
RADIUS: Final = 64
# (distance in bits, score): between them the score is a straight line. Of 3.9 million pairs of photographs of clothes
# and groceries, each in eight variants, none is within 31 bits, 4 within 58, 6 within 60 and 13 within 64: one scene
# twice, or garments laid out alike. Copies with a banner or stickers on them lie around 47.
SAME_BITS: Final = 31
_SCORES: Final = ((0, 1.0), (SAME_BITS, 0.85), (58, 0.50), (RADIUS, 0.30))
# Under this quality a picture is so plain that its hash says little (PDQ's own advice is 50 for whole photographs).
_PLAIN_QUALITY: Final = 30
# What the pictures that were looked among are called in a sentence.
BRANDS_PICTURE: Final = "브랜드 사진과"


@dataclass(frozen=True, slots=True)
class PictureCandidate:
    """A reference that the picture may be.

    `score` 0..1; `distance` in bits 0..256; `transform` lays the listing's picture over the reference; `why` in Korean.
    """

    reference: str
    brand: str
    score: float
    distance: int
    transform: Transform
    why: str


def match_pictures(
    rows: Iterable[PictureRows],
    fingerprints: Sequence[PictureFingerprint],
    limit: int,
    *,
    compared_with: str = BRANDS_PICTURE,
) -> list[tuple[PictureCandidate, ...]]:
    """The best candidates of each picture, best first, at most `limit`, each reference once.

    `compared_with`: what the reasons call the references, with its particle.
    """
    best: list[dict[str, PictureCandidate]] = [{} for _ in fingerprints]
    parts = [(place, is_trimmed) for place, each in enumerate(fingerprints) for is_trimmed in _parts(each)]
    if not parts:
        return [() for _ in fingerprints]
    queries = as_words(b"".join(_hashes(fingerprints[place], is_trimmed=part) for place, part in parts))
    for part in rows:
        hits = part.search(queries, RADIUS)
        for query, row, distance in _in_order(hits):
            if part.hidden and part.keys[int(part.row_reference[row])] in part.hidden:
                continue
            place, is_trimmed = parts[query // VARIANT_COUNT]
            candidate = _candidate(
                part, fingerprints[place], query % VARIANT_COUNT, row, distance, compared_with, is_trimmed=is_trimmed
            )
            known = best[place].get(candidate.reference)
            if known is None or candidate.score > known.score:
                best[place][candidate.reference] = candidate
    return [tuple(sorted(each.values(), key=_rank)[:limit]) for each in best]


def _rank(candidate: PictureCandidate) -> tuple[float, int, str]:
    return (-candidate.score, candidate.distance, candidate.reference)


def _parts(fingerprint: PictureFingerprint) -> tuple[bool, ...]:
    return (False, True) if fingerprint.is_trimmed else (False,)


def _hashes(fingerprint: PictureFingerprint, *, is_trimmed: bool) -> bytes:
    return fingerprint.trimmed if is_trimmed else fingerprint.whole


def _in_order(hits: Hits) -> Iterable[tuple[int, int, int]]:
    """Nearest first, and the plainest transform first among equals, so that a symmetrical picture is not called
    mirrored.
    """
    order = np.lexsort((hits.row, hits.query % VARIANT_COUNT, hits.distance))
    return zip(hits.query[order].tolist(), hits.row[order].tolist(), hits.distance[order].tolist(), strict=True)


def _candidate(
    rows: PictureRows,
    fingerprint: PictureFingerprint,
    variant: int,
    row: int,
    distance: int,
    compared_with: str,
    *,
    is_trimmed: bool,
) -> PictureCandidate:
    reference = int(rows.row_reference[row])
    rotation, mirrored = VARIANTS[variant]
    source_box: Box = fingerprint.trim_box if is_trimmed else WHOLE
    transform = Transform(rotation, mirrored, source_box, rows.box(row))
    quality = min(rows.quality(row), fingerprint.trimmed_quality if is_trimmed else fingerprint.quality)
    is_plain = quality < _PLAIN_QUALITY
    return PictureCandidate(
        reference=rows.keys[reference],
        brand=rows.brands[reference],
        score=_score(distance, quality),
        distance=distance,
        transform=transform,
        why=_why(compared_with, transform, distance, is_plain=is_plain),
    )


def _score(distance: int, quality: int) -> float:
    score = float(np.interp(distance, [point[0] for point in _SCORES], [point[1] for point in _SCORES]))
    return round(score * min(1.0, quality / _PLAIN_QUALITY), 4)


def _why(compared_with: str, transform: Transform, distance: int, *, is_plain: bool) -> str:
    steps = _steps(transform)
    likeness = "거의 같습니다" if distance <= SAME_BITS else "비슷합니다"
    sentence = f"{compared_with} {steps}{likeness}(차이 {distance}/{HASH_BITS})."
    if is_plain:
        sentence += " 다만 무늬가 거의 없는 사진이어서 우연히 비슷할 수 있습니다."
    return sentence


def _steps(transform: Transform) -> str:
    """The steps in words, ending so that '거의 같습니다' can follow."""
    has_border = transform.source_box != WHOLE or transform.reference_box != WHOLE
    is_flipped = transform.mirrored and transform.rotation == 180
    # Each step where another follows, and where it is the last.
    possible = (
        (has_border, "테두리를 빼고", "테두리를 빼면"),
        (is_flipped, "위아래를 뒤집고", "위아래를 뒤집으면"),
        (transform.mirrored and not is_flipped, "좌우를 뒤집고", "좌우를 뒤집으면"),
        (transform.rotation and not is_flipped, "", f"시계 방향으로 {transform.rotation}도 돌리면"),
    )
    steps = [(before, last) for applies, before, last in possible if applies]
    return "".join(f"{step} " for step in (*(before for before, _ in steps[:-1]), *(last for _, last in steps[-1:])))
