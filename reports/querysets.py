"""Reads of cases, of what hangs on them, and of the published reasons and clauses, in words of the domain."""

from collections.abc import Collection
from datetime import datetime
from typing import TYPE_CHECKING, Final

from django.db import models
from django.db.models import Case as When
from django.db.models import Exists, F, OuterRef, Q, Subquery, Value
from django.db.models import When as Then

from accounts.choices import RelayStatus
from core.choices import OutboxStatus
from listings.models import Listing
from reports.choices import (
    AllegationStatus,
    AppealStatus,
    BatchOutcome,
    DecisionKind,
    ExplanationStatus,
    InquiryKind,
    InquiryStatus,
    NoticeStatus,
    Party,
    Team,
)
from reports.rules import FINAL_KINDS, OPEN_STATUSES, RESTRICTING_STATUSES

if TYPE_CHECKING:
    from accounts.models import Marketplace, User
    from reports.models import (
        ActionTime,
        Allegation,
        Appeal,
        Batch,
        BatchRow,
        Case,
        ClickCount,
        Complainant,
        Decision,
        Explanation,
        Ground,
        Inquiry,
        NewsRequest,
        Notice,
        Policy,
        Report,
        ReporterRecord,
        SpentProof,
        WantedListing,
        WorkItem,
    )
    from sellers.models import Seller


class CaseQuerySet(models.QuerySet["Case"]):
    def live(self) -> "CaseQuerySet":
        """Cases that still have something to decide."""
        return self.filter(closed_at__isnull=True)

    def settled(self) -> "CaseQuerySet":
        """Cases whose last allegation has its final decision."""
        return self.filter(closed_at__isnull=False)

    def free_for(self, user: "User", *, at: datetime) -> "CaseQuerySet":
        """Cases that nobody else holds at that moment."""
        return self.filter(Q(leased_until__isnull=True) | Q(leased_until__lte=at) | Q(leased_by=user))

    def held_by(self, user: "User", *, at: datetime) -> "CaseQuerySet":
        """Cases that this person holds."""
        return self.filter(leased_by=user, leased_until__gt=at)


class AllegationQuerySet(models.QuerySet["Allegation"]):
    def open(self) -> "AllegationQuerySet":
        """Allegations without a final decision."""
        return self.filter(status__in=OPEN_STATUSES)

    def restricting(self) -> "AllegationQuerySet":
        """Allegations that hold their listing off sale while they wait."""
        return self.filter(status__in=RESTRICTING_STATUSES)

    def upheld(self) -> "AllegationQuerySet":
        """Allegations in which an infringement was found."""
        return self.filter(status=AllegationStatus.UPHELD)

    def standing_as(self, status: AllegationStatus) -> "AllegationQuerySet":
        """Allegations with exactly that status: the first half of a compare-and-set."""
        return self.filter(status=status)

    def told_by(self, told: "NoticeQuerySet") -> "AllegationQuerySet":
        """Allegations that one of these notices tells of."""
        return self.filter(Exists(told.filter(allegation=OuterRef("pk"))))

    def of_shop(self, seller: "Seller") -> "AllegationQuerySet":
        """Allegations against listings of that shop."""
        return self.filter(case__listing__seller=seller)

    def awaiting_the_seller(self, explanations: "ExplanationQuerySet") -> "AllegationQuerySet":
        """Allegations whose seller may still explain in time. ``explanations``: all."""
        awaited = explanations.requested().filter(allegation=OuterRef("pk"))
        return self.restricting().filter(Exists(awaited))

    def most_urgent_first(self, explanations: "ExplanationQuerySet") -> "AllegationQuerySet":
        """Where the seller is awaited, by its deadline; then what others work on; then what is over. In each the
        latest first. ``explanations``: all."""
        awaited = explanations.requested().filter(allegation=OuterRef("pk")).order_by("due_at")
        waits = Q(status__in=RESTRICTING_STATUSES) & Exists(awaited)
        return self.annotate(
            urgency=When(Then(waits, then=Value(0)), Then(status__in=OPEN_STATUSES, then=Value(1)), default=Value(2)),
            awaited_until=When(Then(waits, then=Subquery(awaited.values("due_at")[:1]))),
        ).order_by("urgency", F("awaited_until").asc(nulls_last=True), "-status_changed_at", "-id")


