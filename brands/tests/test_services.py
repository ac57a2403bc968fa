"""Bringing brands in, and in again."""

from datetime import UTC, datetime
from typing import Any

import pytest

from brands.choices import ReferenceKind, RightKind, Script
from brands.errors import UnknownBrand
from brands.models import Brand, BrandName, IPRight, ReferenceImage, RightsHolder
from brands.records import BrandRecord, ReferenceRecord, RightRecord, RightsHolderRecord
from brands.services import upsert_brand
from core.actors import Actor
from core.changes import Change
from core.models import EvidenceFile, JournalEntry
from core.tests.factories import make_evidence_file
from core.tests.together import together

pytestmark = pytest.mark.django_db

ACTOR = Actor(kind="command", ref="import_brands", label="import_brands 명령")
NOW = datetime(2026, 11, 23, 5, 30, tzinfo=UTC)


def bring(record: BrandRecord) -> Change:
    return upsert_brand(record, actor=ACTOR, now=NOW).change


def picture(
    external_id: str, file: EvidenceFile | None, kind: ReferenceKind = ReferenceKind.PRODUCT
) -> ReferenceRecord:
    return ReferenceRecord(external_id, kind, file, name=f"{external_id}.png")


def verbs() -> list[str]:
    entries = JournalEntry.objects.exclude(verb__startswith="core.").order_by("id")
    return list(entries.values_list("verb", flat=True))


def spellings() -> list[str]:
    return list(BrandName.objects.values_list("spelling", flat=True))


def test_a_new_brand_comes_in_whole() -> None:
    file = make_evidence_file(seed=1)
    record = BrandRecord(
        "b1",
        "솔하루",
        names=("Solharu", "솔하루"),
        rights_holder=RightsHolderRecord("h1", "주식회사 가온"),
        rights=(RightRecord(RightKind.TRADEMARK, "4001234560000"),),
        images=(picture("p1", file, ReferenceKind.LOGO),),
    )
    assert bring(record) is Change.CREATED
    brand = Brand.objects.get()
    assert (brand.external_id, brand.name, brand.rights_holder.name) == ("b1", "솔하루", "주식회사 가온")
    assert list(brand.names.values_list("spelling", "script")) == [
        ("솔하루", Script.HANGUL),
        ("Solharu", Script.LATIN),
    ]
    assert list(brand.rights.values_list("kind", "number")) == [("trademark", "4001234560000")]
    assert list(brand.reference_images.values_list("external_id", "kind", "file", "name", "is_active")) == [
        ("p1", "logo", file.pk, "p1.png", True)
    ]
    assert verbs() == ["brands.rights_holder.created", "brands.brand.created"]
    entry = JournalEntry.objects.get(verb="brands.brand.created")
    assert (entry.actor_kind, entry.actor_ref, entry.subject_ref) == ("command", "import_brands", str(brand.pk))


def test_the_same_record_again_changes_nothing() -> None:
    record = BrandRecord(
        "b1",
        "솔하루",
        names=("Solharu",),
        rights=(RightRecord(RightKind.COPYRIGHT, ""),),
        images=(picture("p1", make_evidence_file(seed=1)),),
    )
    bring(record)
    before = verbs()
    assert bring(record) is Change.UNCHANGED
    assert verbs() == before
    counts = [model.objects.count() for model in (Brand, BrandName, IPRight, ReferenceImage, RightsHolder)]
    assert counts == [1, 2, 1, 1, 1]


def test_a_brand_without_a_rights_holder_gets_one_of_its_own_that_follows_its_name() -> None:
    bring(BrandRecord("b1", "솔하루"))
    assert list(RightsHolder.objects.values_list("external_id", "name")) == [("brand:b1", "솔하루")]
    assert bring(BrandRecord("b1", "솔하루 코리아")) is Change.CHANGED
    assert list(RightsHolder.objects.values_list("external_id", "name")) == [("brand:b1", "솔하루 코리아")]


