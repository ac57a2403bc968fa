"""``/seller/``: a link, a code to the registered contact, and then the seller's pages of one allegation.

The link comes by mail, or from the marketplace (``shop_views``); the code is asked either way.
"""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.choices import LinkPurpose
from accounts.contact_codes import Contact, confirm_code, send_code
from accounts.models import AccessLink
from accounts.services import find_link, redeem_link
from core.actors import SELLER, Actor
from core.errors import Conflict, DomainError
from reports.choices import Claim, Party
from reports.models import Allegation, Explanation
from reports.parties import visits
from reports.parties.forms import SELLER_KINDS, AppealForm, CodeForm, ExplanationForm, ExtensionForm, NoForm
from reports.parties.languages import View, chosen, posted, private, show
from reports.parties.seller_page import SellerPage, current_explanation, seller_page
from reports.parties.submissions import Submission
from reports.parties.words import said
from reports.services import appeals, hearings
from sellers.models import Seller

_ASKS = require_http_methods(["GET", "HEAD", "POST"])


# -- the way in -------------------------------------------------------------------------------------------------------


@require_safe
@private
def home(request: HttpRequest) -> HttpResponse:
    """How a seller comes in; nothing else is here without a link."""
    with translation.override(chosen(request, "ko")):
        return show(request, "seller/home.html", {})


@_ASKS
@private
def door(request: HttpRequest, secret: str) -> HttpResponse:
    """A button, because mail scanners open links. What is pressed sends a code; a link that opens nothing says so."""
    now = timezone.now()
    with translation.override(chosen(request, _language_of(secret))):
        if request.method != "POST":
            return show(request, "seller/door.html", {})
        try:
            link = redeem_link(secret, purpose=LinkPurpose.SELLER, now=now)
        except DomainError as refusal:
            return show(request, "seller/closed.html", {"text": said(refusal)}, status=403)
        return ask_for_code(request, link, now=now)


def ask_for_code(request: HttpRequest, link: AccessLink, *, now: datetime) -> HttpResponse:
    """What follows on any link: a code leaves, and the address of the page that asks for it holds no secret."""
    visits.wait_for_code(request, link, now=now)
    _send_code(request, link)
    return redirect("seller_confirm")


@_ASKS
@private
def confirm(request: HttpRequest) -> HttpResponse:
    """The code that went to the registered contact. The address of this page holds no secret any more."""
    now = timezone.now()
    link = visits.pending(request, now=now)
    seller = visits.seller_of(link) if link is not None else None
    with translation.override(chosen(request, seller.language if seller is not None else "ko")):
        if link is None or seller is None:
            return closed(request)
        form = CodeForm(posted(request))
        if request.method == "POST" and form.is_valid():
            try:
                confirm_code(link, form.cleaned_data["code"], now=now, actor=_actor(link, seller))
            except DomainError as refusal:
                form.add_error("code", said(refusal))
            else:
                visits.begin(request, link, now=now)
                return _where(link, seller)
        return show(request, "seller/confirm.html", {"form": form})


def _where(link: AccessLink, seller: Seller) -> HttpResponseRedirect:
    allegation = visits.allegation_of(link)
    return redirect("seller_shop", seller.pk) if allegation is None else redirect("seller_case", allegation.pk)


@require_POST
@private
def send_again(request: HttpRequest) -> HttpResponse:
    """Another code, where the last one did not come."""
    link = visits.pending(request, now=timezone.now())
    seller = visits.seller_of(link) if link is not None else None
    with translation.override(chosen(request, seller.language if seller is not None else "ko")):
        if link is None:
            return closed(request)
        if _send_code(request, link):
            messages.success(request, _("확인 코드를 다시 보냈습니다. 앞서 받은 코드는 이제 쓸 수 없습니다."))
        return redirect("seller_confirm")


@require_POST
@private
def leave(request: HttpRequest) -> HttpResponse:
    """Close the seller's pages in this browser, before somebody else uses it."""
    visits.leave(request)
    with translation.override(chosen(request, "ko")):
        text = _("판매자 화면을 닫았습니다. 다시 보시려면 메일의 링크나 마켓플레이스의 판매자 센터를 이용해 주세요.")
        messages.success(request, text)
        return redirect("seller_home")


