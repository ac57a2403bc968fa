"""``/refunds/``: a buyer comes from the order's page on its marketplace and sees what we were told of that order."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.choices import EntryKind
from accounts.entry_doors import knock, mark_refused, redeem
from core.errors import DomainError
from refunds import visits
from refunds.models import OrderLine
from refunds.order_page import order_page
from reports.parties.languages import private


@require_http_methods(["GET", "HEAD", "POST"])
@private
def enter(request: HttpRequest) -> HttpResponse:
    """A button whatever the link says, because scanners open links; pressed, it opens the order, as often as it is
    pressed until the link ends. The order's address holds nothing of the link."""
    now = timezone.now()
    knocked = knock(request, EntryKind.ORDER, now=now)
    if request.method != "POST":
        return render(request, "refunds/enter.html", {"fields": knocked.fields})
    entry = knocked.entry
    if entry is None:
        return _refused(request, knocked.refusal)
    line = OrderLine.objects.of_exact_order(entry.subject, marketplace=entry.marketplace).order_by("id").first()
    if line is None:
        return render(request, "refunds/unknown.html", {"marketplace": entry.marketplace.name})
    try:
        redeem(request, entry, now=now)
    except DomainError as refusal:
        return _refused(request, refusal)
    visits.begin(request, entry, now=now)
    return redirect("refund_order", line.pk)


def _refused(request: HttpRequest, refusal: DomainError | None) -> HttpResponse:
    return mark_refused(render(request, "refunds/closed.html", {"text": str(refusal)}), refusal)


@require_safe
@private
def order(request: HttpRequest, line_id: int) -> HttpResponse:
    """The order, only in a visit to it."""
    line = visits.visited(request, line_id, now=timezone.now())
    if line is None:
        text = "주문 화면이 닫혔거나 이 주문을 볼 수 없습니다. 마켓플레이스의 주문 상세 화면에서 다시 들어와 주세요."
        return render(request, "refunds/closed.html", {"text": text}, status=403)
    return render(request, "refunds/order.html", {"page": order_page(line)})


@require_POST
@private
def leave(request: HttpRequest) -> HttpResponse:
    """Close the orders in this browser, before somebody else uses it."""
    visits.leave(request)
    messages.success(request, "주문 화면을 닫았습니다.")
    return redirect("refund_enter")
