"""A row of a brand file, checked.

``{"id", "name", "names": [...], "rights_holder": {"id", "name", "email"?, "country"?, "language"?}?,
"rights": [{"kind", "number"}],
"images": [{"id", "file", "kind"}], "authorised_sellers": [...]}``. In a table, lists are separated by ``|``, ``rights``
are ``kind:number`` and ``images`` are ``file#kind``. What a row leaves out stays as it is; a list that is there is the
whole of it.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from brands.choices import HolderLanguage, ReferenceKind, RightKind
from brands.models import Brand, BrandName, IPRight, ReferenceImage, RightsHolder
from brands.records import BrandRecord, RightRecord, RightsHolderRecord
from brands.rules import WrongRightNumber, right_number
from core.korean import josa
from portal.imports.errors import RowRefused, quoted, unreadable
from portal.imports.fields import Fields
from portal.imports.limits import longest
from portal.imports.rows import TableShape, Values
from sellers.models import Seller

KNOWN: Final = frozenset({"id", "name", "names", "rights_holder", "rights", "images", "authorised_sellers"})
# The brand's own rights holder is called "brand:<id>", which must fit as well.
_ID_LENGTH: Final = min(longest(Brand, "external_id"), longest(RightsHolder, "external_id") - len("brand:"))
_COUNTRY: Final = re.compile(r"[A-Z]{2}")
# [ours] Far above any brand; a list beyond it is a broken export.
_MOST_NAMES: Final = 500
_MOST_RIGHTS: Final = 1_000
_MOST_IMAGES: Final = 2_000
_MOST_SELLERS: Final = 20_000


@dataclass(frozen=True, slots=True)
class BrandImageRow:
    """A picture that the brand names: what it calls it, and where it lies in the folder."""

    external_id: str
    file: str
    kind: ReferenceKind


@dataclass(frozen=True, slots=True)
class BrandRow:
    """One brand as its row says it; pictures by their files. ``None`` where nothing was said."""

    record: BrandRecord
    images: tuple[BrandImageRow, ...] | None
    authorised_sellers: tuple[str, ...] | None

    @property
    def external_id(self) -> str:
        return self.record.external_id

    @property
    def files(self) -> tuple[str, ...]:
        return tuple(image.file for image in self.images or ())


def parse_brand(fields: Fields) -> BrandRow:
    """Raises ``RowRefused`` with what is wrong."""
    record = BrandRecord(
        external_id=fields.required_text("id", most=_ID_LENGTH),
        name=_name(fields),
        names=_names(fields),
        rights_holder=_rights_holder(fields),
        rights=_rights(fields),
    )
    sellers = fields.texts("authorised_sellers", most=longest(Seller, "external_id"), most_items=_MOST_SELLERS)
    return BrandRow(record, images=_images(fields), authorised_sellers=sellers)


def _name(fields: Fields) -> str | None:
    name = fields.optional_text("name", most=longest(Brand, "name"))
    if name is not None:
        _require_letters(fields.label("name"), name)
    return name


def _names(fields: Fields) -> tuple[str, ...] | None:
    names = fields.texts("names", most=longest(BrandName, "spelling"), most_items=_MOST_NAMES)
    for name in names or ():
        _require_letters(fields.label("names"), name)
    return names


def _require_letters(label: str, spelling: str) -> None:
    if not any(sign.isalnum() for sign in spelling):
        why = f"{quoted(spelling)}에는 글자나 숫자가 하나도 없습니다."
        raise unreadable(label, why, "상품 글에서 찾을 수 있는 표기를 적어 주세요.")


def _rights_holder(fields: Fields) -> RightsHolderRecord | None:
    if not fields.says("rights_holder"):
        return None
    holder = fields.inner("rights_holder")
    return RightsHolderRecord(
        external_id=holder.required_text("id", most=longest(RightsHolder, "external_id")),
        name=holder.text("name", most=longest(RightsHolder, "name")),
        email=holder.email("email", most=longest(RightsHolder, "contact_email")) or "",
        country=_country(holder),
        language=_language(holder),
    )


def _country(fields: Fields) -> str:
    country = fields.text("country", most=2).upper()
    if country and not _COUNTRY.fullmatch(country):
        why = f"{josa(quoted(country), '은/는')} 국가 코드가 아닙니다."
        raise unreadable(fields.label("country"), why, "KR처럼 두 글자로 적거나 비워 주세요.")
    return country


def _language(fields: Fields) -> str:
    language = fields.text("language", most=10).lower()
    if language and language not in HolderLanguage.values:
        why = f"{josa(quoted(language), '은/는')} 안내문을 보낼 수 없는 언어입니다."
        raise unreadable(fields.label("language"), why, "ko, en, zh-hans 가운데 하나로 적거나 비워 주세요.")
    return language


def _rights(fields: Fields) -> tuple[RightRecord, ...] | None:
    if not fields.says("rights"):
        return None
    return tuple(dict.fromkeys(_right(right) for right in fields.objects("rights", most_items=_MOST_RIGHTS)))


def _right(fields: Fields) -> RightRecord:
    text = fields.required_text("kind", most=40)
    kind = next((kind for kind in RightKind if text.lower() in (kind.value, kind.label)), None)
    if kind is None:
        why = f"{josa(quoted(text), '은/는')} 모르는 종류입니다."
        raise unreadable(fields.label("kind"), why, f"{', '.join(RightKind.values)} 가운데 하나로 적어 주세요.")
    number = fields.text("number", most=longest(IPRight, "number"))
    try:
        return RightRecord(kind, right_number(kind, number))
    except WrongRightNumber as problem:
        why = f"{kind.label} {quoted(number)}: {problem}" if number else str(problem)
        raise unreadable(fields.label("number"), why, "등록원부의 번호를 확인해 주세요.") from None


def _images(fields: Fields) -> tuple[BrandImageRow, ...] | None:
    if not fields.says("images"):
        return None
    images = [_image(image) for image in fields.objects("images", most_items=_MOST_IMAGES)]
    if len({image.external_id for image in images}) != len(images):
        why = "한 브랜드 안에 식별자가 같은 사진이 두 장 있습니다."
        raise unreadable(fields.label("images"), why, "사진마다 다른 식별자를 적어 주세요.")
    return tuple(images)


def _image(fields: Fields) -> BrandImageRow:
    file = fields.path("file")
    text = fields.text("kind", most=40).lower() or ReferenceKind.PRODUCT.value
    kind = next((kind for kind in ReferenceKind if text in (kind.value, kind.label)), None)
    if kind is None:
        why = f"{josa(quoted(text), '은/는')} 모르는 종류입니다."
        raise unreadable(fields.label("kind"), why, f"{', '.join(ReferenceKind.values)} 가운데 하나로 적어 주세요.")
    external_id = fields.text("id", most=longest(ReferenceImage, "external_id"))
    return BrandImageRow(external_id or _id_from(file), file, kind)


def _id_from(file: str) -> str:
    """A picture without an identifier goes by its file."""
    limit = longest(ReferenceImage, "external_id")
    if len(file) > limit:
        raise RowRefused(
            "사진의 식별자가 없습니다.",
            f"식별자 대신 쓸 파일 이름 {josa(quoted(file), '이/가')} {limit}자를 넘습니다.",
            "images에 id를 적어 주세요.",
        )
    return file


# -- tables -------------------------------------------------------------------------------------------------------


def _from_cells(cells: Mapping[str, str]) -> Values:
    values: Values = {name: cell for name, cell in cells.items() if name not in _HOLDER_COLUMNS}
    for name in ("names", "authorised_sellers"):
        if name in cells:
            values[name] = split_list(cells[name])
    if "rights" in cells:
        values["rights"] = [_right_from(text) for text in split_list(cells["rights"])]
    if "images" in cells:
        values["images"] = [_image_from(text) for text in split_list(cells["images"])]
    holder = {key: cells[column] for column, key in _HOLDER_COLUMNS.items() if cells.get(column, "").strip()}
    return values | ({"rights_holder": holder} if holder else {})


_HOLDER_COLUMNS: Final = {f"rights_holder_{key}": key for key in ("id", "name", "email", "country", "language")}

#: The columns of a table of brands.
BRAND_TABLE: Final = TableShape(required=("id",), to_values=_from_cells)


def split_list(cell: str) -> list[str]:
    """The items of a cell, separated by ``|``; an empty cell is an empty list."""
    return [part.strip() for part in cell.split("|") if part.strip()]


def _right_from(text: str) -> Values:
    kind, _, number = text.partition(":")
    return {"kind": kind, "number": number}


def _image_from(text: str) -> Values:
    """``file#kind``. A name may hold the sign itself: ``bag #2.jpg``."""
    file, sign, kind = text.rpartition("#")
    return {"file": file, "kind": kind} if sign and "." not in kind else {"file": text}
