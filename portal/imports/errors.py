"""Why a row or a file was not brought in, in words for the person who brought it."""

from core.errors import DomainError
from core.korean import josa

_SHOWN_CHARACTERS = 60


class RowRefused(DomainError):
    """This row cannot be brought in; nothing of it was written, and the others are not touched."""

    code = "row_refused"


class FileUnusable(DomainError):
    """Nothing of the file can be read."""

    code = "file_unusable"


def quoted(value: object) -> str:
    """A refused value as an error may show it: short, and without what would break a line or a terminal."""
    clean = "".join(character if character.isprintable() else "�" for character in str(value)[: _SHOWN_CHARACTERS + 1])
    return f"“{clean[:_SHOWN_CHARACTERS]}…”" if len(clean) > _SHOWN_CHARACTERS else f"“{clean}”"


def unreadable(label: str, why: str, action: str) -> RowRefused:
    return RowRefused(f"{josa(label, '을/를')} 읽을 수 없습니다.", why, action)
