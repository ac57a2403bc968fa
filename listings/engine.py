"""The engine of this process: the latest snapshot, and what came or went since, replayed from the database.

Kept until the material changes or a new snapshot is published. A process may lose it at any time.
"""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache, partial
from typing import Final

from core.rule_values import current
from listings import material
from listings.material import MaterialKeys, material_version
from listings.models import IndexSnapshot
from listings.snapshots import build_snapshot, keys_of, open_snapshot
from matching import (
    ENGINE_VERSION,
    BrandSpelling,
    Engine,
    LiveIndex,
    Screening,
    ScreeningItem,
    ScreeningRules,
    screen,
)

#: Results kept in a process: the same words and pictures are answered from memory, at whatever price they come back.
REMEMBERED: Final = 5_000


@dataclass(frozen=True, slots=True)
class EngineState:
    """An engine, the state of the material that it answers for, and its answers of late (``screen``)."""

    engine: Engine
    material: str
    snapshot_id: int
    screen: Callable[[ScreeningItem, ScreeningRules], Screening]

    @classmethod
    def of(cls, engine: Engine, material_version: str, snapshot_id: int) -> "EngineState":
        return cls(engine, material_version, snapshot_id, lru_cache(maxsize=REMEMBERED)(partial(screen, engine)))


#: Whoever must answer at once asks for the state of the material this seldom: it takes queries over all of it.
RECENT_SECONDS: Final = 5.0

_lock = threading.Lock()
_state: EngineState | None = None
_asked_at = 0.0


def current_engine() -> EngineState:
    """The engine for the material as it stands now. Builds a snapshot where none is near enough."""
    with _lock:
        return _brought_up()


def recent_engine() -> EngineState:
    """The engine for the material as it stood a few seconds ago at most, for an answer at once.

    Where another thread brings it up to date at this moment, it is the one before. The first call of a process opens
    the snapshot, and one after a change of the material what came since.
    """
    state = _state
    if state is not None and time.monotonic() - _asked_at < RECENT_SECONDS:
        return state
    if not _lock.acquire(blocking=state is None):
        return state or current_engine()
    try:
        return _brought_up()
    finally:
        _lock.release()


def _brought_up() -> EngineState:
    """Under the lock."""
    global _state, _asked_at  # noqa: PLW0603 - one engine a process is the point: its arrays are mapped, its automaton is large
    asked_at = time.monotonic()
    version, row = material_version(), IndexSnapshot.objects.latest_for(ENGINE_VERSION)
    if _state is None or (_state.material, _state.snapshot_id) != (version, row and row.pk):
        _state = _open(version, row)
    _asked_at = asked_at
    return _state


def forget_engine() -> None:
    """Drop this process's engine; the next call opens it anew."""
    global _state  # noqa: PLW0603 - see above
    with _lock:
        _state = None


def _open(version: str, row: IndexSnapshot | None) -> EngineState:
    """The engine of the latest snapshot, or of a new one where there is none or too much has changed since."""
    if row is None:
        return _open_new(version)
    snapshot, wanted = open_snapshot(row), material.material_keys()
    held = keys_of(snapshot)
    if row.material != version and _has_drifted(wanted, held):
        return _open_new(version)
    return EngineState.of(Engine(snapshot, _replay(wanted, held)), version, row.pk)


def _open_new(version: str) -> EngineState:
    row = build_snapshot(version)
    return EngineState.of(Engine(open_snapshot(row)), version, row.pk)


def _has_drifted(wanted: MaterialKeys, held: MaterialKeys) -> bool:
    """Whether so much came or went that replaying it costs more than building anew."""
    rules = current("listings")
    moved = len(wanted.pictures ^ held.pictures) + len(wanted.spellings ^ held.spellings)
    size = len(held.pictures) + len(held.spellings)
    return moved > max(rules.number("index_rebuild_least"), int(rules.ratio("index_rebuild_share") * size))


def _replay(wanted: MaterialKeys, held: MaterialKeys) -> LiveIndex:
    """What the snapshot does not know: references and names that came since, and those that went."""
    live = LiveIndex()
    new = wanted.pictures - held.pictures
    for picture in material.pictures(only=new) if new else ():
        live.add_picture(picture)
    for brand, spelling in sorted(wanted.spellings - held.spellings):
        live.add_spelling(BrandSpelling(brand, spelling))
    for key in held.pictures - wanted.pictures:
        live.remove_picture(key)
    for brand, spelling in held.spellings - wanted.spellings:
        live.remove_spelling(brand, spelling)
    return live
