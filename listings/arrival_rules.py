"""How long pictures by address are tried, what follows from a failure, and the steps of an arrival. Pure."""

from collections.abc import Mapping, Sequence
from typing import Final

from listings.choices import ArrivalStatus

# [ours] For one picture, name servers and redirects included: a large photograph over a slow line comes in five.
FETCH_SECONDS: Final = 15.0
# [ours] A server's turn takes no new picture after so long: with the last one's fetching and decoding a task stays
# under 50 seconds, and the next server need not wait longer than that.
TURN_SECONDS: Final = 15.0
# [ours] Pictures asked of one server at once, as a browser would.
AT_ONCE: Final = 4
# [ours] A picture whose task has vanished is tried again after so long: longer than any turn.
CLAIM_SECONDS: Final = 180
# [ours] A turn that was asked for and has not begun by then is asked for anew: the queue is long, or has lost it.
QUEUED_SECONDS: Final = 600

#: First values of what the area "listings" says of pictures by address.
FIRST_VALUES: Final[Mapping[str, object]] = {
    # A picture that was fetched so recently is not fetched anew. Afterwards the server is asked whether it is still the
    # same, which costs one short answer; what stands under an address may be changed once screening has seen it [ours].
    "picture_fresh_hours": 1,
    # Waits between tries of one picture: a hiccup, a restart, an outage. After the last the listing comes in without
    # it, some twenty minutes later: its text must be screened, whoever keeps its pictures from us [ours].
    "picture_retry_seconds": [10, 60, 300, 900],
    # A picture that is not found is tried so often: delivery networks need a moment, removed pictures stay away [ours].
    "picture_not_found_tries": 2,
    # A server that has not been to be had for so long is not waited for: whoever shuts out screening alone would keep
    # the text from it too. It is asked again now and then, one picture each time [ours].
    "picture_server_patience_minutes": 30,
    # What a server calls unchanged is fetched anew after so long all the same: it is the server's word [ours].
    "picture_refetch_days": 7,
    # However it comes, a listing waits no longer than this for its pictures [ours].
    "picture_patience_hours": 24,
    # Pictures of one listing; marketplaces allow ten to thirty [ours].
    "picture_most": 100,
}

#: Every step of an arrival. What has settled stays so; who wants it again tells it again.
STEPS: Final[Mapping[ArrivalStatus, frozenset[ArrivalStatus]]] = {
    ArrivalStatus.WAITING: frozenset({ArrivalStatus.ARRIVED, ArrivalStatus.SUPERSEDED, ArrivalStatus.GIVEN_UP}),
    ArrivalStatus.ARRIVED: frozenset(),
    ArrivalStatus.SUPERSEDED: frozenset(),
    ArrivalStatus.GIVEN_UP: frozenset(),
}


def next_wait(
    *,
    again: bool,
    is_not_found: bool,
    tries: int,
    asked_wait: int | None,
    waits: Sequence[int],
    not_found_tries: int,
) -> int | None:
    """Seconds until a picture is tried again after that many tries; ``None`` where it is given up.

    A server's own wish (``asked_wait``) is followed as far as the longest of our waits.
    """
    if not again or tries > len(waits) or (is_not_found and tries >= not_found_tries):
        return None
    return max(waits[tries - 1], min(asked_wait or 0, max(waits)))


def pause_after(failures: int, *, asked_wait: int | None, waits: Sequence[int]) -> int:
    """Seconds for which a server is left alone after so many failures one after the other."""
    return max(waits[min(failures, len(waits)) - 1], min(asked_wait or 0, max(waits)))
