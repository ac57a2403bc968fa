"""What is owed a look, cut into jobs of less than a minute each."""

from collections.abc import Iterable, Sequence
from itertools import islice

from django.db import transaction

from core.canonical import digest
from core.jobs import enqueue
from listings.material import material_version
from listings.models import ListingVersion
from matching import ENGINE_VERSION

JOB_KIND = "listings.screen"
#: Fifty listings with cold pictures take a few seconds on one core; a task may last a minute.
CHUNK = 50


def enqueue_screening(version_ids: Sequence[int]) -> int:
    """Owe these versions a look. Returns how many jobs there are; the same chunk under the same material is one job."""
    material = material_version()[:16]
    jobs = 0
    for chunk in _chunks(version_ids):
        key = f"{JOB_KIND}:{material}:{digest(chunk)[:32]}"
        with transaction.atomic():
            enqueue(JOB_KIND, key=key, payload={"versions": chunk})
        jobs += 1
    return jobs


def enqueue_pending() -> int:
    """Owe a look to every current version that this engine has not compared with the material as it stands."""
    versions = ListingVersion.objects.current().unscreened(engine_version=ENGINE_VERSION, material=material_version())
    return enqueue_screening(list(versions.order_by("pk").values_list("pk", flat=True)))


def _chunks(ids: Iterable[int]) -> Iterable[list[int]]:
    source = iter(ids)
    while chunk := list(islice(source, CHUNK)):
        yield chunk
