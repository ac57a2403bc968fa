"""What the pieces of a page say: how a status looks, what a table is made of. Plain values for ``templates/pieces``."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal

from django.utils.translation import gettext_noop as _

from reports.choices import AllegationStatus as S

Tone = Literal["neutral", "info", "ok", "warn", "danger"]


@dataclass(frozen=True, slots=True)
class StatusLook:
    """A badge: a short word with an icon, and who acts next (empty where nobody has to)."""

    word: str
    tone: Tone
    icon: str
    next_actor: str = ""


#: The words of look.md: shorter than the labels of the rows, because they stand in a badge. The badge translates them.
STATUS_LOOKS: Final[Mapping[str, StatusLook]] = {
    S.RECEIVED: StatusLook(_("접수"), "neutral", "inbox", _("담당자")),
    S.UNDER_REVIEW: StatusLook(_("심사 중"), "info", "search", _("담당자")),
    S.MORE_INFO_REQUESTED: StatusLook(_("보완 요청"), "warn", "pencil", _("신고인")),
    S.RESTRICTED: StatusLook(_("판매제한"), "warn", "pause", _("담당자")),
    S.EXPLANATION_REQUESTED: StatusLook(_("소명 요청"), "warn", "message", _("판매자")),
    S.EXPLANATION_REVIEW: StatusLook(_("소명 검토"), "info", "search", _("담당자")),
    S.UPHELD: StatusLook(_("판매중지"), "danger", "stop"),
    S.REINSTATED: StatusLook(_("판매 재개"), "ok", "play"),
    S.DISMISSED: StatusLook(_("기각"), "neutral", "minus"),
    S.CLOSED: StatusLook(_("종결"), "neutral", "check"),
    S.RETURNED: StatusLook(_("반려"), "neutral", "back"),
    S.WITHDRAWN: StatusLook(_("철회"), "neutral", "minus"),
    S.TRANSFERRED: StatusLook(_("이관"), "neutral", "arrow"),
    S.DUPLICATE: StatusLook(_("중복"), "neutral", "copy"),
}


@dataclass(frozen=True, slots=True)
class ClockReading:
    """What a clock says: ``running``, ``closing`` or ``over``, in words, until when, and that moment for machines."""

    state: str
    remaining: str
    deadline: str
    moment: str


@dataclass(frozen=True, slots=True)
class Heading:
    """How a table stands sorted by one column, and what the address says after its heading is chosen."""

    direction: str
    following: str


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table. ``key`` is what the address says when the table is sorted by it."""

    key: str
    label: str
    is_number: bool = False
    is_sortable: bool = False

    def following_sort(self, current: str) -> str:
        """What the address says after the heading is chosen: rising first, then falling."""
        return f"-{self.key}" if current == self.key else self.key

    def direction(self, current: str) -> Literal["ascending", "descending", "none"]:
        """How the table stands sorted by this column, in the words of ``aria-sort``."""
        if current == self.key:
            return "ascending"
        return "descending" if current == f"-{self.key}" else "none"


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell: text, or a link, or a status badge."""

    text: str = ""
    url: str = ""
    status: str = ""


@dataclass(frozen=True, slots=True)
class Filter:
    """A choice above a table. It is sent in the address, so that a view can be shared."""

    key: str
    label: str
    choices: tuple[tuple[str, str], ...]
    value: str = ""


@dataclass(frozen=True, slots=True)
class KeptFile:
    """A file among the evidence, as its owner sees it. ``state`` is kept, sending or failed."""

    name: str
    kind: str
    size: int
    added_at: object = None
    picture_url: str = ""
    url: str = ""
    state: Literal["kept", "sending", "failed"] = "kept"
    percent: int = 0
    problem: str = ""
    remove_action: str = ""
    retry_action: str = ""
