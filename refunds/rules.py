"""What holds for an order line, whoever tells of it. Pure."""

import unicodedata
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Final

from core.calendar.days_off import korean_day
from refunds.choices import TimeSource

#: How far clocks of two houses may be apart [ours]; a time beyond that has not happened yet.
CLOCK_TOLERANCE: Final = timedelta(minutes=10)
#: More pieces of one thing than any consumer buys [ours]; a number beyond it is a broken export.
MOST_PIECES: Final = 1_000_000
#: Amounts survive a reader of JSON that knows only doubles (core.korean.money keeps single ones far below).
MOST_MINOR: Final = 2**53 - 1
#: As long as an order's key may be; longer ones are cut, at the look-up too.
KEY_LENGTH: Final = 100

#: Who is believed over whom about a time [ours]. A carrier's event and the marketplace's record are facts of a system,
#: and the later news of the two holds; the consumer is asked only where those are silent; an estimate yields to all.
_WEIGHT: Final[Mapping[str, int]] = {
    TimeSource.ESTIMATED: 0,
    TimeSource.CONSUMER: 1,
    TimeSource.MARKETPLACE: 2,
    TimeSource.CARRIER: 2,
}

#: What comes before what. Payment may follow receipt (cash on delivery), but never comes before the order.
_ORDER: Final = (("ordered", "paid"), ("ordered", "shipped"), ("ordered", "received"), ("shipped", "received"))


def takes_over(known: str, told: str) -> bool:
    """Whether news from the source ``told`` replaces a time that is known from the source ``known``."""
    return _WEIGHT[told] >= _WEIGHT[known]


def out_of_order(times: Mapping[str, datetime | None]) -> tuple[str, str] | None:
    """The first pair of which the second happened on a day before the first; ``None`` where all is in order.

    By days in Seoul: windows count days, tables often know nothing finer, and a day alone is read as its beginning.
    """
    for before, after in _ORDER:
        first, second = times.get(before), times.get(after)
        if first is not None and second is not None and korean_day(second) < korean_day(first):
            return before, after
    return None


def is_to_come(at: datetime, now: datetime) -> bool:
    """Whether the time lies further ahead than clocks may differ: a plan, and no fact."""
    return at > now + CLOCK_TOLERANCE


def order_key(number: str) -> str:
    """What an order's number is found by, however it is typed: letters and digits in one width and case.

    Two numbers may share a key; a look-up by key may find lines of more than one order.
    """
    plain = unicodedata.normalize("NFKC", number)
    key = "".join(sign for sign in plain.upper() if sign.isalnum())
    return (key or plain.strip())[:KEY_LENGTH]
