"""A brand with one drawn picture, and copies of it, for tests of screening."""

from collections.abc import Mapping
from io import BytesIO

from PIL import Image, ImageOps

from brands.models import Brand
from brands.tests.factories import make_brand
from core.models import EvidenceFile
from core.rule_values import RuleValues
from core.tests.factories import draw_picture, make_evidence_file
from listings.models import Listing, ListingVersion
from listings.rules import FIRST_VALUES


def mirrored(data: bytes) -> bytes:
    """The picture turned left to right and saved again, as a seller would disguise it."""
    out = BytesIO()
    ImageOps.mirror(Image.open(BytesIO(data)).convert("RGB")).save(out, "JPEG", quality=80)
    return out.getvalue()


def original(seed: int = 7) -> EvidenceFile:
    return make_evidence_file(draw_picture(seed, size=(400, 400)))


def copy_of(seed: int = 7) -> EvidenceFile:
    return make_evidence_file(mirrored(draw_picture(seed, size=(400, 400))))


def make_copied_brand() -> Brand:
    """누벨하니, whose one picture is ``original()``."""
    return make_brand("누벨하니", names=("Nouvelhani",), images=[original()])


def shown(listing: Listing) -> ListingVersion:
    """The version that a listing shows now."""
    assert listing.current_version is not None
    return listing.current_version


def rules_with(changes: Mapping[str, object]) -> RuleValues:
    """The area's numbers with some of them changed."""
    return RuleValues(area="listings", version=1, values={**FIRST_VALUES, **changes})
