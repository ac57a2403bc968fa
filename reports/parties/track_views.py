"""``/track/``: a complainant follows, answers, withdraws and appeals with a code, without an account."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.choices import LinkPurpose
from accounts.codes import normalise
from accounts.models import AccessLink
from accounts.services import link_secret, redeem_link
from core.actors import REPORTER, Actor
from core.errors import Conflict, DomainError
from reports.choices import Party, Stance
from reports.models import Allegation, Complainant, Inquiry
from reports.parties.forms import COMPLAINANT_KINDS, AnswerForm, AppealForm, MoreForm, TrackForm
from reports.parties.holders import TooMany, open_code
from reports.parties.languages import View, chosen, posted, private, show
from reports.parties.submissions import Submission
from reports.parties.track_page import Holder, asked_of, asked_shown, may_appeal, may_withdraw, track_page
from reports.parties.words import said
from reports.services import appeals, silence

_ASKS = require_http_methods(["GET", "HEAD", "POST"])


@_ASKS
@private
def enter(request: HttpRequest) -> HttpResponse:
    """Type the code."""
    with translation.override(chosen(request, "ko")):
        form = TrackForm(posted(request))
        if request.method != "POST" or not form.is_valid():
            return show(request, "track/enter.html", {"form": form})
        try:
            link, _holder = open_code(request, form.cleaned_data["code"], now=timezone.now())
        except DomainError as refusal:
            return _unknown(request, refusal, form)
        redeem_link(link_secret(link), purpose=LinkPurpose.TRACK, now=timezone.now())
        return redirect("track", link_secret(link))


def _unknown(request: HttpRequest, refusal: DomainError, form: TrackForm | None = None) -> HttpResponse:
    """The field again, with what was wrong; after too many, when to try again."""
    form = form or TrackForm({"code": ""})
    form.errors.clear()
    form.add_error("code", said(refusal))
    if not isinstance(refusal, TooMany):
        return show(request, "track/enter.html", {"form": form}, status=404)
    response = show(request, "track/enter.html", {"form": form}, status=429)
    response.headers["Retry-After"] = str(refusal.seconds)
    return response


def _for_holder(view: View) -> View:
    """Only with a code that opens something, in the holder's language."""

    @private
    def inner(request: HttpRequest, code: str, **address: int) -> HttpResponse:
        try:
            link, holder = open_code(request, code, now=timezone.now())
        except DomainError as refusal:
            with translation.override(chosen(request, "ko")):
                return _unknown(request, refusal)
        with translation.override(chosen(request, holder.language)):
            if request.method == "POST":
                redeem_link(link_secret(link), purpose=LinkPurpose.TRACK, now=timezone.now())
            return view(request, link, holder, **address)

    return inner


@require_safe
@private
def track(request: HttpRequest, code: str) -> HttpResponse:
    """Where everything of this code stands. The address in the spelling that it has; however it was typed."""
    if normalise(code) != code:
        return redirect("track", normalise(code))
    return _track(request, code=code)


@_for_holder
def _track(request: HttpRequest, link: AccessLink, holder: Holder) -> HttpResponse:
    return show(request, "track/page.html", _context(link, holder))


@_ASKS
@_for_holder
def answer(request: HttpRequest, link: AccessLink, holder: Holder, inquiry_id: int) -> HttpResponse:
    """Answer what was asked, once."""
    inquiry, allegation = _inquiry(holder, inquiry_id)
    if inquiry is None:
        return _elsewhere(request, link)
    asked = asked_shown(inquiry, _language(), now=timezone.now())
    form = AnswerForm(posted(request)) if asked.is_answer else MoreForm(posted(request))
    submission = Submission(form, COMPLAINANT_KINDS, _language())
    context = _context(link, holder) | submission.context | {"asked": asked, "matter": _matter(holder, allegation)}
    if request.method != "POST" or not submission.read(request, scope=f"track:{link.pk}:answer:{inquiry_id}"):
        return show(request, "track/answer.html", context)
    stance = Stance(form.cleaned_data.get("stance") or Stance.MAINTAIN)
    try:
        given = silence.take_answer(
            inquiry,
            stance=stance,
            text=form.cleaned_data["text"],
            files=submission.taken.handed_in,
            actor=_actor(link, holder),
            now=timezone.now(),
        )
    except Conflict as refusal:
        messages.warning(request, said(refusal))
        return redirect("track", link_secret(link))
    except DomainError as refusal:
        submission.refuse(refusal)
        return show(request, "track/answer.html", context)
    messages.success(request, _answered(given))
    return redirect("track", link_secret(link))


