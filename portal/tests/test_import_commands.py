"""The two import commands, on good files and on every kind of bad one."""

import csv
import io
import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import DataError, OperationalError, connection
from django.test.utils import CaptureQueriesContext

from accounts.models import Marketplace
from accounts.tests.factories import make_marketplace
from brands.models import Brand, BrandName, ReferenceImage
from core.models import EvidenceFile, Job, JournalEntry
from core.tests import hostile
from core.tests.factories import draw_picture, make_evidence_file
from listings.models import Listing, ListingVersion
from listings.services import upsert_listing
from portal.imports import importers, run
from sellers.models import Authorisation, Seller

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def market() -> Marketplace:
    return make_marketplace()


@pytest.fixture
def pictures(tmp_path: Path) -> Path:
    """A folder with five good pictures, kept already so that no test waits for the pool, and bad ones beside them."""
    folder = tmp_path / "pictures"
    folder.mkdir()
    for seed in range(1, 6):
        (folder / f"{seed}.png").write_bytes(draw_picture(seed))
        make_evidence_file(seed=seed)
    (folder / "truncated.jpg").write_bytes(draw_picture(9, picture_format="JPEG")[:-400])
    (folder / "disguised.jpg").write_bytes(b"<!doctype html><title>no picture</title>")
    (folder / "bomb.png").write_bytes(hostile.png_that_claims(60_000, 60_000))
    (folder / "empty.png").write_bytes(b"")
    (tmp_path / "outside.png").write_bytes(draw_picture(8))
    return folder


@pytest.fixture
def start(tmp_path: Path) -> Callable[..., tuple[str, list[str]]]:
    """Run a command on rows (a table's lines or objects); what it wrote to the terminal and what it complained of."""

    def start_command(name: str, rows: Any, *, file: str = "rows.jsonl", **options: Any) -> tuple[str, list[str]]:
        path = tmp_path / file
        if not isinstance(rows, bytes):
            rows = "\n".join(row if isinstance(row, str) else json.dumps(row, ensure_ascii=False) for row in rows)
            rows = rows.encode()
        path.write_bytes(rows)
        output, errors = io.StringIO(), io.StringIO()
        try:
            call_command(name, path, stdout=output, stderr=errors, no_color=True, **options)
        finally:
            start_command.complaints = errors.getvalue().splitlines()  # type: ignore[attr-defined]
        return output.getvalue(), errors.getvalue().splitlines()

    return start_command


def listing(external_id: str, **changes: Any) -> dict[str, Any]:
    return {
        "id": external_id,
        "url": f"https://market.example/item/{external_id}",
        "title": f"가방 {external_id}",
        "description": "새 상품",
        "price": "12900",
        "currency": "KRW",
        "category": "잡화",
        "seller": {"id": "s1", "name": "상점"},
        "images": [],
        "posted_at": "2026-11-20T10:00:00+09:00",
    } | changes


def listed() -> list[str]:
    return sorted(Listing.objects.values_list("external_id", flat=True))


def lines_of(complaints: Sequence[str]) -> list[int]:
    return [int(complaint.partition("행:")[0]) for complaint in complaints]


def own_verbs() -> list[str]:
    entries = JournalEntry.objects.exclude(verb__startswith="core.").order_by("id")
    return list(entries.values_list("verb", flat=True))


# -- listings -------------------------------------------------------------------------------------------------------


def test_listings_come_in_with_their_sellers_and_pictures(start: Any, pictures: Path) -> None:
    rows = [listing("i1", images=["2.png", "1.png"], sold_count=3), listing("i2", images=["1.png"])]
    output, complaints = start("import_listings", rows, images=pictures)
    assert output == "상품 2건을 읽었습니다. 새로 2 · 바뀜 0 · 그대로 0 · 실패 0\n"
    assert complaints == []
    version = Listing.objects.get(external_id="i1").current_version
    assert version is not None
    assert list(version.images.values_list("name", flat=True)) == ["2.png", "1.png"]
    assert Seller.objects.get().shop_name == "상점"
    assert own_verbs() == ["sellers.seller.created"] + ["listings.listing.imported", "listings.version.captured"] * 2
    entry = JournalEntry.objects.filter(verb="listings.listing.imported").latest("id")
    assert (entry.actor_kind, entry.actor_ref) == ("command", "import_listings")


