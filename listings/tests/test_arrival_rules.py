"""How long pictures by address are tried, and which steps an arrival may take."""

import itertools

import pytest

from listings.arrival_rules import FIRST_VALUES, STEPS, next_wait, pause_after
from listings.choices import ArrivalStatus
from listings.rules import FIRST_VALUES as ALL_VALUES

WAITS = (10, 60, 300, 900)


def wait(tries: int, *, again: bool = True, is_not_found: bool = False, asked: int | None = None) -> int | None:
    return next_wait(
        again=again, is_not_found=is_not_found, tries=tries, asked_wait=asked, waits=WAITS, not_found_tries=2
    )


def test_the_waits_grow_and_end() -> None:
    assert [wait(tries) for tries in range(1, 7)] == [10, 60, 300, 900, None, None]


def test_what_makes_no_sense_again_is_not_tried_again() -> None:
    assert wait(1, again=False) is None


def test_what_is_not_found_is_tried_twice() -> None:
    assert [wait(tries, is_not_found=True) for tries in (1, 2)] == [10, None]


@pytest.mark.parametrize(("asked", "seconds"), [(None, 60), (0, 60), (59, 60), (61, 61), (900, 900), (86_400, 900)])
def test_a_servers_wish_is_followed_as_far_as_our_longest_wait(asked: int | None, seconds: int) -> None:
    assert wait(2, asked=asked) == seconds
    assert pause_after(2, asked_wait=asked, waits=WAITS) == seconds


def test_a_server_is_paused_for_longer_each_time_and_never_for_good() -> None:
    assert [pause_after(failures, asked_wait=None, waits=WAITS) for failures in (1, 2, 3, 4, 5, 999)] == [
        10,
        60,
        300,
        900,
        900,
        900,
    ]


@pytest.mark.parametrize(("old", "new"), list(itertools.product(ArrivalStatus, ArrivalStatus)))
def test_only_what_waits_takes_a_step(old: ArrivalStatus, new: ArrivalStatus) -> None:
    assert (new in STEPS[old]) == (old == ArrivalStatus.WAITING and new != ArrivalStatus.WAITING)


def test_its_numbers_are_numbers_of_the_area() -> None:
    assert set(FIRST_VALUES) == {name for name in ALL_VALUES if name.startswith("picture_")}
