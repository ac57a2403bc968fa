"""How long pictures by address are tried, what follows from a failure, and the steps of an arrival. Pure."""

from collections.abc import Mapping
from typing import Final

from listings.choices import ArrivalStatus

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
