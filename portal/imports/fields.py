"""Reading one row's values: each asked for by name and kind, refused in words that name it."""

import unicodedata
from collections.abc import Mapping
from datetime import date, datetime, time
from decimal import Decimal
from typing import Final, TypeVar

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db.models import TextChoices

from core.korean import josa, normalise_text, parse_date
from core.korean.dates import DateRefused
from core.numbers import SEOUL
from portal.imports.errors import RowRefused, quoted, unreadable

_FIX: Final = "값을 고쳐 다시 가져와 주세요."
_FILL: Final = "값을 적어 다시 가져와 주세요."

#: What a person calls a value. What stands here twice is told apart by where it stands.
LABELS: Final = {
    "authorised_sellers": "판매 허가 판매자",
    "buyer": "구매자",
    "category": "분류",
    "correction": "정정 사유",
    "currency": "통화",
    "delivery": "배송 구분",
    "description": "설명",
    "discounts": "할인",
    "email": "이메일",
    "file": "파일",
    "goods": "상품 금액",
    "id": "식별자",
    "images": "사진",
    "kind": "종류",
    "language": "언어",
    "line": "품목 번호",
    "listing": "상품 번호",
    "marketplace": "마켓플레이스",
    "mobile": "휴대전화",
    "name": "이름",
    "names": "표기",
    "notice_address": "알림 주소",
    "notify_by_marketplace": "마켓플레이스가 알림",
    "number": "번호",
    "opened_on": "개점일",
    "option": "옵션",
    "order": "주문번호",
    "ordered_at": "주문 시각",
    "ordered_source": "주문 시각의 출처",
    "other": "그 밖",
    "paid": "결제 금액",
    "paid_at": "결제 시각",
    "paid_source": "결제 시각의 출처",
    "posted_at": "등록 시각",
    "price": "가격",
    "quantity": "수량",
    "received_at": "수령 시각",
    "received_source": "수령 시각의 출처",
    "refunded": "이미 환급한 금액",
    "returned_quantity": "이미 돌려받은 수량",
    "rights": "권리",
    "rights_holder": "권리자",
    "seller": "판매자",
    "shipped_at": "발송 시각",
    "shipped_source": "발송 시각의 출처",
    "shipping": "배송비",
    "sold_count": "판매 수",
    "status": "상태",
    "time_zone": "시간대",
    "title": "제목",
    "url": "주소",
}
_YES: Final = frozenset({"true", "1", "y", "yes", "예"})
_NO: Final = frozenset({"false", "0", "n", "no", "아니요"})
ChoiceT = TypeVar("ChoiceT", bound=TextChoices)
# [ours] Longer than any path that a file system takes in practice.
_MOST_PATH: Final = 1_000
#: PostgreSQL's and JSON's safe range of a count.
_MAX_COUNT: Final = 2**53 - 1
# [ours] From before any marketplace on the web to beyond any listing; a year of 0001 or 9999 is a broken export.
_YEARS: Final = range(1990, 2101)


