"""Asking what a host's name stands for, within a time."""

import ipaddress
import threading
from queue import Empty, SimpleQueue
from socket import SOCK_STREAM, getaddrinfo
from typing import Final

from core.fetching.networks import IPAddress

#: The system's resolver cannot be interrupted: who gives up waiting leaves the question behind. So many may be left.
_questions: Final = threading.BoundedSemaphore(64)

Answer = tuple[IPAddress, ...] | OSError


def resolve(host: str, *, seconds: float) -> tuple[IPAddress, ...]:
    """Every address that the name stands for, in the system's order. Raises ``OSError``, and ``TimeoutError`` where
    there is no answer in time."""
    unanswered = _questions
    if not unanswered.acquire(blocking=False):
        raise OSError("too many questions to name servers are unanswered")
    answers: SimpleQueue[Answer] = SimpleQueue()
    threading.Thread(target=_ask, args=(host, answers, unanswered), name="resolver", daemon=True).start()
    try:
        answer = answers.get(timeout=seconds)
    except Empty:
        raise TimeoutError(f"no answer about {host} within {seconds} seconds") from None
    if isinstance(answer, OSError):
        raise answer
    return answer


def _ask(host: str, answers: "SimpleQueue[Answer]", unanswered: threading.BoundedSemaphore) -> None:
    try:
        found = getaddrinfo(host, None, type=SOCK_STREAM)
        answers.put(tuple(dict.fromkeys(ipaddress.ip_address(entry[4][0]) for entry in found)))
    except OSError as problem:
        answers.put(problem)
    except ValueError as problem:  # A name that cannot be asked for, an answer that is no address.
        answers.put(OSError(str(problem)))
    finally:
        unanswered.release()
