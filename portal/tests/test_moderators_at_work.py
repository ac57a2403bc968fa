"""The bar of "Cases": many moderators work many cases with random actions while links answer and the courier is killed.

``make test`` and CI run it small; ``make soak`` runs forty moderators on five hundred cases.
"""

import os
import random
import threading
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest
from django.db import connection
from django.db.models import Count
from django.utils import timezone

from accounts.models import User
from accounts.services import add_webhook_secret
from accounts.tests.factories import make_marketplace
from core import rulesets
from core.actors import USER, Actor
from core.choices import EffectStatus
from core.errors import DomainError
from core.models import Effect, JournalEntry, OutboxMessage
from core.rule_values import today
from listings.choices import Restriction
from listings.models import Listing
from listings.tests.factories import make_listing
from portal.tests.busy_market import BusyMarket, MortalCourier
from reports.choices import AllegationStatus, Channel, DecisionKind, Party, Stance
from reports.models import Allegation, Case, Decision, Explanation, Inquiry, Notice, WorkItem
from reports.services import decisions, queue, silence
from reports.tests.factories import make_staff
from reports.tests.world import complaint, explain, make_shop, ruling

pytestmark = [pytest.mark.postgresql, pytest.mark.faults, pytest.mark.django_db(transaction=True)]

IS_SOAK = bool(os.environ.get("SOAK"))
MODERATORS, CASES = (40, 500) if IS_SOAK else (10, 30)
ANSWERERS = 4 if IS_SOAK else 1
KILLS = 5
SECONDS = 1_500 if IS_SOAK else 60
#: What the marketplace was told last, and what the listing's row says.
STATES = {
    "listing.restrict": Restriction.INTERIM,
    "listing.remove": Restriction.FINAL,
    "listing.reinstate": Restriction.NONE,
}


@pytest.fixture
def market() -> Iterator[BusyMarket]:
    one = BusyMarket(seed=7)
    yield one
    one.close()


class Office:
    """The moderators, the parties behind their links, and the marketplace's answers, all at once."""

    def __init__(self, market: BusyMarket, ends_at: float) -> None:
        self.market = market
        self.ends_at = ends_at
        self.done = threading.Event()
        self.refusals: Counter[str] = Counter()
        self.unexpected: list[BaseException] = []

    def moderate(self, user_id: int) -> None:
        dice = random.Random(user_id)
        user = User.objects.get(pk=user_id)
        while not self._is_over():
            case = queue.lease_next(user, now=timezone.now())
            if case is None:
                time.sleep(dice.uniform(0.2, 0.8))
                continue
            for allegation in Allegation.objects.open().filter(case=case).select_related("case"):
                self._act(allegation, user, dice)

    def _act(self, allegation: Allegation, user: User, dice: random.Random) -> None:
        """One of what a person does: decide, decide twice, take back, let pass."""
        actor = Actor(USER, str(user.pk), str(user))
        status = AllegationStatus(allegation.status)
        kind = self._kind(status, dice)
        try:
            decision = decisions.decide(
                allegation,
                ruling(kind),
                actor=actor,
                now=timezone.now(),
                seen=status,
            )
            if dice.random() < 0.2:
                decisions.undo(decision, actor=actor, now=timezone.now())
            elif dice.random() < 0.2:
                decisions.decide(allegation, ruling(kind), actor=actor, now=timezone.now(), seen=status)
            elif dice.random() < 0.1:
                queue.skip(allegation.case, user, reason="다음에 보겠습니다.", now=timezone.now())
        except DomainError as refusal:
            self.refusals[refusal.code] += 1

    def _kind(self, status: AllegationStatus, dice: random.Random) -> DecisionKind:
        if status in {AllegationStatus.RECEIVED, AllegationStatus.UNDER_REVIEW}:
            return dice.choice((DecisionKind.INTERIM_RESTRICTION,) * 4 + (DecisionKind.DISMISSED, DecisionKind.UPHELD))
        return dice.choice((DecisionKind.UPHELD, DecisionKind.REINSTATED))

    def answer_links(self) -> None:
        """Sellers explain and complainants answer, some of them twice."""
        dice = random.Random(1)
        while not self._is_over():
            for explanation in Explanation.objects.requested().filter(due_at__isnull=False)[:20]:
                for _ in range(dice.choice((1, 2))):
                    with suppress(DomainError):
                        explain(explanation.allegation, explanation=explanation, now=timezone.now())
            for inquiry in Inquiry.objects.asked()[:20]:
                stance = dice.choice((Stance.MAINTAIN, Stance.MAINTAIN, Stance.WITHDRAW))
                with suppress(DomainError):
                    silence.take_answer(
                        inquiry,
                        stance=stance,
                        text="가품입니다.",
                        files=(),
                        actor=Actor("consumer", "1", "신고인"),
                        now=timezone.now(),
                    )
            time.sleep(0.05)

    def confirm(self) -> None:
        while not self.done.is_set():
            if not self.market.confirm_some():
                time.sleep(0.05)

    @contextmanager
    def open(self) -> Iterator[None]:
        """Until the block ends, however it does: the threads are waited for."""
        try:
            yield
        finally:
            self.done.set()

    def _is_over(self) -> bool:
        return self.done.is_set() or time.monotonic() > self.ends_at

    def run(self, work: object, *arguments: object) -> None:
        try:
            work(*arguments)  # type: ignore[operator]  # a bound method of this class
        except BaseException as problem:
            self.unexpected.append(problem)
        finally:
            connection.close()