class ReportQuerySet(models.QuerySet["Report"]):
    def under_review(self) -> "ReportQuerySet":
        """Reports whose allegation, in a live case, waits for staff and restricts nothing."""
        return self.filter(case__closed_at__isnull=True, allegation__status=AllegationStatus.UNDER_REVIEW)

    def received_since(self, moment: datetime) -> "ReportQuerySet":
        return self.filter(received_at__gte=moment)

    def of_decided(self) -> "ReportQuerySet":
        """Reports whose allegation has its decision on the merits."""
        return self.filter(
            allegation__status__in=[AllegationStatus.UPHELD, AllegationStatus.REINSTATED, AllegationStatus.DISMISSED]
        )

    def untold(self, told: "NoticeQuerySet") -> "ReportQuerySet":
        """Reports whose complainant was told of no decision on the merits of the allegation. ``told``: all notices."""
        news = told.filter(
            complainant=OuterRef("complainant"), allegation=OuterRef("allegation"), decision__kind__in=FINAL_KINDS
        )
        return self.filter(~Exists(news))

    def with_contact(self) -> "ReportQuerySet":
        """Reports whose complainant left an address."""
        return self.filter(complainant__isnull=False).exclude(complainant__email="")

    def standing(self) -> "ReportQuerySet":
        """Reports that nobody has taken back: what counts."""
        return self.filter(withdrawn_at__isnull=True)

    def by_visitor(self, mark: str) -> "ReportQuerySet":
        """What one visitor has reported of one listing, taken back or not."""
        return self.filter(visitor=mark)

    def spent(self) -> "ReportQuerySet":
        """Reports that no longer speak for the listing as it is: taken back, or decided about content that has
        changed since. Their visitor may report anew."""
        is_changed = ~Q(version=F("case__listing__current_version"))
        return self.filter(Q(withdrawn_at__isnull=False) | (Q(case__closed_at__isnull=False) & is_changed))

    def of_marketplace(self, marketplace: "Marketplace") -> "ReportQuerySet":
        """Reports about a marketplace's listings, those that wait for one included."""
        return self.filter(Q(case__listing__marketplace=marketplace) | Q(case__isnull=True, marketplace=marketplace))

    def unplaced(self) -> "ReportQuerySet":
        """Reports whose listing is not known yet."""
        return self.filter(version__isnull=True)

    def waiting_for(self, marketplace_id: int, external_id: str) -> "ReportQuerySet":
        """Reports that one listing would place."""
        return self.standing().unplaced().filter(marketplace=marketplace_id, wanted=external_id)


class WantedListingQuerySet(models.QuerySet["WantedListing"]):
    def missing(self) -> "WantedListingQuerySet":
        """Listings that have not come, or whose reports have not been placed."""
        return self.filter(found_at__isnull=True)

    def to_ask(self, *, asked_before: datetime, most: int) -> "WantedListingQuerySet":
        """Listings to ask for (again): not asked for since then, and not too often."""
        not_lately = Q(asked_at__isnull=True) | Q(asked_at__lte=asked_before)
        return self.missing().filter(not_lately, asks__lt=most)

    def that_have_come(self) -> "WantedListingQuerySet":
        """Missing listings that the portal knows by now."""
        known = Listing.objects.filter(
            marketplace=OuterRef("marketplace"), external_id=OuterRef("external_id"), current_version__isnull=False
        )
        return self.missing().filter(Exists(known))