def _language_of(secret: str) -> str:
    """The language of the seller whom the link is meant for; who guesses learns nothing by it, a secret is 256 "
    "bits."""
    try:
        link = find_link(secret, purpose=LinkPurpose.SELLER, now=timezone.now())
    except DomainError:
        return "ko"
    seller = visits.seller_of(link)
    return seller.language if seller is not None else "ko"


def _send_code(request: HttpRequest, link: AccessLink) -> bool:
    """Send a code, or say why not. One that was sent just now is no mistake: the person may have pressed twice."""
    seller = visits.seller_of(link)
    if seller is None:
        return False
    contact = Contact(seller.email, seller.marketplace, seller.external_id, chosen(request, seller.language))
    try:
        send_code(link, contact, now=timezone.now(), actor=_actor(link, seller))
    except Conflict as refusal:
        messages.info(request, said(refusal))
        return False
    except DomainError as refusal:
        messages.error(request, said(refusal))
        return False
    return True


def _actor(link: AccessLink, seller: Seller) -> Actor:
    return Actor(kind=SELLER, ref=f"link:{link.pk}", label=seller.shop_name)


def closed(request: HttpRequest) -> HttpResponse:
    """No visit, or none any more."""
    text = _(
        "확인을 마치지 않았거나 2시간 동안 사용하지 않아 닫혔습니다. 메일의 링크나 마켓플레이스의 판매자 센터를 다시 "
        "눌러 주세요."
    )
    return show(request, "seller/closed.html", {"text": text}, status=403)


# -- the pages of one allegation --------------------------------------------------------------------------------------


def _for_seller(view: View) -> View:
    """Only in a visit to this allegation, in the seller's language."""

    @private
    def inner(request: HttpRequest, allegation_id: int) -> HttpResponse:
        allegation = visits.visited(request, allegation_id, now=timezone.now())
        default = allegation.case.listing.seller.language if allegation is not None else "ko"
        with translation.override(chosen(request, default)):
            if allegation is None:
                return closed(request)
            return view(request, allegation)

    return inner


@require_safe
@_for_seller
def case(request: HttpRequest, allegation: Allegation) -> HttpResponse:
    """Where it stands, what is alleged, what the seller may do, and what happened."""
    shop = visits.visited_shop(request, allegation.case.listing.seller_id, now=timezone.now())
    return show(request, "seller/case.html", _page_context(allegation) | {"shop": shop})


@_ASKS
@_for_seller
def explanation(request: HttpRequest, allegation: Allegation) -> HttpResponse:
    """Explain, once."""
    page = _page(allegation)
    if not page.may.explain:
        return _elsewhere(request, allegation, page)
    form = ExplanationForm(posted(request), language=_language())
    submission = Submission(form, SELLER_KINDS, _language())
    if request.method == "POST" and submission.read(request, scope=_scope("explanation", allegation)):
        return _hand_in(request, allegation, "seller/explanation.html", submission, page, _submit_explanation)
    return show(request, "seller/explanation.html", _page_context(allegation, page) | submission.context)


@_ASKS
@_for_seller
def documents(request: HttpRequest, allegation: Allegation) -> HttpResponse:
    """More documents, while nothing is decided."""
    page = _page(allegation)
    if not page.may.add_documents:
        return _elsewhere(request, allegation, page)
    submission = Submission(NoForm(posted(request)), SELLER_KINDS, _language(), needs_files=True)
    if request.method == "POST" and submission.read(request, scope=_scope("documents", allegation)):
        return _hand_in(request, allegation, "seller/documents.html", submission, page, _add_documents)
    return show(request, "seller/documents.html", _page_context(allegation, page) | submission.context)


@_ASKS
@_for_seller
def extension(request: HttpRequest, allegation: Allegation) -> HttpResponse:
    """More time, once."""
    page = _page(allegation)
    if not page.may.extend:
        return _elsewhere(request, allegation, page)
    submission = Submission(ExtensionForm(posted(request)), (), _language())
    if request.method == "POST" and submission.form.is_valid():
        return _hand_in(request, allegation, "seller/extension.html", submission, page, _extend)
    return show(request, "seller/extension.html", _page_context(allegation, page) | submission.context)


@_ASKS
@_for_seller
def appeal(request: HttpRequest, allegation: Allegation) -> HttpResponse:
    """Contest the final decision, once."""
    page = _page(allegation)
    if not page.may.appeal:
        return _elsewhere(request, allegation, page)
    submission = Submission(AppealForm(posted(request)), SELLER_KINDS, _language())
    if request.method == "POST" and submission.read(request, scope=_scope("appeal", allegation)):
        return _hand_in(request, allegation, "seller/appeal.html", submission, page, _appeal)
    return show(request, "seller/appeal.html", _page_context(allegation, page) | submission.context)


