"""How a process that a command spawned begins, and how it never outlives the command."""

import os
import signal
import threading
from multiprocessing import parent_process
from multiprocessing.connection import wait

import django


def start_child() -> None:
    """The initialiser of a pool of spawned processes.

    Ctrl-C reaches a whole group of processes: the parent decides what it means, and lets the work under way end. Where
    the parent is killed the child ends with it at once; its transaction is rolled back.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with_parent, name="end-with-parent", daemon=True).start()
    django.setup()


def _end_with_parent() -> None:
    parent = parent_process()
    if parent is not None:
        wait([parent.sentinel])
        os._exit(1)
