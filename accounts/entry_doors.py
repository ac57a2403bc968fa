"""What every door for marketplaces' signed links does with a request; the apps above hold the doors themselves."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.http import HttpRequest, HttpResponse

from accounts.choices import EntryKind
from accounts.entry_links import Entry, open_entry, redeem_entry
from accounts.entry_signatures import names_of
from accounts.wrong_tries import count_wrong
from core.errors import DomainError

#: Links that open nothing, a minute from one address [ours]. One that opens is never counted, so nobody who shares
#: an address is shut out; a guesser has 256 bits before it.
WRONG_A_MINUTE: Final = 30
_WINDOW: Final = 60


class TooManyLinks(DomainError):
    """Too many links that open nothing, from one address; ``seconds`` until the next one is looked at."""

    code = "entry_too_many"

    def __init__(self, seconds: int) -> None:
        self.seconds = seconds
        super().__init__(
            "링크를 열지 않았습니다.",
            f"열 수 없는 링크를 1분에 {WRONG_A_MINUTE}번 넘게 눌렀습니다.",
            f"{seconds}초 뒤에 마켓플레이스 화면에서 다시 눌러 들어와 주세요.",
        )


@dataclass(frozen=True, slots=True)
class Knock:
    """A request at a door: the link's values for the form that will send them again, and what they open."""

    fields: tuple[tuple[str, str], ...]
    entry: Entry | None = None
    refusal: DomainError | None = None


def knock(request: HttpRequest, kind: EntryKind, *, now: datetime) -> Knock:
    """Look at the link in the address, or in the form that its button sent. Nothing is written; only what the button
    sends is counted where it opens nothing."""
    is_pressed = request.method == "POST"
    given = request.POST if is_pressed else request.GET
    fields = tuple((name, value) for name in names_of(kind) for value in given.getlist(name)[:2])
    try:
        return Knock(fields, open_entry(kind, dict(given.lists()), now=now))
    except DomainError as refusal:
        seconds = count_wrong(request, "entry", most=WRONG_A_MINUTE, seconds=_WINDOW, now=now) if is_pressed else 0
        return Knock(fields, refusal=TooManyLinks(seconds) if seconds else refusal)


def redeem(request: HttpRequest, entry: Entry, *, now: datetime) -> None:
    """Use the link in this browser, known by the secret of its forms. Raises ``DomainError`` as ``redeem_entry``."""
    redeem_entry(entry, browser=str(request.META.get("CSRF_COOKIE") or ""), now=now)


def mark_refused(response: HttpResponse, refusal: DomainError | None) -> HttpResponse:
    """The status of a refusal, and when to come again."""
    response.status_code = 403
    if isinstance(refusal, TooManyLinks):
        response.status_code = 429
        response.headers["Retry-After"] = str(refusal.seconds)
    return response
