"""Rows that the code brings: first rule values, grounds, policies, routes, roles. Called after each ``migrate``."""

from portal.roles import sync_roles
from portal.rule_sets import sync_rule_sets
from reports.grounds import sync_grounds
from reports.services.queue import sync_routes


def sync() -> None:
    """Bring the reference rows up to the code. Run again, it changes nothing."""
    sync_rule_sets()
    sync_grounds()
    sync_routes()
    sync_roles()
