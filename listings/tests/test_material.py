"""The brands' material: what it consists of, and that its name changes whenever it does."""

from collections.abc import Callable

import pytest
from django.utils import timezone

from brands.models import Brand, BrandName, ReferenceImage
from brands.tests.factories import make_brand, make_reference_image
from core.models import EvidenceFile
from core.tests.factories import make_evidence_file
from listings import material
from listings.material import MaterialKeys, material_keys, material_version, pictures, spellings
from listings.models import PictureFingerprint
from matching import FINGERPRINT_VERSION, BrandSpelling

pytestmark = pytest.mark.django_db


@pytest.fixture
def brand() -> Brand:
    return make_brand("누벨하니", names=("Nouvelhani",), images=[make_evidence_file(seed=seed) for seed in (1, 2)])


def withdraw(brand: Brand) -> None:
    now = timezone.now()
    brand.reference_images.filter(pk=first_image(brand).pk).update(is_active=False, withdrawn_at=now, updated_at=now)


def first_image(brand: Brand) -> ReferenceImage:
    return brand.reference_images.order_by("pk")[0]


def switch_off(brand: Brand) -> None:
    image = first_image(brand)
    image.is_active = False
    image.save()


def switch_off_in_a_late_transaction(brand: Brand) -> None:
    """Committed after a later change of another row: the latest change stays where it was."""
    brand.reference_images.filter(pk=first_image(brand).pk).update(is_active=False)


def unprotect(brand: Brand) -> None:
    brand.is_protected = False
    brand.save()


def rename_spelling(brand: Brand) -> None:
    brand.names.filter(spelling="Nouvelhani").delete()
    BrandName.objects.create(brand=brand, spelling="Nouvel Hani", script="latin")


CHANGES: dict[str, Callable[[Brand], object]] = {
    "a new picture": lambda brand: make_reference_image(brand, file=make_evidence_file(seed=3)),
    "a picture switched off": switch_off,
    "a picture switched off in a late transaction": switch_off_in_a_late_transaction,
    "a picture withdrawn": withdraw,
    "a new spelling": lambda brand: BrandName.objects.create(brand=brand, spelling="New", script="latin"),
    "a spelling less": lambda brand: brand.names.filter(spelling="Nouvelhani").delete(),
    "one spelling for another": rename_spelling,
    "a brand that is protected no more": unprotect,
    "a new brand": lambda _: make_brand("다른 브랜드"),
}


@pytest.mark.parametrize("change", CHANGES)
def test_every_change_of_the_material_gives_it_another_name(brand: Brand, change: str) -> None:
    before = material_version()
    assert material_version() == before

    CHANGES[change](brand)

    assert material_version() != before


def test_another_engine_is_another_material(brand: Brand, monkeypatch: pytest.MonkeyPatch) -> None:
    before = material_version()
    monkeypatch.setattr(material, "ENGINE_VERSION", "next")

    assert material_version() != before


def test_the_material_is_what_protected_brands_use_now(brand: Brand) -> None:
    off = make_brand("꺼진 브랜드", images=[make_evidence_file(seed=9)])
    unprotect(off)
    kept, gone = brand.reference_images.order_by("-pk")
    switch_off(brand)

    key = str(brand.pk)
    assert list(spellings()) == [BrandSpelling(key, "누벨하니"), BrandSpelling(key, "Nouvelhani")]
    assert [(picture.key, picture.brand) for picture in pictures()] == [(str(kept.pk), key)]
    assert material_keys() == MaterialKeys(
        pictures=frozenset({str(kept.pk)}), spellings=frozenset({(key, "누벨하니"), (key, "Nouvelhani")})
    )
    assert str(gone.pk) not in material_keys().pictures


def test_pictures_are_read_in_batches_and_by_name(brand: Brand, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(material, "_BATCH", 2)
    for seed in (3, 4, 5):
        make_reference_image(brand, file=make_evidence_file(seed=seed))
    keys = [str(image.pk) for image in brand.reference_images.order_by("pk")]

    assert [picture.key for picture in pictures()] == keys
    assert [picture.key for picture in pictures(only=frozenset(keys[1:3]))] == keys[1:3]


def test_a_picture_that_the_engine_cannot_read_is_left_out(brand: Brand) -> None:
    file: EvidenceFile = first_image(brand).file
    PictureFingerprint.objects.create(
        sha256=file.sha256, engine_version=FINGERPRINT_VERSION, problem="UnreadablePicture"
    )

    assert len(list(pictures())) == 1
    assert len(material_keys().pictures) == 2
