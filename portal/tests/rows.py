"""A row of everything that has a page in the staff's admin, made by the services that make them in earnest."""

import hashlib
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

from django.contrib.auth.models import Group
from django.core.files.base import ContentFile
from django.core.files.storage import storages
from django.db import models, transaction
from django.utils import timezone

from accounts.choices import LinkPurpose, RecipientKind
from accounts.deliveries import send_test
from accounts.models import ReceivedWebhook, RelayedNotice, User
from accounts.services import create_link
from accounts.tests.api import make_client
from accounts.tests.factories import make_endpoint, make_marketplace, make_user
from core import approvals, journal
from core.actors import USER, Actor
from core.choices import HolidayKind, JobStatus, OutboxStatus
from core.errors import DomainError
from core.evidence.rules import original_key
from core.models import (
    Effect,
    EvidenceFile,
    Heartbeat,
    Holiday,
    Job,
    JournalCheckpoint,
    JournalEntry,
    JournalSeal,
    OutboxMessage,
    RuleSet,
)
from listings import matches
from listings.arrivals.settling import give_up
from listings.counterfeits import keep_fingerprints, protect_content
from listings.models import Arrival, HeldPublication, IndexSnapshot, PreflightScreening, Rejection
from listings.reappearances import FoundAgain, store_again
from listings.tests.arrival_rows import a_record, make_fetch, tell
from listings.tests.copies import shown
from listings.tests.factories import make_listing, make_preflight
from portal.roles import ROLES
from refunds.tests.factories import correct_order_line, make_order_line
from reports.choices import AllegationStatus, Channel, DecisionKind, DocumentKind, Party, Team
from reports.models import Batch, Decision, QueueRoute, Skip, WorkItem
from reports.services import appeals, batches
from reports.services.filing import HandedIn
from reports.services.wanting import want
from reports.tests.factories import confirm, make_match
from reports.tests.world import LATER, SORA, THE_SELLER, alleged, complaint, removed, ruling
from sellers.tests.factories import make_authorisation

ASKER = Actor(kind=USER, ref="987654", label="요청한 사람")
_numbers = count(1)


def make_person(role: str, **fields: Any) -> User:
    """A member of the staff with that role of the table."""
    assert role in {known.name for known in ROLES}
    user = make_user(**fields)
    user.groups.add(Group.objects.get(name=role))
    return user


def rows_of_everything() -> dict[str, models.Model]:
    """One row for each page, by the model's label."""
    return {row._meta.label_lower: row for row in _everything()}


def many_of_everything(number: int) -> None:
    """At least so many rows for each page."""
    for _ in range(number):
        for _ in _everything():
            pass


def _everything() -> Iterator[models.Model]:
    number = next(_numbers)
    yield from _people(number)
    yield from _cases()
    yield from _arrivals(number)
    yield from _hearings(number)
    yield from _orders()
    yield from _machinery(number)
    yield from _rules(number)
    yield from _journal(number)


def _people(number: int) -> Iterator[models.Model]:
    marketplace = make_marketplace(f"market-{number}")
    yield make_user()
    yield marketplace
    endpoint = make_endpoint(marketplace)
    yield endpoint
    with transaction.atomic():
        send_test(endpoint, now=timezone.now(), actor=None)
    yield RelayedNotice.objects.create(
        marketplace=marketplace,
        recipient_kind=RecipientKind.SELLER,
        recipient_ref=f"seller-{number}",
        key=f"relay-{number}",
        asked_at=timezone.now(),
        deliver_by=timezone.now(),
    )
    yield make_client(marketplace=marketplace)
    yield ReceivedWebhook.objects.create(
        marketplace=marketplace, webhook_id=f"hook-{number}", message_type="effect.confirmed", handled=True
    )
    valid_for = timedelta(days=1)
    yield create_link(LinkPurpose.SELLER, subject=marketplace, valid_for=valid_for, now=timezone.now(), actor=None)[0]


def _cases() -> Iterator[models.Model]:
    """A confirmed match with its case, and a rejected one that is remembered."""
    match = make_match()
    decision = confirm(match)
    rejected = make_match(brand=match.brand)
    with transaction.atomic():
        matches.remember_rejection(rejected, actor=ASKER)
    listing, report = match.version.listing, decision.report
    assert report is not None
    yield from (match.brand, match.brand.rights_holder, match.brand.rights.get(), match.brand.reference_images.get())
    yield from (listing.seller, make_authorisation(listing.seller, match.brand))
    yield from (listing, match.version, match, match.run, Rejection.objects.filter(match=rejected).latest("pk"))
    yield from (report.case, decision.allegation, report, decision, decision.notices.get())  # type: ignore[misc]
    yield from (decision.policy, decision.allegation.ground)
    yield from _stay_down(decision)


def _stay_down(decision: Decision) -> Iterator[models.Model]:
    """A counterfeit that came back at another seller's, and one that an appeal protects."""
    listing, brand = decision.allegation.case.listing, decision.allegation.brand
    assert listing.current_version is not None
    facts: dict[str, Any] = {"brand": brand, "source": decision, "actor": ASKER}
    kept = keep_fingerprints(listing.current_version, effective_at=timezone.now(), **facts)
    copy, rightful = make_listing().current_version, make_listing().current_version
    assert copy is not None and rightful is not None
    signal = {"kind": "text", "fingerprint_id": kept[0].pk, "score": 0.9, "weakness": "", "why": "글이 같습니다."}
    again = FoundAgain(copy, kept[0].version, kept[0], 0.9, (signal,), 3)
    with transaction.atomic():
        found = store_again([again], at=timezone.now())
    yield from (kept[0], *found, protect_content(rightful, **facts)[0])