def test_the_same_file_again_doubles_nothing_and_asks_for_no_screening(start: Any, pictures: Path) -> None:
    rows = [listing("i1", images=["1.png"]), listing("i2")]
    start("import_listings", rows, images=pictures)
    before = (own_verbs(), Job.objects.count())
    output, _ = start("import_listings", rows, images=pictures)
    assert output == "상품 2건을 읽었습니다. 새로 0 · 바뀜 0 · 그대로 2 · 실패 0\n"
    assert (Listing.objects.count(), ListingVersion.objects.count(), Seller.objects.count()) == (2, 2, 1)
    assert (own_verbs(), Job.objects.count()) == before


def test_changed_content_is_a_new_version_and_returning_content_the_earlier_one(start: Any) -> None:
    start("import_listings", [listing("i1")])
    output, _ = start("import_listings", [listing("i1", title="손가방")])
    assert output == "상품 1건을 읽었습니다. 새로 0 · 바뀜 1 · 그대로 0 · 실패 0\n"
    output, _ = start("import_listings", [listing("i1")])
    assert output == "상품 1건을 읽었습니다. 새로 0 · 바뀜 1 · 그대로 0 · 실패 0\n"
    assert ListingVersion.objects.count() == 2
    version = Listing.objects.get().current_version
    assert version is not None
    assert (version.number, version.title) == (1, "가방 i1")


def test_what_is_new_or_changed_is_to_be_screened_in_chunks(start: Any) -> None:
    rows = [listing(f"i{number}") for number in range(120)]
    start("import_listings", rows)
    jobs = list(Job.objects.filter(kind="listings.screen").order_by("id"))
    assert [len(job.payload["versions"]) for job in jobs] == [50, 50, 20]
    wanted = [version for job in jobs for version in job.payload["versions"]]
    assert sorted(wanted) == sorted(ListingVersion.objects.values_list("pk", flat=True))
    start("import_listings", [*rows[:3], listing("i3", price="1")])
    last = Job.objects.filter(kind="listings.screen").latest("id")
    assert last.payload == {"versions": [Listing.objects.get(external_id="i3").current_version_id]}


def test_every_bad_row_is_told_by_its_line_and_the_rest_comes_in(start: Any, pictures: Path) -> None:
    rows = [
        listing("good1", images=["1.png"]),
        '{"id": "broken", ',
        listing("free", price="무료"),
        listing("truncated", images=["1.png", "truncated.jpg"]),
        listing("disguised", images=["disguised.jpg"]),
        listing("bomb", images=["bomb.png"]),
        listing("empty", images=["empty.png"]),
        listing("missing", images=["없음.png"]),
        listing("outside", images=["../outside.png"]),
        listing("absolute", images=["/etc/hostname"]),
        listing("good1", title="두 번째"),
        listing("nul", title="가\0방"),
        json.dumps(listing("surrogate", title="\ud800")),
        listing("long", title="가" * 501),
        listing("good2", images=["2.png"]),
    ]
    output, complaints = start("import_listings", rows, images=pictures)
    assert listed() == ["good1", "good2"]
    assert ListingVersion.objects.get(listing__external_id="good1").title == "가방 good1"
    assert output == "상품 15건을 읽었습니다. 새로 2 · 바뀜 0 · 그대로 0 · 실패 13\n"
    assert lines_of(complaints) == list(range(2, 15))
    expected = {
        2: "JSON을 읽을 수 없습니다.",
        3: "가격 “무료”를 읽을 수 없습니다.",
        4: "손상된 파일입니다: truncated.jpg",
        5: "파일의 이름과 내용이 다릅니다: disguised.jpg",
        6: "사진의 화소가 너무 많습니다: bomb.png",
        7: "빈 파일입니다: empty.png",
        8: "사진 파일 “없음.png”을(를) 찾을 수 없습니다.",
        9: "사진 파일 “../outside.png”을(를) 읽지 않았습니다.",
        10: "사진 파일 “/etc/hostname”을(를) 읽지 않았습니다.",
        11: "식별자(id) “good1”이 한 파일에 두 번 있습니다. 1행에서 이미 가져왔습니다.",
        12: "제목(title)을 읽을 수 없습니다. 저장할 수 없는 NUL 문자",
        13: "제목(title)을 읽을 수 없습니다. 짝이 없는 서로게이트 문자",
        14: "제목(title)이 너무 깁니다.",
    }
    for complaint in complaints:
        line, _, message = complaint.partition("행: ")
        assert message.startswith(expected[int(line)])
    # Of what was refused nothing is left: no seller, no listing, no file but the good ones.
    assert Seller.objects.count() == 1
    assert EvidenceFile.objects.count() == 5