def _language() -> str:
    return translation.get_language() or "ko"


def _scope(what: str, allegation: Allegation) -> str:
    return f"seller:{what}:{allegation.pk}"


def _page(allegation: Allegation) -> SellerPage:
    return seller_page(allegation, language=_language(), now=timezone.now())


def _page_context(allegation: Allegation, page: SellerPage | None = None) -> dict[str, Any]:
    steps = [_("판매제한"), _("소명"), _("소명 검토"), _("결정")]
    return {"page": page or _page(allegation), "steps": steps, "now": timezone.now()}


def _elsewhere(request: HttpRequest, allegation: Allegation, page: SellerPage) -> HttpResponseRedirect:
    """What was wanted is not to be done, or done already: the page says which. Sent twice is once."""
    if request.method == "POST":
        text = _(
            "이번에 보낸 내용은 받지 않았습니다. 이미 제출했거나 지금은 받을 수 없는 단계입니다. 아래에서 지금 "
            "상태를 확인해 "
            "주세요."
        )
        messages.warning(request, text)
    elif page.may.explain or page.may.appeal:
        messages.info(request, _("지금은 할 수 없는 일입니다. 아래에서 지금 할 수 있는 일을 확인해 주세요."))
    return redirect("seller_case", allegation.pk)


Deed = Callable[[Allegation, Submission, Actor], str]


def _hand_in(
    request: HttpRequest, allegation: Allegation, template: str, submission: Submission, page: SellerPage, deed: Deed
) -> HttpResponse:
    """Call the one service; its refusal comes back with the form, and nothing that was given is lost."""
    actor = Actor(kind=SELLER, ref=f"allegation:{allegation.pk}", label=allegation.case.listing.seller.shop_name)
    try:
        done = deed(allegation, submission, actor)
    except Conflict as refusal:
        messages.warning(request, said(refusal))
        return redirect("seller_case", allegation.pk)
    except DomainError as refusal:
        submission.refuse(refusal)
        return show(request, template, _page_context(allegation, page) | submission.context)
    messages.success(request, done)
    return redirect("seller_case", allegation.pk)


def _awaited(allegation: Allegation) -> Explanation:
    found = current_explanation(allegation)
    assert found is not None, "the page offers no explanation where none is asked"
    return found


def _submit_explanation(allegation: Allegation, submission: Submission, actor: Actor) -> str:
    given = submission.form.cleaned_data
    submitted = hearings.submit_explanation(
        _awaited(allegation),
        claim=Claim(given["claim"]),
        text=given["text"],
        summary=given["summary"],
        files=submission.taken.handed_in,
        actor=actor,
        now=timezone.now(),
    )
    if submitted.is_late:
        return _("소명을 받았습니다. 기한이 지나 제출되어 그렇게 표시됩니다.")
    return _("소명을 받았습니다. 다음은 신고인과 담당자의 차례이며, 결과를 알려 드립니다.")


def _add_documents(allegation: Allegation, submission: Submission, actor: Actor) -> str:
    added = hearings.add_documents(
        _awaited(allegation), files=submission.taken.handed_in, actor=actor, now=timezone.now()
    )
    if added.due_at is not None and added.due_at <= timezone.now():
        return _("자료를 받았습니다. 기한이 지나 제출되어 그렇게 표시됩니다.")
    return _("자료를 받았습니다.")


def _extend(allegation: Allegation, submission: Submission, actor: Actor) -> str:
    reason = submission.form.cleaned_data["reason"]
    hearings.extend(_awaited(allegation), reason=reason, actor=actor, now=timezone.now())
    return _("소명 기한을 연장했습니다. 새 기한은 아래에 있습니다.")


def _appeal(allegation: Allegation, submission: Submission, actor: Actor) -> str:
    appeals.file_appeal(
        allegation,
        party=Party.SELLER,
        text=submission.form.cleaned_data["text"],
        files=submission.taken.handed_in,
        actor=actor,
        now=timezone.now(),
    )
    return _("이의제기를 받았습니다. 결정에 관여하지 않은 다른 담당자가 다시 심사합니다.")
