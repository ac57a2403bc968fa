"""Pictures on servers of this machine, and the rounds in which they are fetched, for tests."""

import hashlib
import socket
from typing import Any

from core import jobs
from core.choices import JobStatus
from core.models import Job
from core.tests.factories import draw_picture
from core.tests.running import at
from core.tests.servers import Answer, answer
from listings import tasks
from listings.arrivals import getting, turns
from listings.models import PictureFetch
from listings.tests.arrival_rows import the_marketplace

FRONT, BACK = draw_picture(1), draw_picture(2)


def sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def run_round(seconds: float = 0) -> list[Job]:
    """What the courier and a worker do in that moment: turns begin, their tasks run."""
    with at(seconds) as now:
        tasks.give_servers_turns(now=now)
        due = list(Job.objects.filter(kind=turns.JOB_KIND, status=JobStatus.WAITING))
        for job in due:
            jobs.run_job(job.pk)
            job.refresh_from_db()
            assert job.status == JobStatus.DONE, job.last_error
    return due


def picture(data: bytes = FRONT, **headers: str) -> bytes:
    return answer(data, headers={"content-type": "image/png", **headers})


def by_path(answers: dict[str, Any]) -> Answer:
    """A server that answers each path in its own way, in whichever order they are asked for."""

    def reply(connection: socket.socket, head: bytes) -> None:
        found = answers[head.split()[1].decode()]
        if isinstance(found, bytes):
            connection.sendall(found)
        else:
            found(connection, head)

    return reply


def fetch_now(address: str) -> PictureFetch:
    with at(0):
        return next(getting.get_pictures([getting.Wanted(the_marketplace(), address)])).fetch
