"""The supervisor with real processes: start, start again, hang, orphans, and an end that leaves nothing behind."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from core import supervisor
from core.supervisor import Child, Command, Supervisor

#: A child that stops when it is asked to.
OBEDIENT = (
    "import signal, time; signal.signal(signal.SIGTERM, lambda *_: exit(0)); print('up', flush=True); time.sleep(60)"
)
#: One that does not.
STUBBORN = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); time.sleep(60)"
#: One that starts a stubborn child of its own, writes both numbers down, and then does as the rest says.
PARENT = (
    "import os, subprocess, sys, time; "
    f"child = subprocess.Popen([sys.executable, '-c', {STUBBORN!r}]); "
    "note = open(sys.argv[1] + '.part', 'w'); note.write(f'{os.getpid()} {child.pid}'); note.close(); "
    "os.rename(note.name, sys.argv[1]); "
)


@pytest.fixture
def told() -> list[str]:
    return []


@pytest.fixture
def make(told: list[str]) -> Iterator[Callable[..., Supervisor]]:
    """Makes supervisors of Python snippets, and ends what they have left running."""
    made: list[Supervisor] = []

    def make_one(*snippets: str, grace: float = 10, **keywords: object) -> Supervisor:
        commands = [
            Command(f"child {number}", f"자식 {number}", [sys.executable, "-c", *snippet.split("\0")])
            for number, snippet in enumerate(snippets)
        ]
        made.append(Supervisor(commands, grace=grace, tell=told.append, **keywords))  # type: ignore[arg-type]
        return made[-1]

    yield make_one
    for one in made:
        one.hurry.set()
        one.end()


@pytest.fixture(autouse=True)
def _short_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(supervisor, "FIRST_WAIT", 0.01)
    monkeypatch.setattr(supervisor, "HUNG_GRACE", 0.3)


def look_until(one: Supervisor, condition: Callable[[], bool], seconds: float = 20) -> None:
    """Let the supervisor look until it holds; fail after so long."""

    def holds() -> bool:
        one.look()
        return condition()

    wait_until(holds, seconds)


def wait_until(condition: Callable[[], bool], seconds: float = 20) -> None:
    ends_at = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < ends_at, "it did not happen in time"
        threading.Event().wait(0.02)


def is_alive(pid: int) -> bool:
    """Whether the process runs; one that is dead and not buried does not."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


def family(path: Path) -> list[int]:
    return [int(word) for word in path.read_text().split()]


def test_child_that_ends_is_started_again_whatever_its_code(make: Callable[..., Supervisor], told: list[str]) -> None:
    one = make("raise SystemExit(0)", "raise SystemExit(3)")
    look_until(one, lambda: sum("시작했습니다" in line for line in told) >= 6)
    assert any("자식 0: 끝났습니다" in line and "종료 코드 0" in line for line in told)
    assert any("자식 1: 끝났습니다" in line and "종료 코드 3" in line for line in told)