def test_every_broken_picture_of_a_row_is_named(start: Any, pictures: Path) -> None:
    rows = [listing("i1", images=["truncated.jpg", "1.png", "없음.png"]), listing("i2")]
    _, complaints = start("import_listings", rows, images=pictures)
    assert [complaint[:25] for complaint in complaints] == [
        "1행: 손상된 파일입니다: truncated.j"[:25],
        "1행: 사진 파일 “없음.png”을(를) 찾을 수 없습니다."[:25],
    ]


def test_a_row_whose_first_of_two_failed_comes_in(start: Any) -> None:
    _, complaints = start("import_listings", [listing("i1", price="무료"), listing("i1")])
    assert lines_of(complaints) == [1]
    assert listed() == ["i1"]


def test_a_second_row_of_one_identifier_is_told_across_batches(start: Any) -> None:
    rows = [listing(f"i{number}") for number in range(run.BATCH_ROWS + 5)] + [listing("i3", title="나중")]
    _, complaints = start("import_listings", rows)
    assert complaints == [
        f"{run.BATCH_ROWS + 6}행: 식별자(id) “i3”이 한 파일에 두 번 있습니다. 4행에서 이미 가져왔습니다. "
        "맞는 행 하나만 남겨 다시 가져와 주세요."
    ]


def test_a_listing_that_changed_its_seller_is_told_and_leaves_no_seller_behind(start: Any) -> None:
    start("import_listings", [listing("i1")])
    other = listing("i1", title="손가방", seller={"id": "s2", "name": "다른 상점"})
    _, complaints = start("import_listings", [other, listing("i2")])
    assert len(complaints) == 1
    assert complaints[0].startswith("1행: 상품 “i1”의 판매자가 바뀌어 가져오지 않았습니다.")
    assert list(Seller.objects.values_list("external_id", flat=True)) == ["s1"]
    assert ListingVersion.objects.get(listing__external_id="i1").title == "가방 i1"


