"""Canonical JSON (RFC 8785), what every digest of the journal covers.

The same value gives the same bytes on every machine and after a round through either database. What could not keep
that promise is refused with ``ValueError`` rather than bent: floats that are not finite, numbers beyond 2⁵³ (which
PostgreSQL gives back as another type), naive datetimes, NUL and lone surrogates in text, keys that are not text.
Text stays as it came: it is not normalised, because evidence is what was there.
"""

import hashlib
import json
import math
from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Final

import rfc8785

SAFE_INTEGER: Final = 2**53 - 1
_SIMPLE: Final = json.JSONEncoder(sort_keys=True, separators=(",", ":"), ensure_ascii=False)

Json = bool | int | float | str | None | list["Json"] | dict[str, "Json"]


def moment(at: datetime) -> str:
    """An aware datetime as ``2026-11-23T05:30:00.000000Z``: always UTC, always microseconds."""
    if at.tzinfo is None:
        raise ValueError(f"{at!r} has no time zone")
    return at.astimezone(UTC).isoformat(timespec="microseconds").removesuffix("+00:00") + "Z"


def plain(value: object) -> Json:
    """A copy of plain JSON values: dates become ISO text, tuples lists, enumerations their values."""
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, str):
        return _text(value)
    if isinstance(value, int | float):
        return _number(value)
    if isinstance(value, datetime):
        return moment(value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Mapping):
        return {_key(key): plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [plain(item) for item in value]
    raise ValueError(f"no canonical form for {type(value).__name__}: pass text, numbers, dates, lists or mappings")


def encode(value: object) -> bytes:
    """The canonical bytes of the value."""
    return encode_plain(plain(value))


def encode_plain(value: Json) -> bytes:
    """The canonical bytes of what is plain JSON already, such as a value read from a JSON column.

    Where there is no float and no key beyond ASCII the standard library's encoder writes the same bytes three times
    as fast, which is what lets a long journal be verified in seconds; a property test holds the two together.
    """
    if _has_simple_form(value):
        return _SIMPLE.encode(value).encode()
    return rfc8785.dumps(value)


def digest(value: object) -> str:
    """SHA-256 over the canonical bytes, in hex."""
    return hashlib.sha256(encode(value)).hexdigest()


def digest_plain(value: Json) -> str:
    """SHA-256 over the canonical bytes of what is plain JSON already, in hex."""
    return hashlib.sha256(encode_plain(value)).hexdigest()


def _text(value: str) -> str:
    text = str.__str__(value)
    if "\0" in text:
        raise ValueError("text with NUL cannot be stored by PostgreSQL")
    try:
        text.encode()
    except UnicodeEncodeError as problem:
        raise ValueError("text with a lone surrogate is not Unicode") from problem
    return text


def _key(value: object) -> str:
    if not isinstance(value, str):
        raise ValueError(f"keys are text, not {type(value).__name__}")
    return _text(value)


def _number(value: float) -> int | float:
    if not math.isfinite(value) or abs(value) > SAFE_INTEGER:
        raise ValueError(f"{value!r} is no number that JSON keeps exactly")
    return int(value) if isinstance(value, int) else float(value)


def _has_simple_form(value: Json) -> bool:
    if isinstance(value, dict):
        for key, item in value.items():
            # Text is by far the most frequent and always simple.
            if not key.isascii() or not (type(item) is str or _has_simple_form(item)):
                return False
        return True
    if isinstance(value, list):
        return all(_has_simple_form(item) for item in value)
    if type(value) is int:
        return -SAFE_INTEGER <= value <= SAFE_INTEGER
    return type(value) is str or type(value) is bool or value is None