def _answered(given: Inquiry) -> str:
    if given.stance == Stance.WITHDRAW:
        return _("신고를 철회했습니다.")
    if given.is_late:
        return _("답변을 받았습니다. 기한이 지나 제출되어 그렇게 표시됩니다.")
    return _("답변을 받았습니다. 다음은 담당자의 차례이며, 결과를 알려 드립니다.")


@_ASKS
@_for_holder
def withdraw(request: HttpRequest, link: AccessLink, holder: Holder, allegation_id: int) -> HttpResponse:
    """Take the complaint back, after reading what will happen."""
    allegation = _allegation(holder, allegation_id)
    if not may_withdraw(holder, allegation):
        return _elsewhere(request, link)
    if request.method != "POST":
        return show(request, "track/withdraw.html", _context(link, holder) | {"matter": _matter(holder, allegation)})
    try:
        silence.withdraw_complaint(_complainant(holder), allegation, now=timezone.now())
    except DomainError as refusal:
        messages.warning(request, said(refusal))
    else:
        messages.success(request, _("신고를 철회했습니다."))
    return redirect("track", link_secret(link))


@_ASKS
@_for_holder
def appeal(request: HttpRequest, link: AccessLink, holder: Holder, allegation_id: int) -> HttpResponse:
    """Contest the final decision, once a side."""
    allegation = _allegation(holder, allegation_id)
    if not may_appeal(holder, allegation, now=timezone.now()):
        return _elsewhere(request, link)
    form = AppealForm(posted(request))
    submission = Submission(form, COMPLAINANT_KINDS, _language())
    context = _context(link, holder) | submission.context | {"matter": _matter(holder, allegation)}
    if request.method != "POST" or not submission.read(request, scope=f"track:{link.pk}:appeal:{allegation_id}"):
        return show(request, "track/appeal.html", context)
    try:
        appeals.file_appeal(
            allegation,
            party=Party.REPORTER,
            text=form.cleaned_data["text"],
            files=submission.taken.handed_in,
            actor=_actor(link, holder),
            now=timezone.now(),
            complainant=_complainant(holder),
        )
    except Conflict as refusal:
        messages.warning(request, said(refusal))
        return redirect("track", link_secret(link))
    except DomainError as refusal:
        submission.refuse(refusal)
        return show(request, "track/appeal.html", context)
    messages.success(request, _("이의제기를 받았습니다. 결정에 관여하지 않은 다른 담당자가 다시 심사합니다."))
    return redirect("track", link_secret(link))


def _language() -> str:
    return translation.get_language() or "ko"


def _context(link: AccessLink, holder: Holder) -> dict[str, Any]:
    page = track_page(holder, language=_language(), now=timezone.now())
    steps = [_("접수"), _("심사"), _("판매자 소명"), _("결정")]
    return {"page": page, "code": link_secret(link), "steps": steps, "now": timezone.now()}


def _matter(holder: Holder, allegation: Allegation) -> Any:
    page = track_page(holder, language=_language(), now=timezone.now())
    return next(each for each in page.matters if each.allegation == allegation.pk)


def _allegation(holder: Holder, allegation_id: int) -> Allegation:
    """One of the holder's own; another's is not there."""
    for allegation in holder.allegations:
        if allegation.pk == allegation_id:
            return allegation
    raise Http404


def _inquiry(holder: Holder, inquiry_id: int) -> tuple[Inquiry | None, Allegation]:
    """What this holder was asked; ``None`` where it is answered. Another's is not there."""
    known = Inquiry.objects.filter(pk=inquiry_id, complainant=holder.complainant).first()
    if known is None or holder.complainant is None:
        raise Http404
    allegation = _allegation(holder, known.allegation_id)
    waits = next((each for each in asked_of(holder, allegation) if each.pk == inquiry_id), None)
    return waits, allegation


def _complainant(holder: Holder) -> Complainant:
    assert holder.complainant is not None, "who left no address is offered nothing to do"
    return holder.complainant


def _actor(link: AccessLink, holder: Holder) -> Actor:
    return Actor(kind=REPORTER, ref=f"link:{link.pk}", label=str(holder.complainant or ""))


def _elsewhere(request: HttpRequest, link: AccessLink) -> HttpResponse:
    """Done already, or not to be done now. Sent twice is once."""
    if request.method == "POST":
        text = _(
            "이번에 보낸 내용은 받지 않았습니다. 이미 제출했거나 지금은 받을 수 없는 단계입니다. 아래에서 지금 "
            "상태를 확인해 "
            "주세요."
        )
        messages.warning(request, text)
    return redirect("track", link_secret(link))
