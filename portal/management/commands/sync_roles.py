"""Brings the staff's roles up to the table in ``portal.roles``."""

from typing import Any

from django.core.management.base import BaseCommand
from django.db import transaction

from portal.roles import ROLES, sync_roles


class Command(BaseCommand):
    help = "Make the groups say exactly what the table of roles says; `migrate` does it too. Safe to run again."

    def handle(self, *args: Any, **options: Any) -> None:
        with transaction.atomic():
            sync_roles()
        for role in ROLES:
            self.stdout.write(f"{role.name} ({role.title}): 권한 {len(role.permissions)}개")
