"""Opening ahead of the first question what an answer at once compares with."""

import logging
import threading

from django.db import connections

from listings.engine import recent_engine
from listings.models import IndexSnapshot
from listings.reappearances import recent_index
from matching import ENGINE_VERSION

logger = logging.getLogger(__name__)


def warm_up() -> None:
    """Open the published snapshot and lay out the confirmed counterfeits in this process.

    Where nothing is published yet the worker builds it, and whoever asks before waits for it.
    """
    if IndexSnapshot.objects.latest_for(ENGINE_VERSION) is not None:
        recent_engine()
    recent_index()


def warm_up_beside() -> threading.Thread:
    """The same in a thread beside a process that serves already. What goes wrong is logged, and tried again by the
    first who asks."""
    thread = threading.Thread(target=_warm_up_safely, name="warm-up", daemon=True)
    thread.start()
    return thread


def _warm_up_safely() -> None:
    try:
        warm_up()
    except Exception:
        logger.exception("the engine is not open yet")
    finally:
        connections.close_all()
