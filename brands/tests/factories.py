"""Rights holders, brands and their material for tests."""

from collections.abc import Sequence
from itertools import count
from typing import Any

from brands.choices import ReferenceKind, RightKind, Script
from brands.models import Brand, BrandName, IPRight, ReferenceImage, RightsHolder
from core.models import EvidenceFile
from core.tests.factories import make_evidence_file

_numbers = count(1)


def make_rights_holder(external_id: str = "", **fields: Any) -> RightsHolder:
    number = next(_numbers)
    return RightsHolder.objects.create(
        external_id=external_id or f"holder-{number}", **{"name": f"권리자 {number}"} | fields
    )


def make_brand(
    name: str = "",
    *,
    names: Sequence[str] = (),
    rights_holder: RightsHolder | None = None,
    images: Sequence[EvidenceFile] = (),
    **fields: Any,
) -> Brand:
    """A protected brand with its own name and ``names`` as spellings, and a product picture for each of ``images``."""
    number = next(_numbers)
    defaults: dict[str, Any] = {"external_id": f"brand-{number}", "name": name or f"브랜드{number}"} | fields
    brand = Brand.objects.create(rights_holder=rights_holder or make_rights_holder(), **defaults)
    for spelling in dict.fromkeys((brand.name, *names)):
        BrandName.objects.create(brand=brand, spelling=spelling, script=_script(spelling))
    for position, file in enumerate(images, start=1):
        make_reference_image(brand, file=file, external_id=f"{brand.external_id}-image-{position}")
    return brand


def _script(spelling: str) -> Script:
    return Script.LATIN if spelling.isascii() else Script.HANGUL


def make_right(brand: Brand, **fields: Any) -> IPRight:
    return IPRight.objects.create(brand=brand, **{"kind": RightKind.TRADEMARK, "number": "4012345670000"} | fields)


def make_reference_image(brand: Brand, *, file: EvidenceFile | None = None, **fields: Any) -> ReferenceImage:
    number = next(_numbers)
    defaults = {"external_id": f"image-{number}", "kind": ReferenceKind.PRODUCT, "name": f"기준-{number}.png"} | fields
    return ReferenceImage.objects.create(brand=brand, file=file or make_evidence_file(seed=number), **defaults)