def furnish(market: BusyMarket) -> list[int]:
    """Cases to work on, people to work on them, and effects that leave after a second instead of twenty."""
    core = dict(rulesets.current("core").values)
    lead = Actor(USER, "1", "책임자")
    rulesets.write_version("core", values=core | {"undo_seconds": 1}, starts_on=today(), note="시험", actor=lead)
    place = make_marketplace(webhook_url=market.url)
    add_webhook_secret(place, actor=None)
    for number in range(CASES):
        listing = make_listing(seller=make_shop(email=f"shop{number}@seller.example"))
        complaint(listing, email=f"holder{number}@holder.example", now=timezone.now())
        if number % 3 == 0:
            complaint(listing, channel=Channel.STAFF, email=f"buyer{number}@person.example", now=timezone.now())
        if number % 4 == 0:
            complaint(listing, code="design", email=f"design{number}@holder.example", now=timezone.now())
    return [make_staff("", "reports.work_moderation", "reports.work_leads").pk for _ in range(MODERATORS)]


def test_no_case_is_decided_twice_and_everything_said_and_asked_is_there_once(
    market: BusyMarket, tmp_path: Path
) -> None:
    people = furnish(market)
    office = Office(market, ends_at=time.monotonic() + SECONDS)
    courier = MortalCourier(str(tmp_path))
    try:
        with ThreadPoolExecutor(MODERATORS + ANSWERERS + 1) as threads, office.open():
            for person in people:
                threads.submit(office.run, office.moderate, person)
            for _ in range(ANSWERERS):
                threads.submit(office.run, office.answer_links)
            threads.submit(office.run, office.confirm)
            for _ in range(KILLS):
                time.sleep(1.5)
                courier.kill_and_start_again()
            _wait_until(lambda: office.unexpected or not Case.objects.live().exists(), SECONDS)
            _wait_until(lambda: office.unexpected or _all_has_left(), 60)
    finally:
        courier.stop()
    assert office.unexpected == []
    _assert_one_outcome_each()
    _assert_one_entry_and_one_notice_each()
    _assert_effects_in_order(market)


def _wait_until(condition: object, seconds: float) -> None:
    ends_at = time.monotonic() + seconds
    while not condition():  # type: ignore[operator]  # a plain function
        assert time.monotonic() < ends_at, _how_it_stands()
        time.sleep(0.2)


def _how_it_stands() -> str:
    allegations = dict(Allegation.objects.values_list("status").annotate(n=Count("pk")))
    effects = dict(Effect.objects.values_list("status").annotate(n=Count("pk")))
    work = dict(WorkItem.objects.open().values_list("kind").annotate(n=Count("pk")))
    return f"it has not come to an end: allegations {allegations}, effects {effects}, work {work}"


def _all_has_left() -> bool:
    ours = Effect.objects.filter(carrier="marketplace")
    moving = ours.filter(status__in=[EffectStatus.ASKED, EffectStatus.QUEUED, EffectStatus.SENT])
    return not moving.exists() and not Notice.objects.owed().exists()


def _assert_one_outcome_each() -> None:
    """At most one decision on the merits stands for an allegation, and its status is that decision's."""
    standing = Counter(Decision.objects.final().values_list("allegation_id", flat=True))
    assert set(standing.values()) <= {1}
    for decision in Decision.objects.final().select_related("allegation"):
        assert (decision.allegation.status, decision.allegation.finding) == (decision.kind, decision.finding)
    ended = Allegation.objects.exclude(status=AllegationStatus.WITHDRAWN)
    assert set(ended.values_list("pk", flat=True)) == set(standing)
    assert not WorkItem.objects.open().exists()


def _assert_one_entry_and_one_notice_each() -> None:
    entries = JournalEntry.objects.filter(verb__in=["reports.decision.made", "reports.decision.undone"])
    said = Counter(entries.values_list("subject_ref", flat=True))
    assert said == Counter(str(pk) for pk in Decision.objects.values_list("pk", flat=True))
    undone = set(Decision.objects.undone().values_list("pk", flat=True))
    for decision in Decision.objects.exclude(kind=DecisionKind.UNDONE):
        notices = list(decision.notices.values_list("party", "complainant", "status"))
        assert len(notices) == len({(party, who) for party, who, _ in notices})
        expected = {"void"} if decision.pk in undone else {"sent"}
        assert {status for *_, status in notices} <= expected
        if decision.kind in {DecisionKind.INTERIM_RESTRICTION, DecisionKind.UPHELD, DecisionKind.REINSTATED}:
            assert [party for party, *_ in notices].count(Party.SELLER) == 1
    sent = OutboxMessage.objects.filter(subject_type="reports.notice", channel="mail")
    assert sent.values("key").distinct().count() == sent.count()


def _assert_effects_in_order(market: BusyMarket) -> None:
    """The marketplace carried versions out only upwards, and ended where the listing's row stands."""
    for versions in market.carried_out.values():
        assert versions == sorted(set(versions))
    for listing in Listing.objects.select_related("marketplace"):
        told = market.state.get(f"listing:{listing.marketplace.slug}:{listing.external_id}")
        assert STATES.get(str(told), Restriction.NONE) == listing.restriction
    newest = Effect.objects.filter(carrier="marketplace").exclude(status=EffectStatus.SUPERSEDED)
    assert set(newest.values_list("status", flat=True)) <= {EffectStatus.CONFIRMED}
