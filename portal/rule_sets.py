"""Which areas have numbers, and where their first values stand."""

from collections.abc import Mapping
from typing import Final

import accounts.rules
import core.rules
import listings.rules
import reports.rules
from core import rulesets

AREAS: Final[dict[str, Mapping[str, object]]] = {
    "core": core.rules.FIRST_VALUES,
    "api": accounts.rules.FIRST_VALUES,
    "webhooks": accounts.rules.WEBHOOK_VALUES,
    "listings": listings.rules.FIRST_VALUES,
    "reports": reports.rules.FIRST_VALUES,
}


def sync_rule_sets() -> None:
    """Write version 1 of each area where there is none yet."""
    rulesets.sync(AREAS)
