"""The pool of limited child processes in which hostile files are decoded, and nowhere else.

``Pool.decode`` takes bytes and gives back a safe working copy and what is known of the file, or raises
``DecodingFailed`` with a code. A child that hangs, crashes or lies is killed and replaced; the next job never
notices. A pool belongs to one process, starts its children when they are first needed, may be used from any number
of threads, survives a fork (the new process starts children of its own) and leaves no process behind.
"""

import atexit
import json
import os
import queue
import signal
import socket
import struct
import subprocess
import sys
import threading
import time
import weakref
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

from core.evidence import rules

_FRAME: Final = struct.Struct(">II")
_CHILD_PROGRAM: Final = Path(__file__).with_name("child.py")
# The answer's header is a few words, its working copy at most a PNG of the working size; more is a lie.
_MAX_HEADER_BYTES: Final = 4096
_MAX_COPY_BYTES: Final = 32 * 1024 * 1024

#: What a glance is handed over as: one sign a pixel, nothing to decode.
PGM: Final = "image/x-portable-graymap"

# Codes of ``DecodingFailed``. The first five are the file's own and stay the same at the next try.
DAMAGED: Final = "damaged"
TOO_MANY_PIXELS: Final = "too_many_pixels"
TOO_MUCH_MEMORY: Final = "too_much_memory"
PASSWORD: Final = "password"  # noqa: S105 - a code, not a secret
TOO_MANY_PAGES: Final = "too_many_pages"
TOO_SLOW: Final = "too_slow"
CRASHED: Final = "crashed"
BUSY: Final = "busy"
UNAVAILABLE: Final = "unavailable"

_CODES_OF_A_CHILD: Final = frozenset({DAMAGED, TOO_MANY_PIXELS, TOO_MUCH_MEMORY, PASSWORD, TOO_MANY_PAGES})
CODES: Final = _CODES_OF_A_CHILD | {TOO_SLOW, CRASHED, BUSY, UNAVAILABLE}


class DecodingFailed(Exception):
    """No working copy could be made; ``code`` says why."""

    def __init__(self, code: str) -> None:
        self.code = code
        super().__init__(code)


@dataclass(frozen=True, slots=True)
class Limits:
    """What a child may use.

    Memory is address space. Measured with Pillow 13 and pi-heif 1.4 on pictures of 50 million pixels: a child at rest
    62 MB; JPEG 304, progressive JPEG 547, CMYK 312, PNG 365, PNG of 16 bits 561, PNG with alpha 579, GIF 360,
    HEIC 417, HEIC with alpha 498, WebP 832, WebP with alpha 913. So 1024 lets every picture through that the rules
    allow. The slowest of them takes 3.3 s of processor time.
    """

    memory_mb: int = 1024
    processor_seconds: int = 20
    #: On the clock: more than processor time, because a busy machine is not the picture's fault.
    wall_seconds: float = 40.0
    start_seconds: float = 30.0
    #: How long a job waits for a free child before the pool says that it is busy.
    wait_seconds: float = 60.0
    #: A child that has worked this often, or holds this much after a job, is replaced by a fresh one.
    jobs_per_child: int = 500
    resident_mb: int = 256
    open_files: int = 16
    max_pixels: int = rules.MAX_PIXELS
    longest_side: int = rules.WORKING_LONGEST_SIDE
    glance_side: int = rules.GLANCE_SIDE
    jpeg_quality: int = rules.WORKING_JPEG_QUALITY
    png_max_bytes: int = rules.WORKING_PNG_MAX_BYTES
    max_pages: int = rules.MAX_PDF_PAGES


@dataclass(frozen=True, slots=True)
class Decoded:
    """What a child found out. Of a document there is a page count and no copy; of a picture the other way round.

    ``width`` and ``height`` are those of the full picture, the right way up.
    """

    copy: bytes = b""
    media_type: str = ""
    width: int | None = None
    height: int | None = None
    page_count: int | None = None
    has_more_frames: bool = False


class BrokenChild(Exception):
    """The child closed its end or said something that it never says."""


def read_glance(header: dict[str, Any], pixels: bytes) -> Decoded:
    """What the child saw at a glance, as a PGM file that is put together here: of the answer only the pixels are taken.

    Raises ``DecodingFailed`` where the child refuses the file, ``BrokenChild`` where its answer is impossible.
    """
    _raise_refusal(header)
    columns, rows = _count(header.get("columns")), _count(header.get("rows"))
    if len(pixels) != columns * rows:
        raise BrokenChild
    width, height = _count(header.get("width")), _count(header.get("height"))
    return Decoded(b"P5 %d %d 255\n" % (columns, rows) + pixels, PGM, width, height)


def _raise_refusal(header: dict[str, Any]) -> None:
    refused = header.get("refused")
    if isinstance(refused, str) and refused in _CODES_OF_A_CHILD:
        raise DecodingFailed(refused)


