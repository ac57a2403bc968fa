"""Versioned numbers by area and start date, readable from every floor: writing them, and a door to reading them.

A version is never edited: a mistake is put right by a further version with the same start. What decides something by
a number writes the version down.
"""

from collections.abc import Iterable, Mapping
from contextlib import suppress
from datetime import date
from typing import Final

from django.db import IntegrityError, transaction

from core import journal
from core.actors import Actor
from core.canonical import Json, plain
from core.errors import Conflict, DomainError
from core.models import RuleSet
from core.rule_values import RuleValues, current, today

__all__ = ["FIRST_START", "RuleValues", "check_version", "current", "sync", "write_version"]

#: From when the first versions hold: before anything that this portal may be asked to compute.
FIRST_START: Final = date(2020, 1, 1)
#: [ours] Above every amount, count and time that a rule may sensibly name; so many seconds are 31 years.
MOST: Final = 1_000_000_000
SUPPLEMENT_NOTE: Final = "새 판의 소프트웨어가 쓰는 수치를 첫 값으로 더했습니다."


def sync(firsts: Mapping[str, Mapping[str, object]]) -> None:
    """Write version 1 of each area where there is none, and add numbers that a newer release brought.

    What stands in a row is never touched: a version that lacks a number is followed by one that has it, with the same
    start. Safe to run twice, and on two machines at once.
    """
    for area, values in firsts.items():
        with suppress(Conflict):
            if not RuleSet.objects.filter(area=area).exists():
                _write(area, version=1, values=values, starts_on=FIRST_START, note="첫 값", actor=None)
            _supplement(area, values)


def write_version(area: str, *, values: Mapping[str, object], starts_on: date, note: str, actor: Actor) -> RuleSet:
    """A new version of the area from that day on; the reason is asked for. Raises ``DomainError``.

    It names the same numbers as the version before, and starts today at the earliest: what has been decided stays
    decided by the numbers of its day.
    """
    before = check_version(area, values=values, starts_on=starts_on, note=note)
    version = _last_version(area) + 1
    return _write(area, version=version, values=values, starts_on=starts_on, note=note, actor=actor, before=before)


def check_version(area: str, *, values: Mapping[str, object], starts_on: date, note: str) -> RuleValues:
    """The version that these values would follow. A form asks before it saves: raises what ``write_version`` would."""
    what = "규칙을 저장하지 않았습니다."
    if not note.strip():
        raise DomainError(what, "수치를 바꾸는 사유가 없습니다.", "사유를 적어 주세요.")
    if starts_on < today():
        raise DomainError(what, "시행일이 이미 지났습니다.", "오늘이나 그 뒤의 날짜를 시행일로 정해 주세요.")
    # Read only now: on a day before the first version there is none to compare with.
    before = current(area, on=starts_on)
    odd = sorted(set(values) ^ set(before.values))
    if odd:
        raise DomainError(what, f"이전 판과 항목이 다릅니다: {', '.join(odd)}.", "같은 항목을 모두 적어 주세요.")
    for key, value in values.items():
        if not _fits(value, before.values[key]):
            raise DomainError(what, f"{key} 값의 형식이 이전 판과 다릅니다.", "이전 판과 같은 형식으로 적어 주세요.")
        if not _is_possible(value, before.values[key]):
            why = f"{key} 값이 쓸 수 있는 범위를 벗어납니다."
            raise DomainError(
                what, why, "0 이상 10억 이하의 수로, 비율은 0과 1 사이로, 목록은 비우지 말고 적어 주세요."
            )
    return before


def _fits(value: object, before: object) -> bool:
    """Whether the value is of the kind before it. A share may become exactly 1, but whole numbers stay whole."""
    if type(before) is float:
        return type(value) in {int, float}
    if isinstance(before, list):
        return isinstance(value, list) and all(_fits(item, before[0]) for item in value if before)
    return type(value) is type(before)


def _is_possible(value: object, before: object) -> bool:
    """Whether anything could be computed by it. A wait of minus a day, an empty ladder of waits or a time beyond the
    calendar stops the courier; a share above one switches off what goes by it without a word."""
    if isinstance(value, list):
        return bool(value or not before) and all(_is_possible(item, before) for item in value)
    if not isinstance(value, int | float):
        return True
    is_share = isinstance(before, float) and before <= 1
    return 0 <= value <= (1 if is_share else MOST)


def _supplement(area: str, firsts: Mapping[str, object]) -> None:
    for row in _winners(RuleSet.objects.in_force_or_coming(area, today())):
        lacking = {key: value for key, value in firsts.items() if key not in row.values}
        if lacking:
            version = _last_version(area) + 1
            whole = {**row.values, **lacking}
            _write(area, version=version, values=whole, starts_on=row.starts_on, note=SUPPLEMENT_NOTE, actor=None)


def _winners(rows: Iterable[RuleSet]) -> list[RuleSet]:
    """One row a start date: of several versions with one start, given in order, the highest holds."""
    return list({row.starts_on: row for row in rows}.values())


def _last_version(area: str) -> int:
    return RuleSet.objects.filter(area=area).order_by("-version").values_list("version", flat=True)[0]


def _write(
    area: str,
    *,
    version: int,
    values: Mapping[str, object],
    starts_on: date,
    note: str,
    actor: Actor | None,
    before: RuleValues | None = None,
) -> RuleSet:
    stored = plain(dict(values))
    try:
        with transaction.atomic():
            row = RuleSet.objects.create(area=area, version=version, starts_on=starts_on, values=stored, note=note)
            journal.record(
                "core.ruleset.written",
                actor=actor,
                subject=row,
                details={
                    "area": area,
                    "version": version,
                    "starts_on": starts_on,
                    "note": note,
                    "changes": _changes({} if before is None else before.values, stored),
                },
            )
    except IntegrityError as problem:
        raise Conflict(
            "규칙을 저장하지 않았습니다.",
            f"{area} 규칙의 {version}판을 다른 사람이 먼저 저장했습니다.",
            "지금의 규칙을 확인하고 다시 저장해 주세요.",
        ) from problem
    return row


def _changes(before: Mapping[str, object], after: Json) -> dict[str, object]:
    assert isinstance(after, dict)
    return {
        key: {"old": before.get(key), "new": value}
        for key, value in after.items()
        if key not in before or before[key] != value
    }
