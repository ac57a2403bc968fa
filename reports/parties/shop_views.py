"""``/seller/enter/``: the way in from the marketplace's own seller pages; and the list of all matters of a shop."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone, translation
from django.views.decorators.http import require_http_methods, require_safe

from accounts.choices import EntryKind
from accounts.entry_doors import knock, mark_refused, redeem
from accounts.entry_links import Entry
from core.errors import DomainError
from reports.parties import visits
from reports.parties.languages import chosen, private, show
from reports.parties.seller_views import ask_for_code, closed
from reports.parties.shop_page import shop_page
from reports.parties.words import said
from reports.services.links import shop_link
from sellers.models import Seller


@require_http_methods(["GET", "HEAD", "POST"])
@private
def enter(request: HttpRequest) -> HttpResponse:
    """A button whatever the link says, because scanners open links. Pressed, it sends the link's values in its form, so
    that no address holds them any more, and a code leaves to the contact that the marketplace has registered."""
    knocked = knock(request, EntryKind.SELLER, now=timezone.now())
    seller = _seller(knocked.entry)
    with translation.override(chosen(request, seller.language if seller is not None else "ko")):
        if request.method != "POST":
            if not knocked.fields:
                return redirect("seller_home")
            return show(request, "seller/door.html", {"fields": knocked.fields})
        if knocked.entry is None:
            return _refused(request, knocked.refusal)
        if seller is None:
            return show(request, "seller/unknown.html", {"marketplace": knocked.entry.marketplace.name})
        return _come_in(request, knocked.entry, seller)


def _come_in(request: HttpRequest, entry: Entry, seller: Seller) -> HttpResponse:
    now = timezone.now()
    try:
        redeem(request, entry, now=now)
    except DomainError as refusal:
        return _refused(request, refusal)
    return ask_for_code(request, shop_link(seller, now=now, actor=entry.actor), now=now)


def _refused(request: HttpRequest, refusal: DomainError | None) -> HttpResponse:
    text = said(refusal) if refusal is not None else ""
    return mark_refused(show(request, "seller/closed.html", {"text": text}), refusal)


def _seller(entry: Entry | None) -> Seller | None:
    """The shop that a genuine link names; ``None`` also for one that the portal was never told of."""
    if entry is None:
        return None
    return Seller.objects.filter(marketplace=entry.marketplace, external_id=entry.subject).first()


@require_safe
@private
def shop(request: HttpRequest, seller_id: int) -> HttpResponse:
    """All that the shop was told of, what waits for it first. Only in a visit to the shop."""
    now = timezone.now()
    seller = visits.visited_shop(request, seller_id, now=now)
    with translation.override(chosen(request, seller.language if seller is not None else "ko")):
        if seller is None:
            return closed(request)
        language = translation.get_language() or "ko"
        page = shop_page(seller, page=request.GET.get("page"), language=language, now=now)
        return show(request, "seller/shop.html", {"page": page, "now": now})
