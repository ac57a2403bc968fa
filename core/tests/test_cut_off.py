"""An end to waiting for the other side."""

import socket

import pytest

from core.cut_off import CutOff, cut_off_after


def test_a_connection_that_was_in_time_stays_open() -> None:
    one, other = socket.socketpair()
    with one, other:
        with cut_off_after(60, one):
            pass
        other.sendall(b"still open")

        assert one.recv(10) == b"still open"


def test_a_read_ends_when_the_time_is_up() -> None:
    one, other = socket.socketpair()
    with one, other, pytest.raises(TimeoutError, match="no whole answer"), cut_off_after(0.05, one):
        assert one.recv(10) == b""


def test_only_the_connection_that_is_watched_last_is_cut_off() -> None:
    one, other = socket.socketpair()
    before, its_other = socket.socketpair()
    with one, other, before, its_other:
        with CutOff(0.05) as cut:
            cut.watch(before)
            cut.watch(one)
            assert one.recv(10) == b""
            assert cut.is_late
        its_other.sendall(b"still open")

        assert before.recv(10) == b"still open"


def test_a_connection_that_comes_too_late_is_cut_off_at_once() -> None:
    one, other = socket.socketpair()
    early, its_other = socket.socketpair()
    with one, other, early, its_other, CutOff(0.05) as cut:
        cut.watch(early)
        assert early.recv(10) == b""
        cut.watch(one)

        assert one.recv(10) == b""
        with pytest.raises(TimeoutError):
            cut.remaining()
