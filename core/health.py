"""Facts about the running portal: does the database answer, do its parts live, does anything wait for a person."""

from dataclasses import asdict, dataclass
from datetime import datetime

from django.conf import settings
from django.db import DatabaseError, connection

from core.connections import drop_broken_connections
from core.heartbeats import CLUSTER, COURIER, last_beat
from core.models import Effect, Job, OutboxMessage


@dataclass(frozen=True, slots=True)
class Facts:
    """Ages in whole seconds; ``None`` where a part was never seen, or nothing waits."""

    database: bool
    courier_age: int | None = None
    cluster_age: int | None = None
    oldest_due_outbox: int | None = None
    parked_messages: int = 0
    stuck_effects: int = 0
    given_up_jobs: int = 0

    def silent_parts(self) -> list[str]:
        """Parts that were not seen for longer than the supervisor would let pass, or never."""
        ages = {COURIER: self.courier_age, CLUSTER: self.cluster_age}
        return [name for name, age in ages.items() if age is None or age > settings.SERVE_HUNG_SECONDS]

    @property
    def is_ready(self) -> bool:
        """Whether the portal serves and works. What waits for a person is no reason to take it out of service."""
        return self.database and not self.silent_parts()

    def as_dict(self) -> dict[str, object]:
        return {"ready": self.is_ready, "silent": self.silent_parts()} | asdict(self)


def database_answers() -> bool:
    """Whether the database answers a question at this moment."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        drop_broken_connections()
        return False
    return True


def facts(*, now: datetime) -> Facts:
    """The facts as they stand. Where the database does not answer, that is the one fact there is."""
    if not database_answers():
        return Facts(database=False)
    due = OutboxMessage.objects.due(now).oldest_first().values_list("not_before", flat=True).first()
    return Facts(
        database=True,
        courier_age=_age(last_beat(COURIER), now),
        cluster_age=_age(last_beat(CLUSTER), now),
        oldest_due_outbox=_age(due, now),
        parked_messages=OutboxMessage.objects.parked().count(),
        stuck_effects=Effect.objects.stuck().count(),
        given_up_jobs=Job.objects.given_up().count(),
    )


def _age(at: datetime | None, now: datetime) -> int | None:
    return None if at is None else max(0, int((now - at).total_seconds()))
