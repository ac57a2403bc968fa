"""What is owed a look, cut into jobs of less than a minute each."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from itertools import islice
from typing import Any, Final

from django.db import transaction
from django.utils import timezone

from core.canonical import digest
from core.heartbeats import read_note, write_note
from core.jobs import enqueue
from listings.material import material_version
from listings.models import ListingVersion, Match
from listings.querysets import ListingVersionQuerySet
from matching import ENGINE_VERSION

JOB_KIND: Final = "listings.screen"
#: Fifty listings with cold pictures take a few seconds on one core; a task may last a minute.
CHUNK: Final = 50
#: Jobs written in one transaction, and in one turn of the chore: the courier's other chores wait for no more.
_JOBS_A_TRANSACTION: Final = 20
_JOBS_A_TURN: Final = 200
#: The name of the heartbeat whose note says how far the chore has come.
SCREENING: Final = "screening"
_SETTLING: Final = "settling"
_DONE: Final = "done"


def enqueue_screening(version_ids: Sequence[int]) -> int:
    """Owe these versions a look. Returns how many jobs there are; the same chunk under the same material is one job."""
    return _enqueue(iter_chunks(version_ids), f"{JOB_KIND}:{material_version()[:16]}", {})


def enqueue_pending() -> int:
    """Owe a look to every current version that this engine has not compared with the material as it stands.

    Returns how many jobs there are. The chore need not follow this state of the material any more.
    """
    material = material_version()
    jobs = _enqueue(chunks_of(_pending(material)), f"{JOB_KIND}:{material[:16]}", {})
    write_note(SCREENING, f"{material} {_DONE}", at=timezone.now())
    return jobs


def enqueue_waiting(index: str) -> int:
    """Owe a new look to what waits for a moderator, under an index that has learned everyday words since."""
    waiting = Match.objects.awaiting_review().order_by("version").values_list("version", flat=True).distinct()
    return _enqueue(iter_chunks(list(waiting)), f"{JOB_KIND}:{index[:16]}", {"again": True})


def follow_material(*, now: datetime) -> int:
    """Owe everything a new look once the material has changed and settled, a bite at each call. Returns the jobs.

    Settled is what stood the same at two calls, so that an import of a thousand brands is followed once, at its end.
    Where nothing changed this costs the few queries of ``material_version``.
    """
    material = material_version()
    seen, _, place = read_note(SCREENING).partition(" ")
    if seen != material:
        write_note(SCREENING, f"{material} {_SETTLING}", at=now)
        return 0
    if place == _DONE:
        return 0
    chunks = list(islice(chunks_of(_pending(material), after=int(place) if place.isdecimal() else 0), _JOBS_A_TURN))
    jobs = _enqueue(iter(chunks), f"{JOB_KIND}:{material[:16]}", {})
    write_note(SCREENING, f"{material} {chunks[-1][-1] if jobs == _JOBS_A_TURN else _DONE}", at=now)
    return jobs


def chunks_of(versions: ListingVersionQuerySet, *, after: int = 0) -> Iterator[list[int]]:
    """The ids of the versions in chunks, in their order, read a chunk at a time however many there are."""
    while chunk := list(versions.filter(pk__gt=after).order_by("pk").values_list("pk", flat=True)[:CHUNK]):
        yield chunk
        after = chunk[-1]


def iter_chunks(ids: Sequence[int]) -> Iterator[list[int]]:
    """The ids in chunks, in the order in which they come."""
    source = iter(ids)
    while chunk := list(islice(source, CHUNK)):
        yield chunk


def _pending(material: str) -> ListingVersionQuerySet:
    return ListingVersion.objects.current().unscreened(engine_version=ENGINE_VERSION, material=material)


def _enqueue(chunks: Iterator[list[int]], name: str, payload: Mapping[str, Any]) -> int:
    """A job a chunk. ``name`` and the chunk are its key: asked for again, it is the same job."""
    jobs = 0
    while several := list(islice(chunks, _JOBS_A_TRANSACTION)):
        with transaction.atomic():
            for chunk in several:
                enqueue(JOB_KIND, key=f"{name}:{digest(chunk)[:32]}", payload={"versions": chunk, **payload})
        jobs += len(several)
    return jobs