class DecisionQuerySet(models.QuerySet["Decision"]):
    def undone(self) -> "DecisionQuerySet":
        """Decisions that were taken back before their effects left."""
        return self.filter(Exists(self.model.objects.filter(kind=DecisionKind.UNDONE, corrects=OuterRef("pk"))))

    def uncorrected(self) -> "DecisionQuerySet":
        """Decisions that stand: neither taken back, nor corrected by one that stands itself."""
        of_this = self.model.objects.filter(corrects=OuterRef("pk"))
        taken_back = self.model.objects.filter(kind=DecisionKind.UNDONE, corrects=OuterRef("pk"))
        correction = of_this.exclude(kind=DecisionKind.UNDONE).filter(~Exists(taken_back))
        undoing = of_this.filter(kind=DecisionKind.UNDONE)
        return self.exclude(kind=DecisionKind.UNDONE).filter(~Exists(undoing), ~Exists(correction))

    def standing(self) -> "DecisionQuerySet":
        """Interim restrictions that no later decision corrects."""
        return self.uncorrected().filter(kind=DecisionKind.INTERIM_RESTRICTION)

    def holding(self, listing: "Listing") -> "DecisionQuerySet":
        """Standing restrictions that keep the listing off sale now, the oldest first."""
        return (
            self.standing()
            .filter(
                allegation__case__listing=listing,
                allegation__case__closed_at__isnull=True,
                allegation__status__in=RESTRICTING_STATUSES,
            )
            .order_by("id")
        )

    def removing(self, listing: "Listing") -> "DecisionQuerySet":
        """Final decisions that keep the listing off sale for good, the oldest first."""
        return self.final().filter(kind=DecisionKind.UPHELD, allegation__case__listing=listing).order_by("id")

    def final(self) -> "DecisionQuerySet":
        """Decisions on the merits that stand."""
        return self.uncorrected().filter(kind__in=FINAL_KINDS)


class ComplainantQuerySet(models.QuerySet["Complainant"]):
    def of(self, allegation: "Allegation") -> "ComplainantQuerySet":
        """Who made a report that the allegation rests on, each once."""
        return self.filter(reports__allegation=allegation).distinct()

    def reachable(self) -> "ComplainantQuerySet":
        """Those who left an address."""
        return self.exclude(email="")


#: Notices that a party has got, by one way or another. A webhook counts where nobody was asked to do more with it.
_ARRIVED: Final = (
    Q(mail__status=OutboxStatus.DELIVERED)
    | Q(webhook__status=OutboxStatus.DELIVERED, relay__isnull=True)
    | Q(relay__status=RelayStatus.DELIVERED)
)


class NoticeQuerySet(models.QuerySet["Notice"]):
    def owed(self) -> "NoticeQuerySet":
        """Notices that have yet to leave."""
        return self.filter(status=NoticeStatus.OWED)

    def standing(self) -> "NoticeQuerySet":
        """Notices that were not taken back before they left."""
        return self.exclude(status=NoticeStatus.VOID)

    def to_sellers(self, *, before: datetime) -> "NoticeQuerySet":
        """What sellers were told by decisions made before that moment; whether it arrived or not."""
        return self.standing().filter(party=Party.SELLER, decision__decided_at__lte=before)

    def undeliverable(self) -> "NoticeQuerySet":
        """Notices that reached nobody."""
        return self.filter(status=NoticeStatus.UNDELIVERABLE)

    def to_settle(self) -> "NoticeQuerySet":
        """Owed notices one of whose messages has arrived, or none of whose messages will leave any more."""
        over = [OutboxStatus.PARKED, OutboxStatus.CANCELLED]
        no_mail = Q(mail__isnull=True) | Q(mail__status__in=over)
        no_webhook = Q(webhook__isnull=True) | Q(webhook__status__in=over) | Q(relay__isnull=False)
        no_relay = Q(relay__isnull=True) | Q(relay__status=RelayStatus.FAILED)
        return self.owed().filter(_ARRIVED | (no_mail & no_webhook & no_relay))

    def arrived_after_all(self) -> "NoticeQuerySet":
        """Notices that had reached nobody, one of whose messages has arrived since."""
        return self.undeliverable().filter(_ARRIVED)