def test_a_seller_is_what_its_last_row_says(start: Any) -> None:
    names = ["상점", "새 상점", "상점"]
    rows = [listing(f"i{n}", seller={"id": "s1", "name": name}) for n, name in enumerate(names)]
    start("import_listings", rows)
    assert Seller.objects.get().shop_name == "상점"
    assert own_verbs().count("sellers.seller.changed") == 2


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp949"])
def test_a_table_of_listings_comes_in_in_every_encoding(start: Any, pictures: Path, encoding: str) -> None:
    table = io.StringIO(newline="")
    writer = csv.writer(table)
    heading = "id,url,title,description,price,currency,category,seller_id,seller_name,seller_email,images,posted_at"
    writer.writerow(heading.split(","))
    rest = ["KRW", "잡화", "s1", "똠방 상점", "a@b.example", "1.png|2.png", "2026.11.20"]
    writer.writerow(["i1", "https://m.example/1", "가방, 새것", "첫 줄\n둘째 줄", "12,900", *rest])
    writer.writerow(["i2", "https://m.example/2", "신발", "", "무료", *rest])
    writer.writerow(["i3", "https://m.example/3", "모자", "", "1000.0", *rest])
    output, complaints = start("import_listings", table.getvalue().encode(encoding), file="rows.csv", images=pictures)
    assert output.startswith("상품 3건을 읽었습니다. 새로 2 · 바뀜 0 · 그대로 0 · 실패 1\n")
    assert lines_of(complaints) == [4]
    version = ListingVersion.objects.get(listing__external_id="i1")
    assert (version.title, version.description, version.price_minor) == ("가방, 새것", "첫 줄\n둘째 줄", 12_900)
    assert version.images.count() == 2
    assert Seller.objects.get().shop_name == "똠방 상점"


def test_items_that_nobody_reads_are_counted_once_in_the_summary(start: Any) -> None:
    rows = [listing("i1", brand="없는 브랜드", color="빨강"), listing("i2", brand="나래")]
    output, complaints = start("import_listings", rows)
    assert output.splitlines()[1] == "모르는 항목은 건너뛰었습니다. “brand” 2건, “color” 1건"
    assert complaints == []
    assert listed() == ["i1", "i2"]


def test_bad_rows_are_gathered_in_a_table_that_a_spreadsheet_reads_and_does_not_run(start: Any, tmp_path: Path) -> None:
    path = tmp_path / "errors.csv"
    start("import_listings", [listing("i1"), listing("=1+1", price="무료"), '{"id": '], errors=path)
    content = path.read_bytes()
    assert content.startswith(b"\xef\xbb\xbf")
    rows = list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline="")))
    assert rows == [
        ["행", "식별자", "문제", "이유", "할 일"],
        [
            "2",
            "'=1+1",
            "가격 “무료”를 읽을 수 없습니다.",
            "숫자로 된 금액이 아닙니다.",
            "12900 또는 12.90처럼 숫자와 소수점만 입력해 주세요.",
        ],
        [
            "3",
            "",
            "JSON을 읽을 수 없습니다.",
            "7번째 글자에서 JSON 문법이 깨져 있습니다.",
            "이 줄을 고쳐 다시 가져와 주세요.",
        ],
    ]


def test_a_file_of_which_nothing_came_in_ends_with_an_error(start: Any) -> None:
    with pytest.raises(CommandError, match="들어간 행이 하나도 없습니다") as error:
        start("import_listings", [listing("i1", price="무료")])
    assert error.value.returncode == 1
    assert lines_of(start.complaints) == [1]


def test_a_table_without_rows_is_no_error(start: Any) -> None:
    output, _ = start("import_listings", b"id,url,title,price,currency,seller_id,seller_name\n", file="rows.csv")
    assert output == "상품: 읽은 행이 없습니다.\n"


@pytest.mark.parametrize("options", [{"marketplace": "nowhere"}, {"images": Path("/nowhere")}])
def test_a_run_that_cannot_start_says_why(start: Any, options: dict[str, Any]) -> None:
    with pytest.raises(CommandError, match="찾을 수 없습니다"):
        start("import_listings", [listing("i1")], **options)
    assert listed() == []


def test_the_marketplace_must_be_named_where_there_are_two(start: Any) -> None:
    make_marketplace("other")
    with pytest.raises(CommandError, match="--marketplace로 market, other 가운데 하나를 지정해"):
        start("import_listings", [listing("i1")])
    start("import_listings", [listing("i1")], marketplace="other")
    assert Listing.objects.get().marketplace.slug == "other"


