"""Reads of messages, effects and jobs, in words of the domain. Every filter on their status stands here."""

from collections.abc import Collection
from datetime import datetime
from typing import TYPE_CHECKING

from django.db import connections, models
from django.db.models import Count, Exists, OuterRef, Q

from core.choices import EffectStatus, JobStatus, OutboxStatus
from core.rules import EFFECT_STEPS, JOB_STEPS, OUTBOX_STEPS

if TYPE_CHECKING:
    from core.models import Effect, Job, OutboxMessage


class OutboxQuerySet(models.QuerySet["OutboxMessage"]):
    def may_become(self, status: OutboxStatus) -> "OutboxQuerySet":
        """Messages that may take the step to that status."""
        return self.filter(status__in=[current for current, steps in OUTBOX_STEPS.items() if status in steps])

    def due(self, at: datetime) -> "OutboxQuerySet":
        """Messages to be sent by then, and those whose courier has vanished in the middle."""
        return self.filter(
            Q(status=OutboxStatus.PENDING, not_before__lte=at) | Q(status=OutboxStatus.SENDING, lease_until__lte=at)
        )

    def oldest_first(self) -> "OutboxQuerySet":
        return self.order_by("not_before", "id")

    def passing_over_locked(self) -> "OutboxQuerySet":
        """Locked against other couriers where the database can, without waiting for what they hold."""
        if connections[self.db].features.has_select_for_update_skip_locked:
            return self.select_for_update(skip_locked=True)
        return self

    def leased_as(self, token: str) -> "OutboxQuerySet":
        """The message that is being sent under this lease."""
        return self.filter(status=OutboxStatus.SENDING, lease_token=token)

    def about(self, subject: models.Model) -> "OutboxQuerySet":
        """Messages that a row owes, oldest first."""
        return self.filter(subject_type=subject._meta.label_lower, subject_ref=str(subject.pk)).order_by("id")

    def not_expired(self, at: datetime) -> "OutboxQuerySet":
        """Messages that are still worth sending then."""
        return self.filter(Q(expires_at__isnull=True) | Q(expires_at__gt=at))

    def untried(self) -> "OutboxQuerySet":
        """Messages that certainly have not left: waiting, and never tried."""
        return self.filter(status=OutboxStatus.PENDING, attempts=0)

    def waiting(self) -> "OutboxQuerySet":
        """Messages that nobody is sending at this moment."""
        return self.filter(status=OutboxStatus.PENDING)

    def idle(self) -> "OutboxQuerySet":
        """Messages that nobody is sending and that might be sent again: waiting, or parked."""
        return self.filter(status__in=[OutboxStatus.PENDING, OutboxStatus.PARKED])

    def delivered(self) -> "OutboxQuerySet":
        """Messages that their receiver took."""
        return self.filter(status=OutboxStatus.DELIVERED)

    def parked(self) -> "OutboxQuerySet":
        """Messages that kept failing and wait for a person."""
        return self.filter(status=OutboxStatus.PARKED)


