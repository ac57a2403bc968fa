"""Fields that take what JSON calls by their name and nothing that could be turned into it.

A number in quotes is no number, and a name that nobody asked for is refused: an engineer learns of the slip at once and
not from what is missing later.
"""

from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Any, Final
from urllib.parse import urlsplit

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers
from rest_framework.exceptions import ErrorDetail
from rest_framework.settings import api_settings

from accounts.api.paging import read_moment
from accounts.api.problems import said
from core.korean import EXPONENTS
from core.numbers import SEOUL

#: [ours] A trillion in any minor unit; the sums of a hundred of them still fit into 64 bits.
MOST_MINOR: Final = 10**14
_YEARS: Final = range(1990, 2101)
#: No NUL, which a database cannot hold; and something to read, not only spaces.
_STORABLE: Final = r"^[^\u0000]+$"
_READABLE: Final = r"^[^\u0000]*[^\s\u0000][^\u0000]*$"


class Input(serializers.Serializer[Any]):
    """What a request holds. Names that are not asked for are refused; ``…Input`` closes the object in the schema."""

    def to_internal_value(self, data: Any) -> Any:
        if isinstance(data, Mapping):
            unknown = sorted(str(name) for name in data if name not in self.fields)
            if unknown:
                raise serializers.ValidationError({name[:100]: [_unknown()] for name in unknown[:20]})
        return super().to_internal_value(data)


def _unknown() -> ErrorDetail:
    return said("unknown_field", en="There is no such field.", ko="모르는 항목입니다.")


class StrictText(serializers.CharField):
    """Text, which must be text. For a field that is described elsewhere: a description here would win over it."""

    def to_internal_value(self, data: Any) -> str:
        if not isinstance(data, str):
            self.fail("invalid")
        return super().to_internal_value(data)


@extend_schema_field({"type": "string", "pattern": _STORABLE})
class Text(StrictText):
    """Text that a database can hold."""


@extend_schema_field({"type": "string", "minLength": 1, "pattern": _READABLE})
class Line(Text):
    """Text that says something."""


class WholeNumber(serializers.IntegerField):
    """A number without a fraction: no text, no truth."""

    def to_internal_value(self, data: Any) -> int:
        is_whole = type(data) is int or (type(data) is float and data.is_integer())
        if not is_whole:
            self.fail("invalid")
        # Looked at before DRF turns it into text, which Python refuses for thousands of digits.
        if self.max_value is not None and data > self.max_value:
            self.fail("max_value", max_value=self.max_value)
        return super().to_internal_value(int(data))


class YesNo(serializers.BooleanField):
    """``true`` or ``false``, spelled so."""

    def to_internal_value(self, data: Any) -> bool:
        if type(data) is not bool:
            self.fail("invalid", input=data)
        return data


class MinorAmount(WholeNumber):
    """Money in the currency's minor unit: 12900 for 12,900 won, 1290 for 12.90 dollars."""

    def __init__(self, **options: Any) -> None:
        super().__init__(min_value=0, max_value=MOST_MINOR, **options)


class Currency(serializers.ChoiceField):
    """A currency of ISO 4217 that the portal counts in."""

    def __init__(self, **options: Any) -> None:
        super().__init__(choices=sorted(EXPONENTS), **options)

    def to_internal_value(self, data: Any) -> str:
        if not isinstance(data, str):
            self.fail("invalid_choice", input=str(data)[:20])
        return super().to_internal_value(data)


@extend_schema_field({"type": "string", "format": "date-time"})
class Moment(serializers.Field[datetime, Any, str, datetime]):
    """A time with its zone (RFC 3339), between 1990 and 2100."""

    def to_internal_value(self, data: Any) -> datetime:
        try:
            moment = read_moment(data) if isinstance(data, str) else None
        except ValueError:
            moment = None
        if moment is None or moment.year not in _YEARS:
            raise serializers.ValidationError(
                [
                    said(
                        "invalid_time",
                        en="A time has a zone: 2026-11-25T09:00:00+09:00.",
                        ko="시각에는 시간대가 있어야 합니다: 2026-11-25T09:00:00+09:00.",
                    )
                ]
            )
        # In UTC: a zone may be written that lies further off than PostgreSQL takes one.
        return moment.astimezone(UTC)

    def to_representation(self, value: datetime) -> str:
        return value.astimezone(SEOUL).isoformat(timespec="milliseconds")


class Day(serializers.DateField):
    """A date without a time."""

    def to_internal_value(self, value: Any) -> date:
        if not isinstance(value, str):
            self.fail("invalid", format="YYYY-MM-DD")
        day = super().to_internal_value(value)
        if day.year not in _YEARS:
            self.fail("invalid", format="YYYY-MM-DD")
        return day


@extend_schema_field({"type": "string", "format": "uri", "pattern": "^https?://", "maxLength": 1000})
class WebAddress(Text):
    """An address of the web, kept as it was written."""

    def to_internal_value(self, data: Any) -> str:
        address = super().to_internal_value(data)
        if not is_web_address(address):
            refusal = said(
                "invalid_address",
                en="An address starts with http:// or https:// and names a host.",
                ko="http:// 또는 https://로 시작하는 주소를 적어 주세요.",
            )
            raise serializers.ValidationError([refusal])
        return address


def is_web_address(address: str) -> bool:
    """Whether it is written like one; nothing is looked up."""
    try:
        parts = urlsplit(address)
        is_web = parts.scheme in ("http", "https") and bool(parts.hostname)
    except ValueError:
        return False
    return is_web and not any(sign.isspace() for sign in address)


#: Where a serializer puts what is wrong with a whole object.
WHOLE: Final = api_settings.NON_FIELD_ERRORS_KEY
