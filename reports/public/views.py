"""``/report/``: report a counterfeit, by pages that work without script."""

from typing import Any, Final

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from accounts.codes import normalise
from accounts.models import AccessLink
from core.errors import DomainError
from listings.models import Listing
from reports.models import Report
from reports.parties.forms import ACCEPT
from reports.parties.holders import TooMany
from reports.parties.languages import posted, private
from reports.public import consent, passes
from reports.public.asking import ACTS, add_photos, bound, take_back
from reports.public.forms import AddressForm, CodeForm, MailForm, NewsForm, NoteForm, ReasonForm
from reports.public.receipts import listing_shown, open_receipt, reported, standing
from reports.public.targets import target
from reports.public.visits import keep_code, kept_codes, remember, visit_of
from reports.services import clicks
from reports.services.filing import Wanted
from reports.services.floods import ProofNeeded, Visit

_ASKS = require_http_methods(["GET", "HEAD", "POST"])


@_ASKS
@private
def start(request: HttpRequest) -> HttpResponse:
    """Paste an address. A prefilled one (``?listing=``) comes from a link."""
    asked = request.GET.get("listing")
    form = AddressForm(posted(request), initial={"listing": asked[:2_000]} if asked else None)
    if request.method == "POST" and form.is_valid():
        try:
            slug, number = form.find()
            target(slug, number)
            return redirect("report_listing", slug, number)
        except DomainError as refusal:
            form.add_error("listing", str(refusal))
    return render(request, "report/start.html", {"form": form, "codes": kept_codes(request)})


@_ASKS
@private
def listing(request: HttpRequest, marketplace: str, external_id: str) -> HttpResponse:
    """One listing and one button."""
    try:
        about = target(marketplace, external_id)
    except DomainError as refusal:
        form = AddressForm({"listing": ""})
        form.errors.clear()
        form.add_error("listing", str(refusal))
        return render(request, "report/start.html", {"form": form, "codes": kept_codes(request)}, status=404)
    visit = visit_of(request)
    if request.method == "POST":
        response = _post(request, about, visit)
    else:
        response = render(request, "report/listing.html", {"listing": listing_shown(about)})
    remember(response, visit, is_secure=request.is_secure())
    return response


def _post(request: HttpRequest, about: Listing | Wanted, visit: Visit) -> HttpResponse:
    context: dict[str, Any] = {"listing": listing_shown(about)}
    if request.POST.get("do") in {"code", "confirm"}:
        form = passes.answer(request, MailForm, CodeForm, now=timezone.now())
        if form is not None:
            return _challenge(request, context | passes.forms_shown(request, form))
    try:
        receipt = clicks.click(
            about,
            visit=visit,
            now=timezone.now(),
            proof=request.POST.get("proof", ""),
            is_known=passes.is_known(request, now=timezone.now()),
        )
    except ProofNeeded as needed:
        shown = passes.forms_shown(request, None)
        return _challenge(request, context | shown | {"challenge": needed.challenge, "needed": needed})
    except DomainError as refusal:
        return render(request, "report/listing.html", context | {"refusal": refusal}, status=409)
    response = redirect("report_receipt", receipt.code)
    keep_code(request, response, receipt.code)
    return response


def _challenge(request: HttpRequest, context: dict[str, Any]) -> HttpResponse:
    """Not filed yet: the device computes, or a code comes by mail."""
    return render(request, "report/proof.html", context, status=200)


@_ASKS
@private
def receipt(request: HttpRequest, code: str) -> HttpResponse:
    """What was reported, the way back for ten seconds, and what may be added."""
    if normalise(code) != code and request.method != "POST":
        return redirect("report_receipt", normalise(code))
    try:
        link, report = open_receipt(request, code, now=timezone.now())
    except DomainError as refusal:
        return _unknown(request, refusal)
    given: dict[str, forms.Form] = {}
    problems: list[str] = []
    if request.method == "POST":
        done = _do(request, link, report, given, problems)
        if done:
            messages.success(request, done)
            if not problems:
                return redirect("report_receipt", code)
            report.refresh_from_db()
    return render(request, "report/receipt.html", _context(code, report, given, problems))


def _unknown(request: HttpRequest, refusal: DomainError) -> HttpResponse:
    form = AddressForm({"listing": ""})
    form.errors.clear()
    form.add_error(None, str(refusal))
    status = 429 if isinstance(refusal, TooMany) else 404
    response = render(request, "report/start.html", {"form": form, "codes": []}, status=status)
    if isinstance(refusal, TooMany):
        response.headers["Retry-After"] = str(refusal.seconds)
    return response


def _do(
    request: HttpRequest, link: AccessLink, report: Report, given: dict[str, forms.Form], problems: list[str]
) -> str:
    """Do what the pressed button says. Returns what to tell; empty where something must be put right."""
    name = request.POST.get("do", "")
    try:
        if name == "undo":
            return take_back(report, now=timezone.now())
        if name == "photos":
            taken = add_photos(report, request, now=timezone.now())
            problems += taken.problems
            return f"사진 {taken.count}개를 저장했습니다." if taken.count else ""
        if name not in ACTS:
            return ""
        form = given[name] = bound(name, request.POST)
        return ACTS[name].carry_out(report, link, form.cleaned_data, timezone.now()) if form.is_valid() else ""
    except DomainError as refusal:
        if name in given:
            given[name].add_error(_FIELD_OF.get(name), str(refusal))
        else:
            problems.append(str(refusal))
        return ""


#: Where a service's refusal stands.
_FIELD_OF: Final = {"reason": "ground", "note": "text", "news": "email", "confirm": "code"}


def _context(code: str, report: Report, given: dict[str, forms.Form], problems: list[str]) -> dict[str, Any]:
    return {
        "code": code,
        "listing": reported(report),
        "report": standing(report, now=timezone.now()),
        "due_at": report.result_due_at,
        "now": timezone.now(),
        "reason": given.get("reason") or ReasonForm(initial={"ground": report.ground and report.ground.code}),
        "note": given.get("note") or NoteForm(),
        "news": given.get("news") or NewsForm(),
        "confirm": given.get("confirm") or CodeForm(),
        "faulty": next((form for form in given.values() if form.errors), None),
        "problems": problems,
        "consent": consent,
        "accept": ACCEPT,
        "undo_fields": [("do", "undo")],
    }
