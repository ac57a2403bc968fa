"""Rows that the code brings with it: first rule values, grounds, policies, roles. Called after each ``migrate``."""

from portal.roles import sync_roles
from portal.rule_sets import sync_rule_sets
from reports.grounds import sync_grounds


def sync() -> None:
    """Bring the reference rows up to the code. Run again, it changes nothing."""
    sync_rule_sets()
    sync_grounds()
    sync_roles()
