"""When each part of the running portal was last seen alive."""

from datetime import datetime
from typing import Final

from core.models import Heartbeat

CLUSTER: Final = "cluster"
COURIER: Final = "courier"


def beat_now(name: str, *, at: datetime) -> None:
    """Write that this part is alive. Many may write at once; the latest moment stays."""
    if Heartbeat.objects.filter(name=name, at__lt=at).update(at=at) == 0:
        Heartbeat.objects.get_or_create(name=name, defaults={"at": at})


def last_beat(name: str) -> datetime | None:
    """When this part was last seen, or ``None`` if never."""
    return Heartbeat.objects.filter(name=name).values_list("at", flat=True).first()


def is_older(name: str, *, than: datetime) -> bool:
    """Whether this part has not been seen since then."""
    seen = last_beat(name)
    return seen is None or seen <= than


def read_note(name: str) -> str:
    """What this part last wrote down for itself; empty where it never did."""
    return Heartbeat.objects.filter(name=name).values_list("note", flat=True).first() or ""


def write_note(name: str, note: str, *, at: datetime) -> None:
    """Write down how far this part has come, for its next turn in whichever process."""
    Heartbeat.objects.update_or_create(name=name, defaults={"note": note, "at": at})