def test_child_that_cannot_stay_is_started_less_and_less_often(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(supervisor, "FIRST_WAIT", 0.5)
    child = Child(Command("child", "자식", [sys.executable, "-c", ""]))
    waits = []
    for _ in range(7):
        child.start(100.0)
        wait_until(child.has_ended)
        child.bury(100.0)
        waits.append(child.starts_at - 100.0)
    assert waits == [0.5, 1, 2, 4, 8, 15, 15]
    child.start(100.0)
    wait_until(child.has_ended)
    child.bury(100.0 + supervisor.STEADY_SECONDS)
    assert child.starts_at == 100.5 + supervisor.STEADY_SECONDS


def test_each_child_leads_a_session_of_its_own(make: Callable[..., Supervisor]) -> None:
    one = make(OBEDIENT, OBEDIENT)
    one.look()
    pids = [child.pid for child in one.children]
    assert [os.getsid(pid) for pid in pids] == pids
    assert [os.getpgid(pid) for pid in pids] == pids
    assert os.getsid(0) not in pids


def test_stop_ends_obedient_children_without_waiting_for_the_grace(make: Callable[..., Supervisor]) -> None:
    one = make(OBEDIENT, OBEDIENT, grace=60)
    one.look()
    pids = [child.pid for child in one.children]
    began = time.monotonic()
    one.end()
    assert time.monotonic() - began < 30
    assert not any(is_alive(pid) for pid in pids)


@pytest.mark.parametrize("rest", ["time.sleep(60)", "import signal; signal.signal(15, signal.SIG_IGN); time.sleep(60)"])
def test_stop_leaves_nothing_of_a_family_behind(make: Callable[..., Supervisor], tmp_path: Path, rest: str) -> None:
    note = tmp_path / "family"
    one = make(f"{PARENT}{rest}\0{note}", grace=0.3)
    look_until(one, note.exists)
    pids = family(note)
    assert all(is_alive(pid) for pid in pids)
    one.end()
    wait_until(lambda: not any(is_alive(pid) for pid in pids))


def test_orphans_of_a_child_that_ends_in_peace_are_killed(make: Callable[..., Supervisor], tmp_path: Path) -> None:
    note = tmp_path / "family"
    one = make(f"{PARENT}raise SystemExit(0)\0{note}")
    look_until(one, note.exists)
    orphan = family(note)[1]
    look_until(one, lambda: not is_alive(orphan))


def test_orphans_of_a_child_that_is_killed_are_killed(make: Callable[..., Supervisor], tmp_path: Path) -> None:
    note = tmp_path / "family"
    one = make(f"{PARENT}time.sleep(60)\0{note}")
    look_until(one, note.exists)
    parent, orphan = family(note)
    os.kill(parent, signal.SIGKILL)
    look_until(one, lambda: not is_alive(orphan))


def test_child_that_hangs_is_replaced_though_it_does_not_obey(make: Callable[..., Supervisor], told: list[str]) -> None:
    hung: set[float] = set()
    one = make(STUBBORN, OBEDIENT, is_hung=lambda name, started_at: name == "child 0" and started_at in hung)
    one.look()
    first, other = one.children[0], one.children[1]
    pid, other_pid = first.pid, other.pid
    hung.add(first.started_at)
    look_until(one, lambda: first.pid not in (0, pid))
    assert not is_alive(pid)
    assert other.pid == other_pid
    assert sum("움직이지 않아" in line for line in told) == 1


def test_impatience_ends_the_grace(make: Callable[..., Supervisor]) -> None:
    one = make(STUBBORN, grace=60)
    one.look()
    pid = one.children[0].pid
    threading.Timer(0.2, one.hurry.set).start()
    began = time.monotonic()
    one.end()
    assert time.monotonic() - began < 30
    assert not is_alive(pid)


def test_run_ends_all_even_where_something_between_raises(make: Callable[..., Supervisor]) -> None:
    one = make(OBEDIENT)

    def stumble() -> None:
        raise RuntimeError

    with pytest.raises(RuntimeError):
        one.run(threading.Event(), between=stumble)
    assert one.children[0].process is None


@pytest.mark.skipif(sys.platform != "linux", reason="what is asked of the kernel here, other systems do not know")
def test_children_of_a_killed_supervisor_are_asked_to_stop(tmp_path: Path) -> None:
    note = tmp_path / "pid"
    script = (
        "import sys, threading\n"
        "from pathlib import Path\n"
        "from core.supervisor import Command, Supervisor\n"
        f"one = Supervisor([Command('child', 'child', [sys.executable, '-c', {OBEDIENT!r}])], grace=5, tell=print)\n"
        "one.look()\n"
        f"Path({str(note)!r}).write_text(str(one.children[0].pid))\n"
        "threading.Event().wait(60)\n"
    )
    process = subprocess.Popen([sys.executable, "-c", script], cwd=Path(__file__).parent.parent.parent)
    try:
        wait_until(lambda: note.exists() and note.read_text() != "")
        pid = int(note.read_text())
        assert is_alive(pid)
    finally:
        process.kill()
        process.wait()
    wait_until(lambda: not is_alive(pid))