def test_two_brands_of_one_rights_holder_share_it() -> None:
    holder = RightsHolderRecord("h1", "주식회사 가온")
    bring(BrandRecord("b1", "솔하루", rights_holder=holder))
    bring(BrandRecord("b2", "라온비", rights_holder=holder))
    assert RightsHolder.objects.get().brands.count() == 2


def test_a_brand_moves_to_the_rights_holder_that_the_record_names() -> None:
    bring(BrandRecord("b1", "솔하루", rights_holder=RightsHolderRecord("h1", "주식회사 가온")))
    assert bring(BrandRecord("b1", rights_holder=RightsHolderRecord("h2", "새 회사"))) is Change.CHANGED
    assert Brand.objects.get().rights_holder.external_id == "h2"
    entry = JournalEntry.objects.get(verb="brands.brand.changed")
    assert entry.detail.body == {"rights_holder": {"old": "h1", "new": "h2"}}


def test_what_a_record_leaves_out_stays() -> None:
    file = make_evidence_file(seed=1)
    right = RightRecord(RightKind.TRADEMARK, "4001234560000")
    bring(BrandRecord("b1", "솔하루", names=("Solharu",), rights=(right,), images=(picture("p1", file),)))
    assert bring(BrandRecord("b1")) is Change.UNCHANGED
    assert spellings() == ["솔하루", "Solharu"]
    assert ReferenceImage.objects.get().is_active


def test_spellings_that_the_list_names_no_longer_are_removed() -> None:
    bring(BrandRecord("b1", "솔하루", names=("Solharu", "Solhalu")))
    assert bring(BrandRecord("b1", "솔하루", names=("Solharu", "松霞樓"))) is Change.CHANGED
    assert spellings() == ["솔하루", "Solharu", "松霞樓"]
    entry = JournalEntry.objects.get(verb="brands.brand.changed")
    assert entry.detail.body == {"spellings_added": ["松霞樓"], "spellings_removed": ["Solhalu"]}


def test_an_empty_list_of_spellings_leaves_the_name() -> None:
    bring(BrandRecord("b1", "솔하루", names=("Solharu",)))
    bring(BrandRecord("b1", names=()))
    assert spellings() == ["솔하루"]


def test_rights_are_added_and_never_taken_away() -> None:
    first, second = RightRecord(RightKind.TRADEMARK, "4001234560000"), RightRecord(RightKind.DESIGN, "3005728310000")
    bring(BrandRecord("b1", "솔하루", rights=(first,)))
    assert bring(BrandRecord("b1", rights=(second, second))) is Change.CHANGED
    assert list(IPRight.objects.values_list("number", flat=True)) == ["4001234560000", "3005728310000"]


def test_pictures_that_the_list_names_no_longer_are_switched_off_until_it_names_them_again() -> None:
    one, two = picture("p1", make_evidence_file(seed=1)), picture("p2", make_evidence_file(seed=2))
    bring(BrandRecord("b1", "솔하루", images=(one, two)))
    assert bring(BrandRecord("b1", images=(one,))) is Change.CHANGED
    gone = ReferenceImage.objects.get(external_id="p2")
    assert (gone.is_active, gone.withdrawn_at) == (False, NOW)
    assert list(ReferenceImage.objects.in_use().values_list("external_id", flat=True)) == ["p1"]
    assert bring(BrandRecord("b1", images=(one,))) is Change.UNCHANGED
    assert bring(BrandRecord("b1", images=(one, two))) is Change.CHANGED
    assert list(ReferenceImage.objects.values_list("pk", "is_active", "withdrawn_at")) == [
        (gone.pk - 1, True, None),
        (gone.pk, True, None),
    ]


def test_a_picture_that_staff_switched_off_stays_off() -> None:
    record = BrandRecord("b1", "솔하루", images=(picture("p1", make_evidence_file(seed=1)),))
    bring(record)
    ReferenceImage.objects.update(is_active=False)
    assert bring(record) is Change.UNCHANGED
    assert not ReferenceImage.objects.get().is_active


