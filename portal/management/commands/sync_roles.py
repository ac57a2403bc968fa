"""Brings the staff's roles up to the table in ``portal.roles``."""

from typing import Any

from django.core.management.base import BaseCommand
from django.db import transaction

from portal.roles import ROLES, sync_roles


class Command(BaseCommand):
    help = "담당자 역할의 권한을 코드의 표와 똑같이 맞춥니다. migrate도 같은 일을 하며, 다시 실행해도 됩니다."

    def handle(self, *args: Any, **options: Any) -> None:
        with transaction.atomic():
            sync_roles()
        for role in ROLES:
            self.stdout.write(f"{role.name} ({role.title}): 권한 {len(role.permissions)}개")