class Fields:
    """The values of a row, or of an object inside it (``where`` says which)."""

    def __init__(self, values: Mapping[str, object], where: str = "") -> None:
        self._values = values
        self._where = where

    def label(self, key: str) -> str:
        """``제목(title)``, ``판매자 이메일(seller.email)``."""
        path = f"{self._where}.{key}" if self._where else key
        outer = LABELS.get(self._where.partition(".")[0], "") if self._where else ""
        return f"{outer} {LABELS[key]}".strip() + f"({path})"

    def says(self, key: str) -> bool:
        """Whether the row says anything of it; ``null`` is nothing."""
        return self._values.get(key) is not None

    def unknown(self, known: frozenset[str]) -> list[str]:
        """Names that this row has and nobody reads."""
        return [name for name in self._values if name not in known]

    # -- text -----------------------------------------------------------------------------------------------------

    def text(self, key: str, *, most: int, is_single_line: bool = True) -> str:
        """The text, or nothing where the row says nothing."""
        value = self._values.get(key)
        return "" if value is None else self._clean(key, value, most=most, is_single_line=is_single_line)

    def required_text(self, key: str, *, most: int, is_single_line: bool = True) -> str:
        text = self.text(key, most=most, is_single_line=is_single_line)
        if not text:
            raise self.missing(key)
        return text

    def path(self, key: str) -> str:
        """A file's name, which must be there. Its spaces stay: they are part of it."""
        return self.required_text(key, most=_MOST_PATH, is_single_line=False)

    def optional_text(self, key: str, *, most: int) -> str | None:
        """``None`` where the row says nothing of it or leaves it blank."""
        return self.text(key, most=most) or None

    def email(self, key: str, *, most: int) -> str | None:
        """A mail address; ``None`` where the row says nothing of it."""
        email = self.optional_text(key, most=most)
        if email is None:
            return None
        try:
            validate_email(email)
        except ValidationError:
            why = f"{josa(quoted(email), '은/는')} 이메일 주소가 아닙니다."
            raise unreadable(self.label(key), why, "주소를 고치거나 비워 주세요.") from None
        return email

    def texts(self, key: str, *, most: int, most_items: int) -> tuple[str, ...] | None:
        """A list of texts, without blank and doubled ones; ``None`` where the row says nothing of it."""
        if not self.says(key):
            return None
        cleaned = (self._clean(key, value, most=most) for value in self.items(key, most_items=most_items))
        return tuple(dict.fromkeys(text for text in cleaned if text))

    def _clean(self, key: str, value: object, *, most: int, is_single_line: bool = True) -> str:
        """NFC, without control characters and spaces around; what no database can hold is refused, not dropped."""
        if isinstance(value, int) and not isinstance(value, bool):
            value = str(value)  # Identifiers come as numbers out of many a database.
        if not isinstance(value, str):
            raise unreadable(self.label(key), f"글이어야 하는데 {_kind(value)}입니다.", _FIX)
        self._refuse_unstorable(key, value)
        text = normalise_text(value)
        text = " ".join(text.split()) if is_single_line else text.strip()
        if len(text) > most:
            why = f"{most:,}자까지 저장할 수 있는데 {len(text):,}자입니다."
            raise RowRefused(f"{josa(self.label(key), '이/가')} 너무 깁니다.", why, "줄여서 다시 가져와 주세요.")
        return text

    def _refuse_unstorable(self, key: str, text: str) -> None:
        if "\0" in text:
            raise unreadable(self.label(key), "저장할 수 없는 NUL 문자(U+0000)가 있습니다.", _FIX)
        if any("\ud800" <= sign <= "\udfff" for sign in text):
            raise unreadable(self.label(key), "짝이 없는 서로게이트 문자(U+D800~U+DFFF)가 있습니다.", _FIX)

    # -- lists and objects ----------------------------------------------------------------------------------------

    def items(self, key: str, *, most_items: int) -> list[object]:
        """The items of a list; none where the row says nothing of it."""
        value = self._values.get(key)
        if value is None:
            return []
        if not isinstance(value, list):
            raise unreadable(self.label(key), f"목록이어야 하는데 {_kind(value)}입니다.", _FIX)
        if len(value) > most_items:
            why = f"{most_items:,}개까지 받는데 {len(value):,}개입니다."
            raise RowRefused(f"{josa(self.label(key), '이/가')} 너무 많습니다.", why, "줄여서 다시 가져와 주세요.")
        return value

    def objects(self, key: str, *, most_items: int) -> "list[Fields]":
        items = self.items(key, most_items=most_items)
        return [self._inner(key, item, f"{key}.{position}") for position, item in enumerate(items, start=1)]

    def inner(self, key: str) -> "Fields":
        """The object under that name, which must be there."""
        if not self.says(key):
            raise self.missing(key)
        return self._inner(key, self._values[key], key)

    def _inner(self, key: str, value: object, where: str) -> "Fields":
        if not isinstance(value, dict):
            raise unreadable(self.label(key), f"객체여야 하는데 {_kind(value)}입니다.", _FIX)
        return Fields(value, where)

    # -- numbers and times ----------------------------------------------------------------------------------------

    def flag(self, key: str) -> bool | None:
        """Yes or no, as JSON says it or as tables write it; ``None`` where the row says nothing of it."""
        value = self._values.get(key)
        if isinstance(value, bool):
            return value
        text = self.text(key, most=20).lower()
        if text in _YES | _NO | {""}:
            return None if not text else text in _YES
        raise unreadable(
            self.label(key), f"{josa(quoted(text), '은/는')} true, false가 아닙니다.", "true 또는 false로 적어 주세요."
        )

    def choice(self, key: str, choices: type[ChoiceT]) -> ChoiceT | None:
        """One of the words, in code or in Korean; ``None`` where the row says nothing of it."""
        text = self.text(key, most=40)
        if not text:
            return None
        found = next((choice for choice in choices if text.lower() in (choice.value, choice.label)), None)
        if found is None:
            why = f"{josa(quoted(text), '은/는')} 모르는 값입니다."
            raise unreadable(self.label(key), why, f"{', '.join(choices.values)} 가운데 하나로 적어 주세요.")
        return found

    def number_text(self, key: str) -> str:
        """A number as it was written, whether it came as text or as a number; the amount is left to ``parse_price``."""
        value = self._values.get(key)
        if isinstance(value, Decimal):
            # Written out only where that is short: 1e999999999 has a billion digits.
            return f"{value:f}" if abs(value.adjusted()) < 30 and value.is_finite() else str(value)
        if isinstance(value, str):
            self._refuse_unstorable(key, value)
            return value
        if value is None:
            raise self.missing(key)
        if isinstance(value, bool) or not isinstance(value, int):
            raise unreadable(self.label(key), f"숫자여야 하는데 {_kind(value)}입니다.", _FIX)
        return str(value)

    def count(self, key: str) -> int | None:
        """A whole number from 0 on, thousands commas allowed; ``None`` where the row says nothing of it."""
        if not self.says(key):
            return None
        text = self.number_text(key).strip().replace(",", "")
        if not text:
            return None
        whole, _, part = text.partition(".")
        if not (whole.isascii() and whole.isdigit()) or part.strip("0") or len(whole) > 16 or int(whole) > _MAX_COUNT:
            raise unreadable(self.label(key), _is_not(text, "0 이상의 정수"), "12처럼 숫자로 적어 주세요.")
        return int(whole)

    def moment(self, key: str) -> datetime | None:
        """A time; where no zone is said, Seoul's; where only a day is said, its beginning."""
        text = self.optional_text(key, most=60)
        if text is None:
            return None
        found = _iso_moment(text)
        if found is None:
            found = datetime.combine(self._day(key, text), time(), SEOUL)
        if found.year not in _YEARS:
            why = _is_not(text, f"{_YEARS[0]}년에서 {_YEARS[-1]}년까지의 시각")
            raise unreadable(self.label(key), why, _FIX)
        return found

    def day(self, key: str) -> date | None:
        text = self.optional_text(key, most=60)
        return None if text is None else self._day(key, text)

    def _day(self, key: str, text: str) -> date:
        try:
            return parse_date(text)
        except DateRefused:
            why = _is_not(text, "날짜나 시각")
            raise unreadable(self.label(key), why, "2026-11-23 또는 2026-11-23T14:30+09:00처럼 적어 주세요.") from None

    def missing(self, key: str) -> RowRefused:
        """That the row must say it, and does not."""
        return RowRefused(f"{josa(self.label(key), '이/가')} 없습니다.", "꼭 필요한 항목인데 비어 있습니다.", _FILL)


def _iso_moment(text: str) -> datetime | None:
    """An ISO 8601 time (a space for the T too), or ``None``. Days alone are left to the Korean reader of days."""
    if ":" not in text:
        return None
    try:
        found = datetime.fromisoformat(unicodedata.normalize("NFKC", text))
    except ValueError:
        return None
    return found.replace(tzinfo=SEOUL) if found.tzinfo is None else found


def _is_not(text: str, wanted: str) -> str:
    return f"{josa(quoted(text), '은/는')} {josa(wanted, '이/가')} 아닙니다."


def _kind(value: object) -> str:
    """What a value is, in Korean words."""
    if value is None:
        return "빈 값"
    if isinstance(value, bool):
        return "참/거짓"
    if isinstance(value, str):
        return "글"
    if isinstance(value, list):
        return "목록"
    return "객체" if isinstance(value, dict) else "숫자"