def test_a_picture_whose_bytes_changed_becomes_a_new_row_and_the_old_one_keeps_its_own() -> None:
    old, new = make_evidence_file(seed=1), make_evidence_file(seed=2)
    bring(BrandRecord("b1", "솔하루", images=(picture("p1", old),)))
    assert bring(BrandRecord("b1", images=(picture("p1", new),))) is Change.CHANGED
    assert list(ReferenceImage.objects.values_list("external_id", "file", "is_active", "withdrawn_at")) == [
        ("p1", old.pk, False, NOW),
        ("p1", new.pk, True, None),
    ]
    bring(BrandRecord("b1", images=(picture("p1", old),)))
    assert list(ReferenceImage.objects.values_list("file", "is_active")) == [(old.pk, True), (new.pk, False)]


def test_a_picture_that_could_not_be_kept_leaves_what_was_kept_before() -> None:
    bring(BrandRecord("b1", "솔하루", images=(picture("p1", make_evidence_file(seed=1)),)))
    broken, never_kept = picture("p1", None), picture("p2", None)
    assert bring(BrandRecord("b1", images=(broken, never_kept))) is Change.UNCHANGED
    assert list(ReferenceImage.objects.values_list("external_id", "is_active")) == [("p1", True)]


def test_a_picture_that_changes_its_kind_stays_the_same_row() -> None:
    file = make_evidence_file(seed=1)
    bring(BrandRecord("b1", "솔하루", images=(picture("p1", file),)))
    assert bring(BrandRecord("b1", images=(picture("p1", file, ReferenceKind.LOGO),))) is Change.CHANGED
    assert ReferenceImage.objects.get().kind == ReferenceKind.LOGO


def test_an_unknown_brand_without_a_name_is_refused_and_nothing_is_written() -> None:
    with pytest.raises(UnknownBrand) as refusal:
        bring(BrandRecord("nobody", names=("Nobody",)))
    assert str(refusal.value) == (
        "브랜드 “nobody”을(를) 알 수 없습니다. 이 식별자로 등록된 브랜드가 없습니다. "
        "식별자를 확인해 주세요. 새 브랜드라면 이름(name)도 함께 적어 주세요."
    )
    assert (Brand.objects.count(), RightsHolder.objects.count(), verbs()) == (0, 0, [])


def test_a_brand_takes_the_same_number_of_queries_however_much_it_has(django_assert_num_queries: Any) -> None:
    files = [make_evidence_file(seed=seed) for seed in range(12)]
    bring(BrandRecord("b0", "하나", names=("One",), images=(picture("p1", files[0]),)))
    few = BrandRecord("b1", "둘", names=("Two",), images=(picture("p1", files[1]),))
    many = BrandRecord(
        "b2",
        "셋",
        names=tuple(f"Three{number}" for number in range(50)),
        images=tuple(picture(f"p{number}", file) for number, file in enumerate(files)),
    )
    with django_assert_num_queries(22):
        bring(few)
    with django_assert_num_queries(22):
        bring(many)
    with django_assert_num_queries(6):
        bring(many)


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_one_brand_brought_in_eight_times_at_once_ends_as_one_of_the_records_says() -> None:
    files = [make_evidence_file(seed=seed) for seed in range(8)]

    def bring_one(number: int) -> Change:
        names, images = (f"Name{number}",), (picture(f"p{number}", files[number]),)
        holder = RightsHolderRecord(f"h{number}", f"권리자 {number}")
        return bring(BrandRecord("b1", "솔하루", names=names, rights_holder=holder, images=images))

    changes = together(*[lambda number=number: bring_one(number) for number in range(8)])
    assert sorted(changes) == ["changed"] * 7 + ["created"]
    last = Brand.objects.get().rights_holder.external_id.removeprefix("h")
    assert spellings() == ["솔하루", f"Name{last}"]
    assert list(ReferenceImage.objects.in_use().values_list("external_id", flat=True)) == [f"p{last}"]
    assert ReferenceImage.objects.count() == 8
