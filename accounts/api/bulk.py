"""Many items in one request, each with a result of its own: one bad item harms no other.

The envelope is refused as a whole (not an object, no ``items``, more than are taken); an item is refused by itself, as
what would have been answered had it come alone.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from django.db import DataError, IntegrityError
from rest_framework import serializers
from rest_framework.response import Response

from accounts.api import bodies, errors, faults
from accounts.api.fields import Input
from accounts.api.problems import Fault, Problem, document
from core.errors import DomainError

MOST_ITEMS: Final = 1_000
REFUSED: Final = "refused"
#: Checked and waited for: what it names, such as its pictures, is still to come.
EXPECTED: Final = "expected"

#: Brings one checked item in; what its result says beside ``index`` and ``id``, with ``outcome`` among it.
Bring = Callable[[dict[str, Any]], Mapping[str, Any]]


class BulkResult(serializers.Serializer[Any]):
    """What became of one item."""

    index = serializers.IntegerField(help_text="Its place in the request, from 0.")
    id = serializers.CharField(required=False, help_text="Its id, where it is there now: not of what was refused.")
    outcome = serializers.ChoiceField(choices=["created", "changed", "unchanged", EXPECTED, REFUSED])
    version = serializers.IntegerField(required=False, help_text="The version that it shows now, of a listing.")
    arrival = serializers.IntegerField(required=False, help_text="What is waited for: its pictures are being fetched.")
    problem = serializers.DictField(required=False, help_text="Why it was refused, as a problem document.")


class BulkAnswer(serializers.Serializer[Any]):
    """A result for each item, in their order, and how many of each outcome."""

    results = BulkResult(many=True)
    counts = serializers.DictField(child=serializers.IntegerField())


class Items(serializers.Field[Any, Any, Any, Any]):
    """``items`` in the description of an envelope: what one looks like (``accounts.api.schema`` writes it)."""

    def __init__(self, item: type[Input], **options: Any) -> None:
        super().__init__(**options)
        self.item = item


def read_items(document: Mapping[str, Any]) -> list[Any]:
    """The items of an envelope. Raises ``Problem`` where it is none."""
    unknown = sorted(set(document) - {"items"})
    if unknown:
        name = unknown[0][:60].encode("ascii", "backslashreplace").decode()
        raise _envelope(f"/{faults.escaped(name)}", "unknown_field", "There is no such field.", "모르는 항목입니다.")
    items = document.get("items")
    if not isinstance(items, list) or not items:
        raise _envelope("/items", "not_a_list", "items is a list of at least one.", "items는 하나 이상의 목록입니다.")
    if len(items) > MOST_ITEMS:
        raise _envelope(
            "/items",
            "max_length",
            f"{len(items):,} items; at most {MOST_ITEMS:,} are taken at once.",
            f"{len(items):,}개입니다. 한 번에 {MOST_ITEMS:,}개까지 받습니다.",
        )
    return items


def bring_all(
    items: Sequence[Any], serializer: type[Input], bring: Bring, *, id_names: tuple[str, ...] = ("id",)
) -> Response:
    """Check and bring in each item by itself, and answer for each. ``id_names`` together are what an item goes by."""
    first_at: dict[Any, int] = {}
    results = [_bring(index, item, serializer, bring, first_at, id_names) for index, item in enumerate(items)]
    counts: dict[str, int] = {}
    for result in results:
        counts[result["outcome"]] = counts.get(result["outcome"], 0) + 1
    return Response({"results": results, "counts": counts})


def _bring(
    index: int, item: Any, serializer: type[Input], bring: Bring, first_at: dict[Any, int], id_names: tuple[str, ...]
) -> dict[str, Any]:
    at = f"/items/{index}"
    shown = _readable_id(item, id_names)
    refused: dict[str, Any] = {"index": index, "outcome": REFUSED}
    found = bodies.unusable_texts(item, at)
    checked = serializer(data=item) if not found else None
    found += faults.faults_of(checked, at=at) if checked is not None else []
    if not found and checked is not None and first_at.setdefault(shown, index) != index:
        found = [_doubled(at, id_names[-1], first_at[shown])]
    if found or checked is None:
        return refused | {"problem": document("validation_failed", faults=found)}
    try:
        brought = dict(bring(checked.validated_data))
        return {"index": index} | ({"id": "/".join(shown or ())} if brought["outcome"] != EXPECTED else {}) | brought
    except (Problem, DomainError) as refusal:
        problem = errors.as_problem(refusal)
        assert problem is not None
        return refused | {"problem": problem.as_json()}
    except (DataError, IntegrityError):
        # The fields check what the database checks, so this is a case that they do not know: one item's.
        ko = "데이터베이스가 받지 않는 값이 있습니다. 값을 확인하고 운영 담당자에게 알려 주세요."
        problem = Problem("refused", detail="The database takes no such value.", ko=ko)
        return refused | {"problem": problem.as_json()}


def _readable_id(item: Any, id_names: tuple[str, ...]) -> tuple[str, ...] | None:
    given = [item.get(name) for name in id_names] if isinstance(item, Mapping) else []
    texts = [each for each in given if isinstance(each, str)]
    if len(texts) != len(id_names):
        return None
    return tuple(text[:100].encode("utf-8", "backslashreplace").decode().replace("\0", "�") for text in texts)


def _doubled(at: str, id_name: str, first: int) -> Fault:
    return Fault(
        f"{at}/{id_name}",
        "doubled",
        f"The same id stands at /items/{first} of this request.",
        f"이 요청의 {first}번째 항목과 식별자가 같습니다.",
    )


def _envelope(pointer: str, code: str, english: str, korean: str) -> Problem:
    return Problem("validation_failed", faults=[Fault(pointer, code, english, korean)])
