"""Everything that hangs on one case, read in a fixed number of queries however much it is."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Final, TypeVar

from django.db.models import Case as Case_
from django.db.models import (
    CharField,
    Count,
    Exists,
    F,
    Model,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Value,
    When,
    Window,
)
from django.db.models.functions import Cast, RowNumber

from accounts.models import User
from core.actors import USER
from core.models import Approval
from reports.choices import DecisionKind
from reports.models import Appeal, Attachment, BatchRow, Case, Decision, Explanation, Inquiry, Report, WorkItem
from reports.rules import FINAL_KINDS
from sellers.models import Authorisation

#: Reports shown of each allegation; a flood of them is counted.
SHOWN_REPORTS: Final = 5
#: Files, questions and decisions of a case that are shown; each has its own list in the admin.
_MOST_ROWS: Final = 200

_Row = TypeVar("_Row", bound=Model)


@dataclass(frozen=True, slots=True)
class AllegationRows:
    """What hangs on one allegation, the newest first. ``reports`` are the newest few, ``report_count`` is all of
    them."""

    allegation: Any
    reports: Sequence[Any] = ()
    report_count: int = 0
    inquiries: Sequence[Inquiry] = ()
    decisions: Sequence[Any] = ()
    work: Sequence[WorkItem] = ()

    @property
    def further_report_count(self) -> int:
        """How many are not shown."""
        return self.report_count - len(self.reports)

    @property
    def explanations(self) -> Sequence[Explanation]:
        found = (getattr(decision, "explanation", None) for decision in self.decisions)
        return [each for each in found if each is not None]

    @property
    def appeals(self) -> Sequence[Appeal]:
        """Open ones stand with the work that they ask for, decided ones with their decision."""
        rows = [item.appeal for item in self.work] + [decision.appeal for decision in self.decisions]
        return list({row.pk: row for row in rows if row is not None}.values())

    @property
    def open_appeal(self) -> Appeal | None:
        return next((item.appeal for item in self.work if item.appeal is not None), None)

    @property
    def approval(self) -> Approval | None:
        """The request that waits for a second person."""
        return next((item.approval for item in self.work if item.approval is not None), None)

    @property
    def matched(self) -> Any:
        """The newest report that screening made, with its match."""
        return next((report for report in self.reports if report.match is not None), None)

    @property
    def standing(self) -> Sequence[Any]:
        """Decisions that were neither taken back nor corrected."""
        undone = {row.corrects_id for row in self.decisions if row.kind == DecisionKind.UNDONE}
        made = [row for row in self.decisions if row.kind != DecisionKind.UNDONE and row.pk not in undone]
        corrected = {row.corrects_id for row in made}
        return [row for row in made if row.pk not in corrected]

    @property
    def final(self) -> Any:
        """The decision on the merits that stands, if any."""
        return next((row for row in self.standing if row.kind in FINAL_KINDS), None)


@dataclass(frozen=True, slots=True)
class CaseRows:
    """The case with its allegations, and what hangs on them."""

    case: Case
    allegations: Sequence[AllegationRows]
    files: Mapping[tuple[str, int], Sequence[Attachment]] = field(default_factory=dict)

    def of(self, allegation_id: int | None) -> AllegationRows | None:
        return next((rows for rows in self.allegations if rows.allegation.pk == allegation_id), None)


def load(case_id: int) -> Case | None:
    """The case with what every page of it reads."""
    related = ("listing__seller", "listing__marketplace", "listing__current_version", "leased_by")
    return Case.objects.select_related(*related).filter(pk=case_id).first()


def gather(case: Case, *, today: date) -> CaseRows:
    """All of it: six queries."""
    authorised = Authorisation.objects.in_force(on=today).filter(seller=case.listing.seller_id, brand=OuterRef("brand"))
    related = ("rights_holder", "brand__rights_holder", "ground")
    waiting = BatchRow.objects.waiting().filter(allegation=OuterRef("pk")).values("batch")
    facts = {"is_authorised": Exists(authorised), "waiting_batch": Subquery(waiting)}
    allegations = list(case.allegations.select_related(*related).annotate(**facts))
    for allegation in allegations:
        allegation.case = case  # with its listing, which is not asked for again
    reports = _newest_reports(case)
    inquiries = list(_of_case(Inquiry.objects.select_related("complainant"), case))
    decisions = _decisions(case)
    work = list(WorkItem.objects.open().filter(case=case).select_related(*_OF_WORK).order_by("due_at"))
    by_report, by_inquiry, by_decision, by_work = map(_by_allegation, (reports, inquiries, decisions, work))
    return CaseRows(
        case=case,
        allegations=[
            AllegationRows(
                allegation=allegation,
                reports=by_report[allegation.pk],
                report_count=max((report.of_all for report in by_report[allegation.pk]), default=0),
                inquiries=by_inquiry[allegation.pk],
                decisions=by_decision[allegation.pk],
                work=by_work[allegation.pk],
            )
            for allegation in allegations
        ],
        files=_files(case, reports),
    )


_OF_WORK: Final = ("approval", "appeal__contested", "appeal__complainant")


def _newest_reports(case: Case) -> list[Any]:
    """The newest few of each allegation, each with the number of all in ``of_all``."""
    ranked = Report.objects.filter(case=case).annotate(
        place=Window(RowNumber(), partition_by=F("allegation"), order_by=F("id").desc()),
        of_all=Window(Count("pk"), partition_by=F("allegation")),
    )
    related = ("complainant__rights_holder", "version", "match", "brand")
    return list(ranked.filter(place__lte=SHOWN_REPORTS).select_related(*related).order_by("-id"))


def _decisions(case: Case) -> list[Any]:
    """The newest first, each with the name of who decided in ``decided_by``."""
    people = User.objects.annotate(ref=Cast("pk", CharField())).filter(ref=OuterRef("actor_ref"))
    named = Case_(When(actor_kind=USER, then=Subquery(people.values("name")[:1])), default=Value(""))
    related = ("policy", "corrects", "appeal__contested", "appeal__complainant", "action_time", "explanation")
    return list(_of_case(Decision.objects.select_related(*related).annotate(decided_by=named), case))


def _of_case(rows: QuerySet[_Row], case: Case) -> QuerySet[_Row]:
    return rows.filter(allegation__case=case).order_by("-id")[:_MOST_ROWS]


def _by_allegation(rows: Iterable[Any]) -> Mapping[int, list[Any]]:
    found: dict[int, list[Any]] = defaultdict(list)
    for row in rows:
        found[row.allegation_id].append(row)
    return found


def _files(case: Case, reports: Sequence[Report]) -> Mapping[tuple[str, int], Sequence[Attachment]]:
    """The files by what they came with: ``("report", 5)``."""
    rows = Attachment.objects.filter(
        Q(report__in=[report.pk for report in reports])
        | Q(explanation__allegation__case=case)
        | Q(inquiry__allegation__case=case)
        | Q(appeal__contested__allegation__case=case)
    ).select_related("file")
    found: dict[tuple[str, int], list[Attachment]] = defaultdict(list)
    for row in rows[:_MOST_ROWS]:
        for name in ("report", "explanation", "inquiry", "appeal"):
            owner = getattr(row, f"{name}_id")
            if owner is not None:
                found[name, owner].append(row)
    return found
