"""Whatever the order in which asking, sending, failing, confirming and waiting come: order on the target is kept."""

from collections.abc import Callable
from dataclasses import dataclass, field
from random import Random
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from core import effects, outbox
from core.choices import EffectStatus
from core.errors import Conflict
from core.models import Effect, OutboxMessage
from core.outbox import DeliveryFailed
from core.tests import running
from core.tests.running import TARGET, Receiver, after, ask_effect, at

FINAL = {EffectStatus.CONFIRMED, EffectStatus.SUPERSEDED}
OTHER = "listing:market:2"


@pytest.fixture(autouse=True)
def _handed_in(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.OUTBOX_TRANSPORTS = {"test": "core.tests.running.deliver"}
    settings.EFFECT_CARRIERS = {"test": "core.tests.running.carry"}
    monkeypatch.setattr(running, "receiver", Receiver())


class Vanished(BaseException):
    """The courier's process is gone in the middle of a delivery."""


@dataclass
class World:
    """A marketplace that goes by the higher version, a network that loses answers, and a clock."""

    seconds: float = 0
    #: (target, version) of every delivery that was tried, in order.
    tried: list[tuple[str, int]] = field(default_factory=list)
    #: Effects that arrived, in order; the marketplace may answer any of them at any time, any number of times.
    arrived: list[Effect] = field(default_factory=list)
    #: What is in force at the marketplace: the highest version that it has seen of each target.
    in_force: dict[str, int] = field(default_factory=dict)
    network: str = "works"
    final: dict[int, str] = field(default_factory=dict)

    def receive(self, message: OutboxMessage) -> None:
        """One delivery, as the network lets it through."""
        effect = message.effects.get()
        self.tried.append((effect.target, effect.version))
        if self.network in {"works", "loses the answer", "dies after"}:
            self.arrived.append(effect)
            self.in_force[effect.target] = max(effect.version, self.in_force.get(effect.target, 0))
        if self.network in {"dies before", "dies after"}:
            raise Vanished
        if self.network != "works":
            raise DeliveryFailed(self.network, permanent=self.network == "refuses for good")

    def ask(self, target: str, delay: int) -> None:
        ask_effect(target=target, not_before=after(self.seconds + delay))

    def withdraw(self, target: str) -> None:
        self._on_newest(target, lambda newest: effects.withdraw_unsent(newest, actor=None))

    def retry(self, target: str) -> None:
        self._on_newest(target, lambda newest: effects.retry(newest, actor=None))

    def _on_newest(self, target: str, act: Any) -> None:
        newest = Effect.objects.on(target).first()
        try:
            if newest is not None:
                act(newest)
        except Conflict:
            return

    def dispatch(self) -> None:
        effects.dispatch_due(now=after(self.seconds))

    def deliver(self, network: str) -> None:
        self.network = network
        try:
            outbox.deliver_due(now=after(self.seconds))
        except Vanished:
            return

    def round(self, network: str) -> None:
        """What a courier does in one go."""
        self.dispatch()
        self.deliver(network)
        self.dispatch()

    def answer(self, verb: str, which: int) -> None:
        """A late, doubled or untimely answer about something that once arrived."""
        if not self.arrived:
            return
        effect = self.arrived[-1 - which % len(self.arrived)]
        if verb == "confirm":
            effects.confirm(effect.pk, version=effect.version, at=after(self.seconds), actor=None)
        else:
            effects.fail(effect.pk, version=effect.version, reason="안 됨", at=after(self.seconds), actor=None)

    def wait(self, seconds: int) -> None:
        self.seconds += seconds

    def check(self) -> None:
        """What must hold at every moment."""
        effects_now = list(Effect.objects.order_by("version"))
        for target in (TARGET, OTHER):
            rows = [row for row in effects_now if row.target == target]
            assert [row.version for row in rows] == list(range(1, len(rows) + 1))
            flying = [row.version for row in rows if row.status in {EffectStatus.QUEUED, EffectStatus.SENT}]
            waiting = [row.version for row in rows if row.status == EffectStatus.ASKED]
            assert len(flying) <= 1 and len(waiting) <= 1
            assert all(version > max(flying, default=0) for version in waiting)
            tried = [version for of, version in self.tried if of == target]
            assert tried == sorted(tried)
        for effect in effects_now:
            assert self.final.get(effect.pk, effect.status) == effect.status
            if effect.status in FINAL:
                self.final[effect.pk] = effect.status

    def settle(self) -> None:
        """The network works, the marketplace confirms all, time passes: everything comes to rest."""
        for _ in range(4):
            self.wait(700)
            self.step(self.round, "works")
            self.check()
            for number in range(len(self.arrived)):
                self.step(self.answer, "confirm", number)

    def step(self, act: Callable[..., None], *arguments: Any) -> None:
        with at(self.seconds):
            act(*arguments)

    def check_at_rest(self) -> None:
        """The newest wish of each target that nobody took back is in force, unless a person is waited for."""
        for target in (TARGET, OTHER):
            assert not Effect.objects.on(target).in_flight().exists()
            assert not Effect.objects.on(target).asked().exists()
            newest = Effect.objects.on(target).exclude(status=EffectStatus.SUPERSEDED).first()
            if newest is None or newest.status in {EffectStatus.PARKED, EffectStatus.FAILED}:
                continue
            assert newest.status == EffectStatus.CONFIRMED
            assert self.in_force[target] == newest.version


FAULTS = ("is down", "loses the answer", "dies before", "dies after", "refuses for good")


def a_target(source: Random) -> str:
    return OTHER if source.random() < 0.15 else TARGET


def a_network(source: Random) -> str:
    return "works" if source.random() < 0.5 else source.choice(FAULTS)


#: What may happen, how often compared with the rest, and the arguments that it draws.
HAPPENINGS: dict[str, tuple[int, Callable[[Random], tuple[Any, ...]]]] = {
    "ask": (5, lambda source: (a_target(source), source.choice([0, 0, 20]))),
    "round": (7, lambda source: (a_network(source),)),
    "answer": (4, lambda source: (source.choice(["confirm", "fail"]), source.randrange(4))),
    "wait": (5, lambda source: (source.choice([1, 20, 40, 200, 700, 4_000]),)),
    "withdraw": (1, lambda source: (a_target(source),)),
    "retry": (1, lambda source: (a_target(source),)),
    "dispatch": (1, lambda _source: ()),
    "deliver": (1, lambda source: (a_network(source),)),
}


@pytest.mark.django_db
@hypothesis_settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
@given(seed=st.integers(0, 2**63))
def test_no_order_of_events_breaks_order_on_a_target(seed: int) -> None:
    """A walk of its own choosing: lists of steps that hypothesis draws itself mostly repeat one step."""
    source, names = Random(seed), list(HAPPENINGS)
    with transaction.atomic():
        world = World()
        running.receiver.answer = world.receive
        for name in source.choices(names, [HAPPENINGS[name][0] for name in names], k=30):
            world.step(getattr(world, name), *HAPPENINGS[name][1](source))
            world.check()
        world.settle()
        world.check_at_rest()
        transaction.set_rollback(True)
