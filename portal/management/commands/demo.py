"""``demo``: the demonstration, loaded once and kept; says who can sign in and what to click first."""

from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from accounts.models import User
from core.actors import Actor
from core.numbers import SEOUL
from listings.models import Match
from portal.demo.accounts import PEOPLE, ensure_people
from portal.demo.cases import make_cases
from portal.demo.loading import belongs_to_others, forget, load
from portal.demo.marketplace import ensure_marketplace, write_standin_config

ACTOR = Actor(kind="command", ref="demo", label="demo 명령")


class Command(BaseCommand):
    help = "Load the demonstration: 12 invented brands, 600 listings, orders, people. Run again, it stays."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--port", type=int, help="port of the portal; the stand-in marketplace takes the next one")

    def handle(self, *args: Any, **options: Any) -> None:
        self._refuse_serious_installations()
        port = options["port"] or urlsplit(settings.SITE_ORIGIN).port or 8000
        folder = settings.VAR_DIR / "demo"
        place, is_new = ensure_marketplace(f"http://127.0.0.1:{port + 1}/webhooks", actor=ACTOR)
        if is_new:
            forget(folder)
        today = timezone.now().astimezone(SEOUL).date()
        load(folder, today, tell=self.stdout.write, stdout=self.stdout, stderr=self.stderr)
        password = ensure_people(folder / "accounts.txt", actor=ACTOR)
        self._make_cases()
        address = f"http://127.0.0.1:{port}"
        write_standin_config(folder, place, portal=address, port=port + 1, today=today, actor=ACTOR)
        self._tell_what_to_do(port, password)

    def _make_cases(self) -> None:
        if make_cases(now=timezone.now(), moderator=User.objects.get(email=PEOPLE[0].email)):
            self.stdout.write("단계마다 사건을 하나씩 만들었습니다.")

    def _refuse_serious_installations(self) -> None:
        if settings.IS_PRODUCTION:
            raise CommandError(
                "시범 자료를 넣지 않았습니다. 운영 설정(JIKIMI_MODE=production)에서는 알려진 계정을 만들지 않습니다. "
                "시범은 JIKIMI_MODE=demonstration으로 다른 데이터베이스에서 실행해 주세요."
            )
        if belongs_to_others():
            raise CommandError(
                "시범 자료를 넣지 않았습니다. 이 데이터베이스에는 이미 다른 마켓플레이스의 자료가 있습니다. "
                "DATABASE_URL로 빈 데이터베이스를 지정해 다시 실행해 주세요."
            )

    def _tell_what_to_do(self, port: int, password: str) -> None:
        address = settings.SITE_ORIGIN
        waiting = Match.objects.awaiting_review().count()
        lines = [
            "",
            f"지킴이 시범: {address}/",
            *(f"  {person.email:28}{person.name}" for person in PEOPLE),
            f"  비밀번호(모두 같음): {password}",
            "",
            "먼저 해 보실 일",
            f"  1. {address}/admin/ 에 moderator@jikimi.example 로 로그인합니다.",
            f"  2. 첫 화면의 검토 대기 {waiting:,}건을 열어 C(확인) 또는 X(문제없음) 키로 판단합니다.",
            f"  3. {address}/admin/queue/ 에서 ‘다음 사건’을 눌러 신고와 소명을 심사합니다.",
            f"  4. {address}/outbox/ 에서 판매자와 신고인이 받은 편지를 읽고, 그 링크로 소명하거나 답변해 봅니다.",
            f"  5. 20초 뒤 http://127.0.0.1:{port + 1}/ (시범장터)에서 판매가 멈춘 것을 봅니다.",
            "",
        ]
        self.stdout.write("\n".join(lines))