class ActionTimeQuerySet(models.QuerySet["ActionTime"]):
    def behind(self) -> "ActionTimeQuerySet":
        """Rows whose effect has gone a step further, or was asked for again by the same decision."""
        sent = Q(sent_at__isnull=True, effect__sent_at__isnull=False)
        failed = Q(failed_at__isnull=True, effect__failed_at__isnull=False)
        again = Q(
            effect__superseded_by__source_type=F("effect__source_type"),
            effect__superseded_by__source_ref=F("effect__source_ref"),
        )
        return self.filter(confirmed_at__isnull=True).filter(
            sent | failed | again | Q(effect__confirmed_at__isnull=False)
        )


class ExplanationQuerySet(models.QuerySet["Explanation"]):
    def requested(self) -> "ExplanationQuerySet":
        """Explanations that the seller may still give in time."""
        return self.filter(status=ExplanationStatus.REQUESTED)

    def undelivered(self) -> "ExplanationQuerySet":
        """Explanations whose period has not begun, because the notice has not arrived."""
        return self.requested().filter(due_at__isnull=True)

    def overdue(self, *, at: datetime) -> "ExplanationQuerySet":
        """Explanations that did not come in time."""
        return self.requested().filter(due_at__lte=at)

    def extendable(self) -> "ExplanationQuerySet":
        """Explanations whose period runs and was not extended yet."""
        return self.requested().filter(due_at__isnull=False, extended_at__isnull=True)

    def unsubmitted(self) -> "ExplanationQuerySet":
        """Explanations that have not come, in time or late."""
        return self.filter(status__in=[ExplanationStatus.REQUESTED, ExplanationStatus.LAPSED])

    def submitted(self) -> "ExplanationQuerySet":
        return self.filter(status=ExplanationStatus.SUBMITTED)

    def given(self) -> "ExplanationQuerySet":
        """Explanations that have come, whatever was made of them."""
        return self.filter(submitted_at__isnull=False)

    def closed_by_decision(self, decision: "Decision") -> "ExplanationQuerySet":
        """What a decision did not wait for."""
        return self.filter(status=ExplanationStatus.CANCELLED, closed_by=decision)


class InquiryQuerySet(models.QuerySet["Inquiry"]):
    def asked(self) -> "InquiryQuerySet":
        """Inquiries that wait for their complainant."""
        return self.filter(status=InquiryStatus.ASKED)

    def overdue(self, *, at: datetime) -> "InquiryQuerySet":
        """Inquiries that were not answered in time."""
        return self.asked().filter(due_at__lte=at)

    def to_remind(self, *, at: datetime) -> "InquiryQuerySet":
        """Inquiries whose complainant is to be reminded now."""
        return self.asked().filter(remind_at__lte=at, reminded_at__isnull=True, due_at__gt=at)

    def unanswered(self) -> "InquiryQuerySet":
        """Inquiries that have no answer, in time or late."""
        return self.filter(status__in=[InquiryStatus.ASKED, InquiryStatus.LAPSED])

    def answered(self) -> "InquiryQuerySet":
        return self.filter(status=InquiryStatus.ANSWERED)

    def about_explanations(self) -> "InquiryQuerySet":
        """Answers to a seller's explanation, as against questions for more information."""
        return self.filter(kind=InquiryKind.ANSWER)

    def given(self) -> "InquiryQuerySet":
        """Inquiries that were answered, whatever was made of the answer."""
        return self.filter(answered_at__isnull=False)

    def closed_by_decision(self, decision: "Decision") -> "InquiryQuerySet":
        """What a decision did not wait for."""
        return self.filter(status=InquiryStatus.CANCELLED, closed_by=decision)


class AppealQuerySet(models.QuerySet["Appeal"]):
    def open(self) -> "AppealQuerySet":
        """Appeals that wait for a decision."""
        return self.filter(status=AppealStatus.FILED)

    def granted(self) -> "AppealQuerySet":
        return self.filter(status=AppealStatus.GRANTED)