def test_a_value_that_only_the_database_refuses_spoils_its_own_row(start: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    upsert = upsert_listing

    def upsert_unless_odd(record: Any, **options: Any) -> Any:
        if record.external_id == "odd":
            raise DataError("value out of range")
        return upsert(record, **options)

    monkeypatch.setattr(importers, "upsert_listing", upsert_unless_odd)
    _, complaints = start("import_listings", [listing("i1"), listing("odd"), listing("i2")])
    assert listed() == ["i1", "i2"]
    assert complaints[0].startswith("2행: 행을 저장하지 못했습니다.")


def test_a_database_that_fails_stops_the_run_and_keeps_what_is_in(start: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    upsert = upsert_listing

    def upsert_until_failure(record: Any, **options: Any) -> Any:
        if record.external_id == "i3":
            raise OperationalError("disk full")
        return upsert(record, **options)

    monkeypatch.setattr(importers, "upsert_listing", upsert_until_failure)
    with pytest.raises(CommandError, match="3행 근처에서 가져오기를 멈추었습니다"):
        start("import_listings", [listing("i1"), listing("i2"), listing("i3"), listing("i4")])
    assert listed() == ["i1", "i2"]
    monkeypatch.undo()
    start("import_listings", [listing("i1"), listing("i2"), listing("i3"), listing("i4")])
    assert listed() == ["i1", "i2", "i3", "i4"]
    assert ListingVersion.objects.count() == 4


def test_every_new_row_costs_sixteen_queries_and_every_known_one_seven(start: Any) -> None:
    def queries(rows: list[dict[str, Any]]) -> int:
        with CaptureQueriesContext(connection) as captured:
            start("import_listings", rows)
        return len(captured)

    few, many = [listing(f"a{number}") for number in range(10)], [listing(f"b{number}") for number in range(50)]
    start("import_listings", [listing("i0")])
    assert queries(many) - queries(few) == 40 * 16
    assert queries(many) - queries(few) == 40 * 7


# -- brands ---------------------------------------------------------------------------------------------------------


def brand(external_id: str, **changes: Any) -> dict[str, Any]:
    return {"id": external_id, "name": f"브랜드 {external_id}"} | changes


def test_brands_come_in_with_their_material_and_their_sellers(start: Any, pictures: Path) -> None:
    rows = [
        brand(
            "b1",
            names=["Brand One"],
            rights=[{"kind": "trademark", "number": "40-0123456"}],
            images=[{"id": "p1", "file": "1.png", "kind": "logo"}],
            authorised_sellers=["s1", "s2"],
        ),
        brand("b2"),
    ]
    output, complaints = start("import_brands", rows, images=pictures)
    assert output.splitlines()[0] == "브랜드 2건을 읽었습니다. 새로 2 · 바뀜 0 · 그대로 0 · 실패 0"
    assert complaints == []
    assert list(Brand.objects.order_by("external_id").values_list("external_id", flat=True)) == ["b1", "b2"]
    assert ReferenceImage.objects.get().name == "1.png"
    assert set(Authorisation.objects.values_list("status", flat=True)) == {"awaiting_seller"}
    start("import_listings", [listing("i1")])
    assert sorted(Authorisation.objects.values_list("seller_external_id", "status")) == [
        ("s1", "confirmed"),
        ("s2", "awaiting_seller"),
    ]
    output, _ = start("import_brands", rows, images=pictures)
    assert output.splitlines()[0] == "브랜드 2건을 읽었습니다. 새로 0 · 바뀜 0 · 그대로 2 · 실패 0"


def test_a_broken_picture_is_told_and_its_brand_comes_in_without_it(start: Any, pictures: Path) -> None:
    names = ["1.png", "truncated.jpg", "disguised.jpg", "bomb.png", "없음.png", "../outside.png", "2.png"]
    rows = [brand("b1", images=[{"file": name} for name in names]), brand("b2", images=[{"file": "3.png"}])]
    output, complaints = start("import_brands", rows, images=pictures)
    assert sorted(ReferenceImage.objects.values_list("external_id", flat=True)) == ["1.png", "2.png", "3.png"]
    assert lines_of(complaints) == [1] * 5
    assert output.splitlines()[:2] == [
        "브랜드 2건을 읽었습니다. 새로 2 · 바뀜 0 · 그대로 0 · 실패 0",
        "사진 5장은 받지 못했습니다. 나머지는 들어갔습니다.",
    ]


def test_every_bad_brand_is_told_by_its_line_and_the_rest_comes_in(start: Any) -> None:
    rows = [
        brand("good1"),
        "솔하루",
        {"id": "unknown", "names": ["Nobody"]},
        brand("wrong", rights=[{"kind": "trademark", "number": "10-1234567"}]),
        brand("good1", name="두 번째"),
        {"name": "이름뿐"},
        brand("nul", names=["\0"]),
        brand("good2"),
    ]
    output, complaints = start("import_brands", rows)
    assert sorted(Brand.objects.values_list("external_id", flat=True)) == ["good1", "good2"]
    assert lines_of(complaints) == [2, 3, 4, 5, 6, 7]
    assert complaints[1].startswith("3행: 브랜드 “unknown”을(를) 알 수 없습니다.")
    assert complaints[3].startswith("5행: 식별자(id) “good1”이 한 파일에 두 번 있습니다. 1행에서 이미 가져왔습니다.")
    assert output.startswith("브랜드 8건을 읽었습니다. 새로 2 · 바뀜 0 · 그대로 0 · 실패 6\n")


def test_a_row_without_a_name_changes_a_brand_that_is_known(start: Any) -> None:
    start("import_brands", [brand("b1", names=["One"])])
    output, _ = start("import_brands", [{"id": "b1", "names": ["Uno"]}])
    assert output.startswith("브랜드 1건을 읽었습니다. 새로 0 · 바뀜 1 · 그대로 0 · 실패 0\n")
    assert list(BrandName.objects.values_list("spelling", flat=True)) == ["브랜드 b1", "Uno"]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp949"])
def test_a_table_of_brands_comes_in_in_every_encoding(start: Any, pictures: Path, encoding: str) -> None:
    table = (
        "id,name,names,rights,images,authorised_sellers\r\n"
        "b1,똠방,Ttom|湯,trademark:40-0123456|copyright,1.png#logo|2.png,s1|s2\r\n"
        "b2,솔하루,,,,\r\n"
    )
    start("import_brands", table.encode(encoding), file="rows.csv", images=pictures)
    brand_row = Brand.objects.get(external_id="b1")
    assert list(brand_row.names.values_list("spelling", flat=True)) == ["똠방", "Ttom", "湯"]
    assert sorted(brand_row.rights.values_list("kind", "number")) == [("copyright", ""), ("trademark", "4001234560000")]
    assert sorted(brand_row.reference_images.values_list("external_id", "kind")) == [
        ("1.png", "logo"),
        ("2.png", "product"),
    ]
    assert Authorisation.objects.count() == 2


def test_brands_without_sellers_need_no_marketplace_and_those_with_do(start: Any) -> None:
    Marketplace.objects.all().delete()
    rows = [brand("b1"), brand("b2", authorised_sellers=[]), brand("b3", authorised_sellers=["s1"])]
    _, complaints = start("import_brands", rows)
    assert sorted(Brand.objects.values_list("external_id", flat=True)) == ["b1", "b2"]
    assert complaints == [
        "3행: 판매 허가 판매자(authorised_sellers)를 등록할 수 없습니다. "
        "어느 마켓플레이스의 판매자인지 알 수 없습니다. --marketplace로 마켓플레이스를 지정해 다시 가져와 주세요."
    ]


def test_new_pictures_go_through_the_pool(start: Any, pictures: Path) -> None:
    (pictures / "new.jpg").write_bytes(draw_picture(77, picture_format="JPEG"))
    start("import_brands", [brand("b1", images=[{"file": "new.jpg"}])], images=pictures)
    kept = ReferenceImage.objects.get().file
    assert (kept.media_type, kept.width, kept.height, kept.has_working_copy) == ("image/jpeg", 160, 160, True)