def read_answer(header: dict[str, Any], copy: bytes, decoder: str) -> Decoded:
    """What the child says, believed only as far as it can be checked.

    Raises ``DecodingFailed`` where the child refuses the file, ``BrokenChild`` where its answer is impossible.
    """
    _raise_refusal(header)
    if decoder == rules.PDF.decoder:
        return Decoded(page_count=_count(header.get("page_count")))
    media_type = str(header.get("media_type"))
    if media_type not in rules.WORKING_TYPES or not copy.startswith(rules.WORKING_TYPES[media_type]):
        raise BrokenChild
    width, height = _count(header.get("width")), _count(header.get("height"))
    return Decoded(copy, media_type, width, height, has_more_frames=header.get("more_frames") is True)


def _count(value: object) -> int:
    # Exactly an integer (a truth value is one by inheritance), up to what a column holds on both databases.
    if type(value) is int and 0 < value < 2**31:
        return value
    raise BrokenChild


def _spawn(program: Path, limits: Limits, far_end: socket.socket) -> subprocess.Popen[bytes]:
    # None of the portal's secrets go along. One arena, because address space is what is counted.
    environment = {"MALLOC_ARENA_MAX": "1", "LC_ALL": "C.UTF-8"}
    if "LD_LIBRARY_PATH" in os.environ:
        environment["LD_LIBRARY_PATH"] = os.environ["LD_LIBRARY_PATH"]
    return subprocess.Popen(  # noqa: S603 - our own interpreter on our own file
        [sys.executable, "-I", str(program), json.dumps({**asdict(limits), "parent": os.getpid()})],
        stdin=far_end.fileno(),
        stdout=subprocess.DEVNULL,
        env=environment,
        cwd="/",
        # A Ctrl-C or SIGTERM to the portal's whole group must not cut a picture that is being finished.
        start_new_session=True,
    )


class _Child:
    """One child process and the socket to it. Used by one thread at a time."""

    def __init__(self, limits: Limits, program: Path) -> None:
        self.limits = limits
        self.job_count = 0
        #: False from the first byte of a job to the last of its answer. Whatever interrupts that in between (a timeout
        #: of the task queue, Ctrl-C) leaves an answer on its way that belongs to no later file.
        self.is_in_step = False
        self.resident_mb = 0
        self.channel, far_end = socket.socketpair()
        try:
            self.process = _spawn(program, limits, far_end)
        except OSError:
            self.channel.close()
            raise
        finally:
            far_end.close()

    def await_ready(self) -> None:
        self._receive(time.monotonic() + self.limits.start_seconds)
        self.is_in_step = True

    @property
    def is_usable(self) -> bool:
        return self.process.poll() is None

    @property
    def is_worn(self) -> bool:
        return self.job_count >= self.limits.jobs_per_child or self.resident_mb > self.limits.resident_mb

    def ask(self, data: bytes, decoder: str, *, glance: bool = False) -> Decoded:
        """One job. Raises ``DecodingFailed`` (the child lives on), ``TimeoutError``, ``OSError`` or ``BrokenChild``."""
        deadline = time.monotonic() + self.limits.wall_seconds
        header = json.dumps({"decoder": decoder, "glance": glance}).encode()
        self.is_in_step = False
        self.channel.settimeout(self.limits.wall_seconds)
        self.channel.sendall(_FRAME.pack(len(header), len(data)) + header)
        self.channel.sendall(data)
        self.job_count += 1
        answer, copy = self._receive(deadline)
        self.is_in_step = True
        resident = answer.get("resident_mb")
        self.resident_mb = resident if isinstance(resident, int) else 0
        return read_glance(answer, copy) if glance else read_answer(answer, copy, decoder)

    def _receive(self, deadline: float) -> tuple[dict[str, Any], bytes]:
        header_length, copy_length = _FRAME.unpack(self._read(_FRAME.size, deadline))
        if header_length > _MAX_HEADER_BYTES or copy_length > _MAX_COPY_BYTES:
            raise BrokenChild
        try:
            header = json.loads(self._read(header_length, deadline))
        except (ValueError, RecursionError) as problem:
            raise BrokenChild from problem
        if not isinstance(header, dict):
            raise BrokenChild
        return header, self._read(copy_length, deadline)

    def _read(self, length: int, deadline: float) -> bytes:
        buffer = bytearray(length)
        view = memoryview(buffer)
        while view:
            remaining = deadline - time.monotonic()
            if remaining <= 0:
                raise TimeoutError
            self.channel.settimeout(remaining)
            count = self.channel.recv_into(view)
            if not count:
                raise BrokenChild
            view = view[count:]
        return bytes(buffer)

    def end(self) -> int:
        """Make sure that the process is gone and reaped; its return code."""
        self.channel.close()
        try:
            # One that died by itself has a moment to be reaped with its own code, which says why.
            return self.process.wait(timeout=0.2)
        except subprocess.TimeoutExpired:
            self.process.kill()
            return self.process.wait()

    def abandon(self) -> None:
        """Let go of another process's child after a fork: it is not ours to wait for or to end."""
        self.channel.close()
        self.process.returncode = 0


