"""Matches as screening leaves them, for tests."""

from collections.abc import Sequence
from datetime import UTC, datetime
from itertools import count
from typing import Any, Final

from brands.models import Brand
from brands.tests.factories import make_brand, make_right
from core.actors import USER, Actor
from core.tests.factories import make_evidence_file
from listings.choices import MatchStatus, Verdict
from listings.models import Listing, ListingVersion, Match, ScreeningRun
from listings.tests.factories import make_listing

NOW: Final = datetime(2026, 11, 23, 5, 30, tzinfo=UTC)
MINA: Final = Actor(kind=USER, ref="1", label="김미나")
JUNHO: Final = Actor(kind=USER, ref="2", label="박준호")

_numbers = count(1)


def make_match(
    *,
    listing: Listing | None = None,
    version: ListingVersion | None = None,
    brand: Brand | None = None,
    signals: Sequence[dict[str, Any]] | None = None,
    score: float = 0.93,
    **fields: Any,
) -> Match:
    """An open match of a listing's current version with a brand: one picture, one disguised name, one code word.

    The brand has a trademark and a reference picture; the listing says the disguised name in its title.
    """
    number = next(_numbers)
    brand = brand or make_match_brand()
    if version is None:
        listing = listing or make_suspect_listing(brand)
        version = listing.current_version
    assert version is not None
    run = ScreeningRun.objects.get_or_create(
        version=version, engine_version="1", material="0" * 64, defaults={"verdict": Verdict.REVIEW, "score": score}
    )[0]
    if signals is None:
        signals = signals_of(version, brand, score=score)
    defaults: dict[str, Any] = {"verdict": Verdict.REVIEW, "status": MatchStatus.OPEN, "note": ""} | fields
    return Match.objects.create(
        version=version, brand=brand, run=run, score=score - number * 1e-9, signals=list(signals), **defaults
    )


def make_match_brand(name: str = "솔하루", **fields: Any) -> Brand:
    """A brand with a trademark and one reference picture."""
    brand = make_brand(name, images=[make_evidence_file(seed=next(_numbers))], **fields)
    make_right(brand, number="4012345670000")
    return brand


def make_suspect_listing(brand: Brand, **fields: Any) -> Listing:
    """A listing with one picture whose title hides the brand's name and whose description has a code word."""
    name = ".".join(brand.name)
    defaults: dict[str, Any] = {
        "images": [make_evidence_file(seed=next(_numbers))],
        "description": "미러급 상품입니다.",
    }
    return make_listing(f"{name} 크림 세트", **(defaults | fields))


def signals_of(version: ListingVersion, brand: Brand, *, score: float = 0.93) -> list[dict[str, Any]]:
    """Signals with the right offsets and keys, as screening writes them."""
    found: list[dict[str, Any]] = []
    image, reference = version.images.first(), brand.reference_images.first()
    if image is not None and reference is not None:
        found.append(
            {
                "kind": "image",
                "reference": reference.external_id,
                "reference_id": reference.pk,
                "image": image.name,
                "image_id": image.pk,
                "score": score,
                "distance": 12,
                "transform": {
                    "rotation": 0,
                    "mirrored": True,
                    "source_box": [0.0, 0.0, 1.0, 1.0],
                    "reference_box": [0.0, 0.0, 1.0, 1.0],
                },
                "why": "브랜드 사진과 좌우를 뒤집으면 거의 같습니다(차이 12/256).",
                "is_rejected": False,
            }
        )
    hidden = ".".join(brand.name)
    if hidden in version.title:
        found.append(_name_signal(version, brand, hidden))
    if "미러급" in version.description:
        start = version.description.index("미러급")
        where = {"field": "description", "start": start, "end": start + 3}
        why = "‘미러급’은 위조상품을 뜻하는 말입니다."
        found.append({"kind": "code_word", "found": "미러급", **where, "score": 0.6, "why": why})
    return found


def _name_signal(version: ListingVersion, brand: Brand, hidden: str) -> dict[str, Any]:
    start = version.title.index(hidden)
    return {
        "kind": "text",
        "name": brand.name,
        "found": hidden,
        "field": "title",
        "start": start,
        "end": start + len(hidden),
        "score": 0.88,
        "disguises": ["symbols"],
        "is_rejected": False,
        "why": f"‘{hidden}’는 기호를 끼워 ‘{brand.name}’을(를) 감춘 표기입니다.",
    }
