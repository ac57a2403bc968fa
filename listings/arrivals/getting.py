"""Getting pictures from their addresses, and keeping what came as evidence of what stood there."""

import hashlib
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from datetime import timedelta
from typing import Final

from django.utils import timezone

from accounts.models import Marketplace
from core.canonical import plain
from core.errors import DomainError
from core.evidence.errors import IntakeUnavailable
from core.evidence.rules import MAX_FILE_BYTES, PDF, kind_of
from core.evidence.services import IncomingFile, Outcome, keep_files
from core.fetching import Fetched, FetchProblem, Hop, Limits, Validators, fetch
from core.rulesets import current
from listings.arrival_rules import AT_ONCE, FETCH_SECONDS
from listings.arrivals.expecting import reach
from listings.arrivals.known import digest_of, name_of
from listings.choices import FetchOutcome
from listings.models import PictureFetch

LIMITS: Final = Limits(most_bytes=MAX_FILE_BYTES, seconds=FETCH_SECONDS)
_ACCEPT: Final = "image/jpeg, image/png, image/webp, image/gif, image/heic"
_LONGEST_REASON: Final = 500
_NOT_FOUND: Final = 404


@dataclass(frozen=True, slots=True)
class Wanted:
    """An address to be fetched for a marketplace."""

    marketplace: Marketplace
    address: str


@dataclass(frozen=True, slots=True)
class Got:
    """What came of it: the row, and what follows for another try. ``blames_server``: the server is not to be had."""

    fetch: PictureFetch
    again: bool = False
    retry_after: int | None = None
    blames_server: bool = False

    @property
    def is_kept(self) -> bool:
        return self.fetch.file_id is not None

    @property
    def is_not_found(self) -> bool:
        return self.fetch.http_status == _NOT_FOUND


@dataclass(frozen=True, slots=True)
class _Asked:
    """An address, what it brought before, and what was answered now."""

    wanted: Wanted
    earlier: PictureFetch | None
    answer: Fetched | FetchProblem

    @property
    def has_file(self) -> bool:
        """Whether there are bytes that may be a picture. A document is none: intake would keep it for nothing."""
        answer = self.answer
        return isinstance(answer, Fetched) and not answer.is_unchanged and kind_of(answer.body) is not PDF


def get_pictures(wanted: Sequence[Wanted]) -> Iterator[Got]:
    """Fetch these addresses side by side and write down what came of each, in their order. Each is one row of evidence,
    whatever came of it. Must be called outside a transaction."""
    known = [_known(each) for each in wanted]
    with ThreadPoolExecutor(max_workers=AT_ONCE, thread_name_prefix="picture-fetch") as threads:
        # The threads only fetch; the database is this thread's.
        answers = list(threads.map(_ask, wanted, known))
    asked = [_Asked(*each) for each in zip(wanted, known, answers, strict=True)]
    outcomes = keep_files(_files(asked))
    for each in asked:
        yield _write_down(each, next(outcomes) if each.has_file else None)


def _known(wanted: Wanted) -> PictureFetch | None:
    """The last time that the address brought its bytes, if that is not long ago."""
    since = timezone.now() - timedelta(days=current("listings").number("picture_refetch_days"))
    fetches = PictureFetch.objects.of_address(wanted.marketplace, digest_of(wanted.address))
    return fetches.with_new_bytes().since(since).order_by("id").last()


def _ask(wanted: Wanted, known: PictureFetch | None) -> Fetched | FetchProblem:
    validators = None
    if known is not None:
        etag, modified = known.headers.get("etag", ""), known.headers.get("last-modified", "")
        validators = Validators(known.final_address, etag=etag, last_modified=modified)
    try:
        return fetch(wanted.address, limits=LIMITS, reach=reach(), accept=_ACCEPT, validators=validators)
    except FetchProblem as problem:
        return problem


def _files(asked: Sequence[_Asked]) -> Iterator[IncomingFile]:
    for each in asked:
        if each.has_file and isinstance(each.answer, Fetched):
            yield IncomingFile(name=name_of(each.wanted.address), data=each.answer.body)


def _write_down(asked: _Asked, outcome: Outcome | None) -> Got:
    answer = asked.answer
    if isinstance(answer, FetchProblem):
        return _write_problem(asked.wanted, answer)
    row = _row_of(asked.wanted, answer)
    if answer.is_unchanged and asked.earlier is not None:
        row.outcome, row.earlier, row.file_id = FetchOutcome.UNCHANGED, asked.earlier, asked.earlier.file_id
        return Got(_insert(row))
    if outcome is not None and outcome.evidence is not None:
        row.outcome, row.file = FetchOutcome.FETCHED, outcome.evidence
        return Got(_insert(row))
    refusal = outcome.error if outcome is not None and outcome.error is not None else _no_picture()
    return _write_refusal(row, refusal, again=isinstance(refusal, IntakeUnavailable))


def _write_problem(wanted: Wanted, problem: FetchProblem) -> Got:
    """The row of an address that brought nothing: how far we came and what was answered there."""
    hops = problem.trace.hops
    row = _row(wanted)
    row.hops, row.headers = _plain_hops(hops), dict(problem.trace.headers)
    row.final_address = hops[-1].address if hops else ""
    row.http_status = hops[-1].status if hops else None
    row.fetched_at = timezone.now()
    got = _write_refusal(row, problem, again=problem.again)
    # Beyond a redirect it is another server that is not to be had.
    blames_server = problem.blames_host and len(hops) <= 1
    return Got(got.fetch, again=problem.again, retry_after=problem.retry_after, blames_server=blames_server)


def _write_refusal(row: PictureFetch, refusal: DomainError, *, again: bool) -> Got:
    row.outcome = FetchOutcome.FAILED if again else FetchOutcome.REFUSED
    row.code, row.reason = refusal.code, refusal.why[:_LONGEST_REASON]
    return Got(_insert(row), again=again)


def _row_of(wanted: Wanted, answer: Fetched) -> PictureFetch:
    row = _row(wanted)
    row.hops, row.headers = _plain_hops(answer.hops), dict(answer.headers)
    row.final_address, row.http_status, row.fetched_at = answer.final_address, answer.status, answer.fetched_at
    if not answer.is_unchanged:
        row.body_sha256, row.body_size = hashlib.sha256(answer.body).hexdigest(), len(answer.body)
    return row


def _row(wanted: Wanted) -> PictureFetch:
    return PictureFetch(
        marketplace=wanted.marketplace, address=wanted.address, address_digest=digest_of(wanted.address)
    )


def _insert(row: PictureFetch) -> PictureFetch:
    row.save(force_insert=True)
    return row


def _plain_hops(hops: Sequence[Hop]) -> object:
    return plain([asdict(hop) for hop in hops])


def _no_picture() -> DomainError:
    return DomainError(
        "사진이 아닙니다.",
        "문서(PDF)는 사진으로 비교할 수 없습니다.",
        "JPEG, PNG, WebP, GIF, HEIC 사진의 주소로 바꾸어 다시 보내 주세요.",
        code="not_a_picture",
    )
