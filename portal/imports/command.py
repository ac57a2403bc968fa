"""What the import commands share: their arguments, the progress bar, the errors and the summary."""

import sys
from argparse import ArgumentParser
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any, Final

from django.core.management.base import BaseCommand, CommandError
from tqdm import tqdm

from core.actors import Actor
from core.errors import DomainError
from portal.imports.pictures import ImageFolder
from portal.imports.report import Report
from portal.imports.run import Importer, run
from portal.imports.source import Source

COMMAND: Final = "command"


class ImportCommand(BaseCommand):
    """Reads the file and brings in what is good. Ends with 0 also where rows were bad; with 1 where the file cannot be
    read or no row of it came in."""

    #: What the rows are, in the summary.
    subject = ""
    #: Whether rows name pictures.
    has_pictures = True
    #: The command's own name, which stands in the journal.
    name = ""

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, metavar="FILE", help="JSON Lines 또는 CSV 파일(UTF-8, CP949)")
        if self.has_pictures:
            parser.add_argument("--images", type=Path, metavar="DIR", help="사진이 들어 있는 폴더")
        parser.add_argument("--marketplace", metavar="SLUG", help="마켓플레이스의 주소 이름(하나뿐이면 생략)")
        parser.add_argument("--errors", type=Path, metavar="FILE.csv", help="잘못된 행을 모아 적을 CSV 파일")

    def handle(self, *_args: Any, **options: Any) -> None:
        try:
            self._import(options)
        except DomainError as error:
            raise CommandError(str(error)) from error

    def importer(self, marketplace: str | None) -> Importer[Any]:
        """Raises ``DomainError`` where the marketplace is not clear."""
        raise NotImplementedError

    def actor(self) -> Actor:
        return Actor(kind=COMMAND, ref=self.name, label=f"{self.name} 명령")

    def closing_lines(self) -> list[str]:
        """What is owed once the rows are in, and what is said of it."""
        return []

    def _import(self, options: dict[str, Any]) -> None:
        importer = self.importer(options["marketplace"])
        images = options.get("images")
        folder = ImageFolder(images) if images else None
        with Source(options["file"], importer.shape) as source, _error_table(options["errors"]) as table:
            report = Report(tell=self._tell, table=table)
            try:
                self._run(source, importer, folder, report)
            finally:
                self._print(self._summary(report))
        self._print(self.closing_lines())
        if report.failed and not report.brought_in:
            raise CommandError("들어간 행이 하나도 없습니다. 위에 적힌 이유를 보고 파일을 고쳐 다시 가져와 주세요.")

    def _run(self, source: Source, importer: Importer[Any], folder: ImageFolder | None, report: Report) -> None:
        with tqdm(total=source.size, unit="B", unit_scale=True, desc=self.subject, disable=_is_piped()) as bar:

            def show_progress() -> None:
                bar.set_postfix_str(f"{report.read:,}건, 실패 {report.failed:,}", refresh=False)
                bar.update(source.position - bar.n)

            run(source, importer, folder=folder, report=report, after_batch=show_progress)

    def _tell(self, line: str) -> None:
        with tqdm.external_write_mode(file=sys.stderr):
            self.stderr.write(line)

    def _summary(self, report: Report) -> list[str]:
        return report.summary(self.subject) if report.read else [f"{self.subject}: 읽은 행이 없습니다."]

    def _print(self, lines: Iterable[str]) -> None:
        for line in lines:
            self.stdout.write(line)


def _is_piped() -> bool:
    """A bar is for a person who looks at it."""
    return not sys.stderr.isatty()


@contextmanager
def _error_table(path: Path | None) -> Iterator[IO[str] | None]:
    """The file for bad rows, with the mark that makes a Korean spreadsheet read it as UTF-8."""
    if path is None:
        yield None
        return
    try:
        stream = path.open("w", encoding="utf-8-sig", newline="")
    except OSError as problem:
        raise CommandError(
            f"오류 파일을 쓸 수 없습니다: {path} ({problem.strerror}). 경로를 확인해 주세요."
        ) from problem
    with stream:
        yield stream
