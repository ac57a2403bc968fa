"""A form of a party with files beside it: read, kept, and shown again with everything that was given."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from django import forms
from django.http import HttpRequest
from django.utils.translation import gettext as _

from core.errors import DomainError
from reports import uploads
from reports.choices import DocumentKind
from reports.parties.forms import ACCEPT, FileField, file_fields
from reports.parties.words import said, said_of_file
from reports.uploads import TakenIn
from reports.wording import wording


@dataclass
class Submission:
    """One form as it stands: fresh, or read with its files."""

    form: forms.Form
    kinds: Sequence[DocumentKind]
    language: str
    needs_files: bool = False
    taken: TakenIn = field(default_factory=TakenIn)

    def read(self, request: HttpRequest, *, scope: str) -> bool:
        """Whether it can be handed in: the form is whole and every file was kept. ``scope`` as for ``uploads``."""
        marks = request.POST.getlist(uploads.KEPT)
        self.taken = uploads.take_in(request.FILES, marks, scope=scope, kinds=self.kinds)
        is_whole = self.form.is_valid() and not self.taken.refused
        if is_whole and self.needs_files and not self.taken.kept:
            text = _("파일이 없습니다. 추가할 자료를 고르지 않았습니다. 파일을 하나 이상 골라 주세요.")
            self.form.add_error(None, text)
            return False
        return is_whole

    def refuse(self, error: DomainError) -> None:
        """A service refused: its reason stands at the top, and nothing that was given is lost."""
        self.form.add_error(None, said(error))

    @property
    def context(self) -> dict[str, Any]:
        """For ``parties/files.html`` and the fields."""
        return {"form": self.form, "submission": self}

    @property
    def fields(self) -> list[FileField]:
        return file_fields(self.kinds, self.language)

    @property
    def kept(self) -> list[dict[str, Any]]:
        labels = wording(self.language).documents
        return [
            {
                "mark": each.mark,
                "name": each.handed_in.name,
                "kind": labels[each.handed_in.kind],
                "size": each.handed_in.file.size,
            }
            for each in self.taken.kept
        ]

    @property
    def refused(self) -> list[str]:
        return [said_of_file(each.name, each.error) for each in self.taken.refused]

    @property
    def accept(self) -> str:
        return ACCEPT

    @property
    def most(self) -> int:
        return uploads.MOST_FILES