def _arrivals(number: int) -> Iterator[models.Model]:
    """A listing that came in with one picture of two, and one that waits."""
    marketplace, address = make_marketplace(f"waiting-{number}"), f"https://cdn-{number}.example/1.png"
    yield make_fetch(address, marketplace=marketplace)
    arrived = tell([address, f"https://cdn-{number}.example/2.png"], marketplace=marketplace)
    give_up(arrived.pictures.waiting().get(), DomainError("없음", "서버가 404번으로 답했습니다."), now=timezone.now())
    waiting = tell([f"https://cdn-{number}.example/3.png"], record=a_record("A-2"), marketplace=marketplace)
    server = waiting.pictures.get().server
    assert server is not None
    yield from (server, waiting, Arrival.objects.get(pk=arrived.pk))


def _hearings(number: int) -> Iterator[models.Model]:
    """A counterfeit that was explained and answered, confirmed, appealed and put right; and the queue's own rows."""
    document = HandedIn(_document(number), DocumentKind.INVOICE, "인보이스.pdf")
    allegation = removed(email=f"ip-{number}@holder.example", files=[document])
    later = LATER + timedelta(minutes=5)
    appeal = appeals.file_appeal(
        allegation, party=Party.SELLER, text="다시 봐 주십시오.", files=[], actor=THE_SELLER, now=later
    )
    yield WorkItem.objects.open().get(appeal=appeal)
    granted = appeals.decide_appeal(appeal, ruling(DecisionKind.REINSTATED), actor=SORA, now=later)
    appeal.refresh_from_db()
    yield from (appeal, granted.repair, granted.reporter_record, granted.action_time)
    yield allegation.explanations.get()
    yield from allegation.inquiries.all()
    report = allegation.reports.get()
    yield report.complainant  # type: ignore[misc]  # it has one
    yield report.attachments.get()
    yield complaint(channel=Channel.STAFF, email=f"caller-{number}@person.example")
    yield _batch(number)
    yield want(allegation.case.listing.marketplace, f"wanted-{number}", now=later)
    yield Skip.objects.create(case=allegation.case, user=make_user(), reason="어렵습니다", skipped_at=later)
    yield QueueRoute.objects.create(position=2_000 + number, name="더 없는 길", team=Team.LEADS, is_active=False)


def _orders() -> Iterator[models.Model]:
    """A line that was received, corrected, and stands beside another of its order."""
    listing = make_listing()
    known: dict[str, Any] = {
        "listing_external_id": listing.external_id,
        "seller_external_id": listing.seller.external_id,
    }
    line = make_order_line(marketplace=listing.marketplace, received_days_ago=14, **known)
    make_order_line(marketplace=listing.marketplace, order_number=line.order_number, line_number="2", **known)
    correct_order_line(line)
    yield line


def _batch(number: int) -> Batch:
    """One that waits for a second person."""
    waiting = alleged(complaint(email=f"batch-{number}@holder.example"))
    rows = [(waiting, AllegationStatus(waiting.status))]
    asked = batches.ask(rows, ruling(DecisionKind.DISMISSED), actor=ASKER, now=LATER)
    assert asked.batch is not None
    return asked.batch


def _document(number: int) -> EvidenceFile:
    """A document, of which there is no safe copy."""
    data = f"%PDF-1.4 {number}".encode()
    digest = hashlib.sha256(data).hexdigest()
    name = original_key(digest)
    if not storages["evidence"].exists(name):
        storages["evidence"].save(name, ContentFile(data))
    return EvidenceFile.objects.create(
        sha256=digest, size=len(data), media_type="application/pdf", storage_name=name, page_count=1
    )


def _machinery(number: int) -> Iterator[models.Model]:
    now = timezone.now()
    yield OutboxMessage.objects.create(
        channel="mail",
        key=f"row-{number}",
        destination="someone@jikimi.example",
        message_type="test",
        payload={"글": "내용"},
        status=OutboxStatus.PARKED,
        not_before=now,
        last_error="연결하지 못했습니다.",
    )
    yield Job.objects.create(kind="test", key=f"row-{number}", status=JobStatus.GIVEN_UP, not_before=now)
    yield Heartbeat.objects.get_or_create(name=f"part-{number}", defaults={"at": now})[0]
    yield EvidenceFile.objects.exclude(working_name="").latest("pk")
    yield Effect.objects.latest("pk")
    yield _held_before_publishing()
    yield IndexSnapshot.objects.create(
        material=f"{number:064d}", engine_version="1", version="v", storage_name="s", picture_count=1, spelling_count=1
    )


def _held_before_publishing() -> PreflightScreening:
    """An answer that held a listing, which was published all the same."""
    listing = make_listing()
    held = make_preflight(listing)
    HeldPublication.objects.create(preflight=held, version=shown(listing), found_at=timezone.now())
    return held


def _rules(number: int) -> Iterator[models.Model]:
    yield RuleSet.objects.create(
        area="test", version=number, starts_on=datetime(2026, 1, 1, tzinfo=UTC), values={"a": 1}
    )
    yield Holiday.objects.create(
        date=datetime(2027, 1, 1, tzinfo=UTC) + timedelta(days=number), name="임시공휴일", kind=HolidayKind.TEMPORARY
    )
    yield approvals.request("test.deed", subject=("listings.listing", str(number)), reason="필요합니다.", actor=ASKER)


def _journal(number: int) -> Iterator[models.Model]:
    yield JournalEntry.objects.latest("pk")
    journal.seal_pending(now=timezone.now())
    seal = JournalSeal.objects.order_by("position").last()
    assert seal is not None
    yield JournalCheckpoint.objects.create(
        position=1_000_000 + number, seal=seal.seal, key_id="k1", signature="s", signed_at=timezone.now()
    )
