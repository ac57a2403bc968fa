"""Proves the journal, or names the first row that is broken and what is wrong with it."""

import argparse
import json
import sys
from dataclasses import asdict
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand
from django.utils import timezone

from core import journal
from core.journal import Verdict


class Command(BaseCommand):
    """Exit code 0: the journal is whole. 1: it is not. Writes nothing."""

    help = "저널(기록)의 다이제스트, 사슬, 서명과 바깥의 체크포인트를 검증합니다."

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("--json", action="store_true", help="결과를 JSON 한 줄로 출력합니다.")
        parser.add_argument("--public-keys", action="store_true", help="체크포인트 서명의 공개 키를 출력합니다.")
        parser.add_argument(
            "--checkpoints",
            type=Path,
            default=Path(settings.CHECKPOINT_FILE),
            metavar="FILE",
            help="데이터베이스 바깥에 보관한 체크포인트 파일(기본값: %(default)s)",
        )

    def handle(self, *_args: Any, **options: Any) -> None:
        if options["public_keys"]:
            self._print_public_keys(as_json=options["json"])
            return
        verdict = journal.verify(now=timezone.now(), outside=options["checkpoints"])
        if options["json"]:
            self.stdout.write(json.dumps({"sound": verdict.is_sound, **asdict(verdict)}, ensure_ascii=False))
        else:
            self._print(verdict)
        if not verdict.is_sound:
            sys.exit(1)

    def _print_public_keys(self, *, as_json: bool) -> None:
        keys = journal.public_keys()
        lines = [json.dumps(keys)] if as_json else [f"{key_id} {key}" for key_id, key in keys.items()]
        self.stdout.write("\n".join(lines))

    def _print(self, verdict: Verdict) -> None:
        counts = verdict.counts
        for remark in verdict.remarks:
            self.stdout.write(self.style.WARNING(f"주의: {remark}"))
        for problem in verdict.problems:
            self.stdout.write(self.style.ERROR(f"{problem.row}: {problem.what} ({problem.code})"))
        read = (
            f"기록 {counts.entries:,}건(봉인 전 {counts.unsealed:,}건, 상세 파기 {counts.erased:,}건), "
            f"봉인 {counts.seals:,}개, 체크포인트 {counts.checkpoints:,}개(바깥 {counts.outside:,}줄)"
        )
        if verdict.is_sound:
            self.stdout.write(self.style.SUCCESS(f"저널이 온전합니다. {read}"))
        else:
            self.stdout.write(f"저널이 온전하지 않습니다. 위의 첫 줄이 처음 발견된 문제입니다. {read}를 읽었습니다.")
