"""Makes a checkout ready to serve: database, static files and, where asked, the demonstration."""

from typing import Any

from django.core.management import CommandParser, call_command
from django.core.management.base import BaseCommand


class Command(BaseCommand):
    help = "데이터베이스와 화면 파일을 최신으로 준비합니다. 다시 실행하면 몇 초 만에 끝나고 자료는 그대로 둡니다."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--demonstration", action="store_true", help="시범 자료가 없으면 넣기")

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write("데이터베이스를 준비합니다…")
        call_command("migrate", interactive=False, verbosity=0)
        self.stdout.write("화면 파일을 모읍니다…")
        call_command("collectstatic", interactive=False, verbosity=0)
        if options["demonstration"]:
            call_command("demo", stdout=self.stdout, stderr=self.stderr)