class EffectQuerySet(models.QuerySet["Effect"]):
    def may_become(self, status: EffectStatus) -> "EffectQuerySet":
        """Effects that may take the step to that status."""
        return self.filter(status__in=[current for current, steps in EFFECT_STEPS.items() if status in steps])

    def on(self, target: str) -> "EffectQuerySet":
        """The effects of one target, newest first."""
        return self.filter(target=target).order_by("-version")

    def asked(self) -> "EffectQuerySet":
        """Effects that have not been handed to the outbox yet."""
        return self.filter(status=EffectStatus.ASKED)

    def queued(self) -> "EffectQuerySet":
        """Effects whose message is under way."""
        return self.filter(status=EffectStatus.QUEUED)

    def sent(self) -> "EffectQuerySet":
        """Effects that were delivered and wait to be confirmed."""
        return self.filter(status=EffectStatus.SENT)

    def in_flight(self) -> "EffectQuerySet":
        """Effects of which a target has at most one: under way, or delivered and not confirmed."""
        return self.filter(status__in=[EffectStatus.QUEUED, EffectStatus.SENT])

    def before(self, effect: "Effect") -> "EffectQuerySet":
        """Older effects of the same target, newest first."""
        return self.on(effect.target).filter(version__lt=effect.version)

    def replaceable(self) -> "EffectQuerySet":
        """Effects that a newer one replaces without asking anybody: not handed over yet, or parked."""
        return self.filter(status__in=[EffectStatus.ASKED, EffectStatus.PARKED])

    def replaced_by(self, effect: "Effect") -> "EffectQuerySet":
        """What gave way to that effect, newest first."""
        return self.on(effect.target).filter(superseded_by=effect)

    def superseded(self) -> "EffectQuerySet":
        """Effects in whose place a newer one was asked for, or that were taken back."""
        return self.filter(status=EffectStatus.SUPERSEDED)

    def that_left(self) -> "EffectQuerySet":
        """Without those that are still in the house, which may be undone and concern nobody outside."""
        return self.exclude(status=EffectStatus.ASKED)

    def standing_as(self, status: EffectStatus) -> "EffectQuerySet":
        return self.filter(status=status)

    def that_may_count(self) -> "EffectQuerySet":
        """Without those that were taken back before they left: what is left may have been carried out."""
        unsent = Q(message__isnull=True) | Q(message__attempts=0, message__delivered_at__isnull=True)
        return self.exclude(unsent, status=EffectStatus.SUPERSEDED)

    def failed(self) -> "EffectQuerySet":
        """Effects that their receiver could not carry out."""
        return self.filter(status=EffectStatus.FAILED)

    def stuck(self) -> "EffectQuerySet":
        """Effects that wait for a person: parked or failed, with nothing newer on their target."""
        return self.filter(status__in=[EffectStatus.PARKED, EffectStatus.FAILED], superseded_by__isnull=True)

    def due(self, at: datetime) -> "EffectQuerySet":
        """Effects whose next step is due, the longest waiting first."""
        return self.filter(not_before__lte=at).order_by("not_before", "id")

    def free_to_go(self, at: datetime, *, carriers: Collection[str]) -> "EffectQuerySet":
        """Asked effects whose time has come, whose carrier is here and whose target has nothing in flight."""
        return self.asked().filter(~Exists(self._in_flight_beside()), carrier__in=carriers).due(at)

    def held_up(self, at: datetime) -> "EffectQuerySet":
        """Asked effects whose time has come and whose target has an older one in flight."""
        return self.asked().filter(Exists(self._in_flight_beside())).due(at)

    def _in_flight_beside(self) -> "EffectQuerySet":
        return type(self)(self.model).in_flight().filter(target=OuterRef("target"))

    def with_message(self, status: OutboxStatus) -> "EffectQuerySet":
        """Effects whose message stands so."""
        return self.filter(message__status=status)

    def queued_by_destination(self) -> dict[str, int]:
        """How many effects of each destination are under way."""
        counts = self.queued().order_by().values_list("destination").annotate(Count("id"))
        return dict(counts)


class JobQuerySet(models.QuerySet["Job"]):
    def may_become(self, status: JobStatus) -> "JobQuerySet":
        """Jobs that may take the step to that status."""
        return self.filter(status__in=[current for current, steps in JOB_STEPS.items() if status in steps])

    def due(self, at: datetime) -> "JobQuerySet":
        """Jobs to be run by then, and those whose worker has vanished in the middle."""
        return self.filter(
            Q(status=JobStatus.WAITING, not_before__lte=at) | Q(status=JobStatus.RUNNING, lease_until__lte=at)
        )

    def unnudged_since(self, at: datetime) -> "JobQuerySet":
        """Jobs that the queue has not been told of since then, the longest waiting first."""
        return self.filter(Q(nudged_at__isnull=True) | Q(nudged_at__lte=at)).order_by("not_before", "id")

    def used_up(self) -> "JobQuerySet":
        """Jobs with no attempt left."""
        return self.filter(attempts__gte=models.F("max_attempts"))

    def with_attempts_left(self) -> "JobQuerySet":
        return self.filter(attempts__lt=models.F("max_attempts"))

    def leased_as(self, token: str) -> "JobQuerySet":
        """The job that is being run under this lease."""
        return self.filter(status=JobStatus.RUNNING, lease_token=token)

    def given_up(self) -> "JobQuerySet":
        """Jobs whose attempts are used up and that wait for a person."""
        return self.filter(status=JobStatus.GIVEN_UP)
