"""From the errors of a serializer to faults with pointers and words in both languages."""

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

from django.utils import translation
from rest_framework.exceptions import ErrorDetail
from rest_framework.serializers import BaseSerializer
from rest_framework.settings import api_settings

from accounts.api.problems import Fault, Problem, both_of

#: Korean for the codes of DRF's own fields; ``{n}`` is the number in its English sentence.
_KOREAN: Final[Mapping[str, str]] = {
    "required": "꼭 있어야 하는 값입니다.",
    "null": "비워 둘 수 없는 값입니다.",
    "blank": "비워 둘 수 없는 값입니다.",
    "empty": "하나 이상 있어야 합니다.",
    "max_length": "{n}자(개)까지 쓸 수 있습니다.",
    "min_length": "{n}자(개) 이상이어야 합니다.",
    "max_value": "{n} 이하여야 합니다.",
    "min_value": "{n} 이상이어야 합니다.",
    "max_string_length": "숫자가 너무 깁니다.",
    "invalid_choice": "고를 수 있는 값이 아닙니다.",
    "not_a_list": "목록이어야 합니다.",
    "not_a_dict": "객체여야 합니다.",
    "null_characters_not_allowed": "NUL 문자를 쓸 수 없습니다.",
    "surrogate_characters_not_allowed": "짝이 없는 서로게이트 문자를 쓸 수 없습니다.",
    "unknown_field": "모르는 항목입니다.",
}
_INVALID: Final = "형식에 맞지 않는 값입니다."
_NUMBER: Final = re.compile(r"\d[\d,]*")


def checked(serializer: "BaseSerializer[Any]", *, at: str = "") -> dict[str, Any]:
    """What the serializer makes of its data. Raises ``Problem`` with every fault; ``at`` is where the data stands."""
    faults = faults_of(serializer, at=at)
    if faults:
        raise Problem("validation_failed", faults=faults)
    data: dict[str, Any] = serializer.validated_data
    return data


def faults_of(serializer: "BaseSerializer[Any]", *, at: str = "") -> list[Fault]:
    """Every value that the serializer cannot use."""
    # In English, whatever the page's language: the sentences of DRF and Django are then known to be English.
    with translation.override("en"):
        if serializer.is_valid():
            return []
        return list(_walk(serializer.errors, at))


def _walk(errors: Any, at: str) -> Iterator[Fault]:
    if isinstance(errors, Mapping):
        for name, inner in errors.items():
            place = at if name == api_settings.NON_FIELD_ERRORS_KEY else f"{at}/{escaped(str(name))}"
            yield from _walk(inner, place)
    elif isinstance(errors, ErrorDetail):
        yield _fault(errors, at)
    else:
        for position, inner in enumerate(errors):
            is_detail = isinstance(inner, ErrorDetail)
            yield from _walk(inner, at if is_detail else f"{at}/{position}")


def escaped(name: str) -> str:
    """A name inside a JSON Pointer."""
    return name.replace("~", "~0").replace("/", "~1")


def _fault(detail: ErrorDetail, at: str) -> Fault:
    code, text, both = detail.code or "invalid", str(detail), both_of(detail)
    if both is not None:
        return Fault(at, code, *both)
    number = _NUMBER.search(text)
    korean = _KOREAN.get(code, _INVALID)
    return Fault(at, code, text, korean.format(n=number[0]) if number else korean.replace("{n}", ""))
