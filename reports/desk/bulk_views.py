"""Deciding many allegations with one ruling: asked with the count, each row's outcome told.

Each is decided by itself; more listings than one person may decide at once wait as one batch for a second person.
"""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from django import forms
from django.contrib import messages
from django.contrib.admin import AdminSite
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.views.decorators.http import require_POST

from core.admin_base import actor_of
from core.errors import DomainError
from core.models import Approval
from reports.choices import AllegationStatus, DecisionKind, FindingKind
from reports.desk.case_desk import DECIDE, answered_already, is_asked_by
from reports.desk.case_page import case_url
from reports.desk.forms import ReviewForm
from reports.desk.staff_views import number, permitted, person
from reports.models import Allegation, Batch, Decision
from reports.rules import FINDINGS, possible_answers
from reports.services import batches, held
from reports.services.decisions import Ruling

#: As many as one complaint may name (rule ``complaint_listings``): more is decided in parts.
MOST: Final = 300
_Answer = tuple[DecisionKind, str]


@dataclass(frozen=True, slots=True)
class Row:
    """One allegation of many, and what became of it. ``outcome`` is decided, waiting, refused or done before."""

    allegation: Allegation
    url: str
    outcome: str = ""
    text: str = ""


class BulkForm(ReviewForm):
    """One ruling for all. ``rows`` are keys with the status that each was seen in."""

    field_order = ("answer", "policy", "reasoning", "private_note")  # type: ignore[assignment]  # one field more

    rows = forms.CharField(widget=forms.HiddenInput, max_length=20_000)
    answer = forms.ChoiceField(
        label="결정",
        error_messages={
            "required": "결정을 고르지 않았습니다. 하나를 골라 주세요.",
            "invalid_choice": "고른 결정을 쓸 수 없습니다. 다른 결정을 골라 주세요.",
        },
    )

    def __init__(self, *arguments: Any, allegations: Sequence[Allegation], **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.fields["reasoning"].help_text = "모든 당사자가 같은 이유를 그대로 읽습니다."
        self.fields["private_note"].help_text = "직원만 봅니다. 당사자에게 나가지 않습니다."
        fits = Counter(
            answer for allegation in allegations for answer in possible_answers(AllegationStatus(allegation.status))
        )
        choices = [(_name(answer), f"{_label(answer)} ({count}건)") for answer, count in fits.most_common()]
        self.fields["answer"].choices = [("", "고르세요"), *choices]  # type: ignore[attr-defined]

    def ruling(self) -> Ruling:
        data = self.cleaned_data
        kind, _, finding = data["answer"].partition(".")
        return Ruling(
            DecisionKind(kind),
            data["policy"],
            data["reasoning"],
            finding=finding,
            private_note=data["private_note"],
        )


def _name(answer: _Answer) -> str:
    kind, finding = answer
    return f"{kind}.{finding}" if finding else str(kind)


def _label(answer: _Answer) -> str:
    kind, finding = answer
    return f"{kind.label} · {FindingKind(finding).label}" if finding else str(kind.label)


def bulk_urls(site: AdminSite) -> list[URLPattern]:
    return [path("cases/bulk/", site.admin_view(decide(site)), name="case_bulk")]


def bulk_page(site: AdminSite, request: HttpRequest, chosen: QuerySet[Allegation]) -> HttpResponse:
    """The page that an action of a list leads to: how many, what will happen, and the one ruling."""
    keys = list(chosen.values_list("pk", flat=True)[: MOST + 1])
    if len(keys) > MOST:
        messages.warning(request, f"결정하지 않았습니다. 한 번에 {MOST}건까지 결정할 수 있습니다. 나누어 골라 주세요.")
        return HttpResponseRedirect(request.get_full_path())
    if not keys:
        messages.warning(request, "결정하지 않았습니다. 고르신 것에 결정할 주장이 없습니다. 다시 골라 주세요.")
        return HttpResponseRedirect(request.get_full_path())
    allegations = _load(keys)
    seen = ",".join(f"{allegation.pk}:{allegation.status}" for allegation in allegations)
    form = BulkForm(allegations=allegations, initial={"rows": seen})
    return _page(site, request, allegations, form)


def _load(keys: Sequence[int]) -> list[Allegation]:
    related = ("case__listing__current_version", "case__listing__seller", "brand", "ground", "rights_holder")
    return list(Allegation.objects.filter(pk__in=keys).select_related(*related).order_by("id"))


def _page(
    site: AdminSite, request: HttpRequest, allegations: Sequence[Allegation], form: BulkForm, *, status: int = 200
) -> HttpResponse:
    context = {
        **site.each_context(request),
        "title": "함께 결정하기",
        "form": form,
        "rows": [Row(allegation, case_url(allegation.case, allegation=allegation.pk)) for allegation in allegations],
        "listing_count": len({allegation.case.listing_id for allegation in allegations}),
        "seller_count": len({allegation.case.listing.seller_id for allegation in allegations}),
        "limit": batches.most_alone(),
        "is_held": batches.is_needed(allegations),
    }
    return TemplateResponse(request, "admin/reports/bulk.html", context, status=status)


def decide(site: AdminSite) -> Callable[..., HttpResponseBase]:
    """POST: the ruling, for each row by itself, or as one batch. A row that is refused harms no other and is named with
    its reason."""

    @permitted(DECIDE)
    @require_POST
    def view(request: HttpRequest) -> HttpResponseBase:
        seen = _seen(request.POST.get("rows", ""))
        allegations = _load(list(seen)[:MOST])
        if not allegations:
            messages.warning(request, "결정하지 않았습니다. 고른 주장이 없습니다. 목록에서 골라 주세요.")
            return HttpResponseRedirect(reverse("admin:queue"))
        form = BulkForm(request.POST, allegations=allegations)
        name = request.POST.get("answer", "")
        form.fields["answer"].choices = _with_answer(form, name)  # type: ignore[attr-defined]
        if not form.is_valid():
            return _page(site, request, allegations, form, status=422)
        batch: Batch | None = None
        if batches.is_needed(allegations):
            try:
                batch, rows = _ask(request, allegations, seen, form)
            except DomainError as refusal:
                form.add_error(None, str(refusal))
                return _page(site, request, allegations, form, status=422)
        else:
            rows = [_decide_one(request, allegation, seen[allegation.pk], form) for allegation in allegations]
        context = {
            **site.each_context(request),
            "title": "함께 결정한 결과",
            "batch": batch,
            "rows": rows,
            "counts": Counter(row.outcome for row in rows),
            "label": _label(_answer_of(name)),
        }
        return TemplateResponse(request, "admin/reports/bulk_done.html", context)

    return view


def _with_answer(form: BulkForm, name: str) -> list[tuple[str, str]]:
    """The choices with the one that was sent, if it is one at all: rows may have moved since, and each says so."""
    choices = list(form.fields["answer"].choices)  # type: ignore[attr-defined]
    known = {_name((kind, str(finding))) for kind in DecisionKind for finding in FINDINGS.get(kind, ("",))}
    if name in known - {str(DecisionKind.UNDONE)} and name not in dict(choices):
        choices.append((name, _label(_answer_of(name))))
    return choices


def _answer_of(name: str) -> _Answer:
    kind, _, finding = name.partition(".")
    return DecisionKind(kind), finding


def _seen(text: str) -> dict[int, str]:
    """Keys with the status that each was seen in; what is neither is left out."""
    pairs = (part.partition(":") for part in text.split(","))
    found = ((number(key), status) for key, _, status in pairs if status in AllegationStatus.values)
    return {key: status for key, status in found if key is not None}


def _ask(
    request: HttpRequest, allegations: Sequence[Allegation], seen: Mapping[int, str], form: BulkForm
) -> tuple[Batch | None, list[Row]]:
    """One request for all of them. Sent twice, the second is told where they wait."""
    earlier = batches.waiting_in(allegations)
    rows = [(allegation, AllegationStatus(seen[allegation.pk])) for allegation in allegations]
    asked = batches.ask(rows, form.ruling(), actor=actor_of(request), now=timezone.now())
    return asked.batch, [_row_of(request, allegation, asked, earlier.get(allegation.pk)) for allegation in allegations]


def _row_of(request: HttpRequest, allegation: Allegation, asked: batches.Asked, earlier: Batch | None) -> Row:
    url = case_url(allegation.case, allegation=allegation.pk)
    if allegation.pk not in asked.refused:
        return Row(allegation, url, "waiting", f"일괄 결정 {asked.batch}")
    is_mine = earlier is not None and earlier.approval is not None and is_asked_by(earlier.approval, person(request))
    return Row(allegation, url, "before" if is_mine else "refused", asked.refused[allegation.pk])


def _decide_one(request: HttpRequest, allegation: Allegation, seen: str, form: BulkForm) -> Row:
    url, ruling = case_url(allegation.case, allegation=allegation.pk), form.ruling()
    name = form.cleaned_data["answer"]
    earlier = answered_already(allegation, person(request), name)
    if earlier is not None:
        return Row(allegation, url, "before", f"방금 같은 결정을 하셨습니다({earlier}).")
    if allegation.status == seen and _answer_of(name) not in possible_answers(AllegationStatus(seen)):
        return Row(allegation, url, "refused", f"‘{allegation.get_status_display()}’ 상태에서는 할 수 없는 결정입니다.")
    try:
        outcome = held.submit(
            allegation, ruling, actor=actor_of(request), now=timezone.now(), seen=AllegationStatus(seen)
        )
    except DomainError as refusal:
        return Row(allegation, url, "refused", str(refusal))
    if isinstance(outcome, Approval):
        return Row(allegation, url, "waiting", outcome.reason)
    assert isinstance(outcome, Decision)
    return Row(allegation, url, "decided", outcome.number)