class Pool:
    """At most ``size`` children. ``program`` is the file they run, which tests replace by one that misbehaves."""

    def __init__(self, limits: Limits, size: int, program: Path = _CHILD_PROGRAM) -> None:
        self.limits = limits
        self.size = size
        self.program = program
        self._begin()
        _pools.add(self)

    def _begin(self) -> None:
        self._lock = threading.Lock()
        self._alive: set[_Child] = set()
        self._is_closed = False
        # Last in, first out: as few children are ever started as there are files at the same time.
        self._places: queue.LifoQueue[_Child | None] = queue.LifoQueue()
        for _ in range(self.size):
            self._places.put(None)
        # The kernel ends a child with the *thread* that started it, and threads of a web server come and go. So one
        # thread that lives as long as the process starts them all.
        self._keeper = ThreadPoolExecutor(max_workers=1, thread_name_prefix="evidence-keeper")

    def decode(self, data: bytes, decoder: str) -> Decoded:
        """The safe copy of one file and what is known of it. Raises ``DecodingFailed``."""
        return self._work(data, decoder, glance=False)

    def glance(self, data: bytes, decoder: str) -> Decoded:
        """A picture in small and in grey, to be compared and not kept. Raises ``DecodingFailed``."""
        return self._work(data, decoder, glance=True)

    def _work(self, data: bytes, decoder: str, *, glance: bool) -> Decoded:
        try:
            child = self._places.get(timeout=self.limits.wait_seconds)
        except queue.Empty:
            raise DecodingFailed(BUSY) from None
        try:
            child = self._ready(child)
            return self._ask(child, data, decoder, glance=glance)
        finally:
            self._give_back(child)

    def _ask(self, child: _Child, data: bytes, decoder: str, *, glance: bool) -> Decoded:
        try:
            return child.ask(data, decoder, glance=glance)
        except TimeoutError:
            self._retire(child, kill=True)
            raise DecodingFailed(TOO_SLOW) from None
        except (BrokenChild, OSError):
            code = self._retire(child)
            raise DecodingFailed(TOO_SLOW if code == -signal.SIGXCPU else CRASHED) from None

    def _give_back(self, child: _Child | None) -> None:
        if child is not None and child in self._alive and (child.is_worn or not child.is_in_step):
            self._retire(child, kill=not child.is_in_step)
        self._places.put(child if child in self._alive else None)

    def _ready(self, child: _Child | None) -> _Child:
        """That child if it still lives, else a new one that has said that it is ready."""
        if child is not None and child.is_usable:
            return child
        if child is not None:
            self._retire(child)
        try:
            fresh = self._keeper.submit(self._start).result()
        except (OSError, RuntimeError) as problem:
            raise DecodingFailed(UNAVAILABLE) from problem
        try:
            fresh.await_ready()
        except BaseException as problem:
            self._retire(fresh, kill=True)
            if isinstance(problem, BrokenChild | OSError):
                raise DecodingFailed(UNAVAILABLE) from problem
            raise
        return fresh

    def _start(self) -> _Child:
        with self._lock:
            if self._is_closed:
                raise RuntimeError("the pool is closed")
            child = _Child(self.limits, self.program)
            self._alive.add(child)
            return child

    def _retire(self, child: _Child, *, kill: bool = False) -> int:
        self._alive.discard(child)
        if kill:
            child.process.kill()
        return child.end()

    def close(self) -> None:
        """End every child, also in the middle of a job. The pool takes no job afterwards."""
        with self._lock:
            self._is_closed = True
            children = list(self._alive)
        for child in children:
            # Only the process: the socket belongs to the thread that may be waiting on it, which sees the end.
            child.process.kill()
        for child in self._take_idle():
            self._retire(child)
        self._keeper.shutdown()

    def _take_idle(self) -> list[_Child]:
        """Every child that is not at work; their places stay, empty, so that nobody waits for one in vain."""
        idle = []
        with suppress(queue.Empty):
            while True:
                idle.append(self._places.get_nowait())
        for _ in idle:
            self._places.put(None)
        return [child for child in idle if child is not None]

    def child_pids(self) -> list[int]:
        """Process ids of the children that are alive, for operations and tests."""
        return sorted(child.process.pid for child in self._alive if child.is_usable)

    def forget_parents_children(self) -> None:
        """After a fork, in the new process: start over with children of its own."""
        for child in self._alive:
            child.abandon()
        self._begin()


_pools: "weakref.WeakSet[Pool]" = weakref.WeakSet()
_shared: dict[tuple[Limits, int], Pool] = {}
_shared_lock = threading.Lock()


def shared_pool(limits: Limits, size: int) -> Pool:
    """This process's pool with those limits, made at the first call."""
    with _shared_lock:
        key = (limits, size)
        if key not in _shared:
            _shared[key] = Pool(limits, size)
        return _shared[key]


def _close_all() -> None:
    for pool in list(_pools):
        pool.close()


def _start_over_after_fork() -> None:
    global _shared_lock  # noqa: PLW0603 - a lock that another thread held at the fork would never be released here
    _shared_lock = threading.Lock()
    for pool in list(_pools):
        pool.forget_parents_children()


atexit.register(_close_all)
os.register_at_fork(after_in_child=_start_over_after_fork)