class ReporterRecordQuerySet(models.QuerySet["ReporterRecord"]):
    def standing(self) -> "ReporterRecordQuerySet":
        """Records that no later one corrects, of decisions that were not taken back."""
        undone = models.Q(decision__corrections__kind=DecisionKind.UNDONE)
        return self.filter(corrected_by__isnull=True).exclude(undone)


class WorkItemQuerySet(models.QuerySet["WorkItem"]):
    def open(self) -> "WorkItemQuerySet":
        """What is still to be done."""
        return self.filter(done_at__isnull=True)

    def of_cases(self) -> "WorkItemQuerySet":
        """Without batches, which are of many cases and of none."""
        return self.filter(case__isnull=False)

    def of_teams(self, teams: Collection[Team]) -> "WorkItemQuerySet":
        return self.filter(team__in=teams)

    def allowed_for(self, user: "User") -> "WorkItemQuerySet":
        """Without what this person may not do: an appeal against their own decision, their own request for approval."""
        return self.exclude(barred_ref=str(user.pk))

    def free_for(self, user: "User", *, at: datetime) -> "WorkItemQuerySet":
        """Work in cases that nobody else holds."""
        return self.filter(Q(case__leased_until__isnull=True) | Q(case__leased_until__lte=at) | Q(case__leased_by=user))

    def overdue(self, *, at: datetime) -> "WorkItemQuerySet":
        return self.open().filter(due_at__lte=at)

    def due_before(self, moment: datetime, *, at: datetime) -> "WorkItemQuerySet":
        """Work that is not late yet and will be by then."""
        return self.open().filter(due_at__gt=at, due_at__lte=moment)

    def most_urgent_first(self, *, at: datetime) -> "WorkItemQuerySet":
        """Overdue first, then by weight, by the number of independent reports, and by age."""
        is_late = When(Then(due_at__lte=at, then=Value(0)), default=Value(1))
        return self.order_by(is_late, "-severity", "-report_count", "opened_at", "id")

    def done_by_decision(self, decision: "Decision") -> "WorkItemQuerySet":
        """What a decision answered."""
        return self.filter(done_by=decision)


class BatchQuerySet(models.QuerySet["Batch"]):
    def with_approval(self) -> "BatchQuerySet":
        """Batches that somebody asked for, each with the request and what staff are asked to do."""
        return self.filter(approval__isnull=False).select_related("approval", "work")


class BatchRowQuerySet(models.QuerySet["BatchRow"]):
    def waiting(self) -> "BatchRowQuerySet":
        """What nothing has become of yet."""
        return self.filter(outcome=BatchOutcome.WAITING)


class GroundQuerySet(models.QuerySet["Ground"]):
    def in_use(self) -> "GroundQuerySet":
        """Reasons that can be alleged today; the others only stand in past cases."""
        return self.filter(is_active=True)


class PolicyQuerySet(models.QuerySet["Policy"]):
    def in_use(self) -> "PolicyQuerySet":
        """Clauses that a decision may cite today; the others only stand in past decisions."""
        return self.filter(is_active=True)


class NewsRequestQuerySet(models.QuerySet["NewsRequest"]):
    def unconfirmed(self) -> "NewsRequestQuerySet":
        """Requests whose code has not come back."""
        return self.filter(confirmed_at__isnull=True)

    def asked_before(self, moment: datetime) -> "NewsRequestQuerySet":
        return self.filter(asked_at__lt=moment)


class ClickCountQuerySet(models.QuerySet["ClickCount"]):
    def older_than(self, minute: int) -> "ClickCountQuerySet":
        """Counts of minutes that are over."""
        return self.filter(minute__lt=minute)


class SpentProofQuerySet(models.QuerySet["SpentProof"]):
    def expired(self, *, at: datetime) -> "SpentProofQuerySet":
        """Proofs whose challenge would not be taken any more."""
        return self.filter(expires_at__lt=at)
