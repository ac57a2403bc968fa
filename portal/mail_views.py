"""``/outbox/``: the mails and text messages that this portal sent, to be read in the browser.

Only where the settings say so, as the style guide: in the demonstration nothing leaves the machine, and whoever walks
a case as a seller or a complainant needs their letters. Their links are keys, so it is for staff alone.
"""

from typing import Final

from django.contrib.admin.views.decorators import staff_member_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from core.choices import TextKind
from core.models import OutboxMessage

#: The newest so many; the demonstration sends few.
SHOWN: Final = 100
#: Channels of what a person reads.
LETTERS: Final = ("mail", "text")


@staff_member_required
@require_safe
def outbox(request: HttpRequest) -> HttpResponse:
    """The newest mails and text messages, whom they went to, and whether they have left."""
    mails = OutboxMessage.objects.filter(channel__in=LETTERS).order_by("-id")
    to = request.GET.get("to", "").strip()
    shown = mails.filter(destination__icontains=to) if to else mails
    return render(request, "portal/outbox.html", {"mails": shown[:SHOWN], "to": to})


@staff_member_required
@require_safe
def letter(request: HttpRequest, pk: int) -> HttpResponse:
    """One mail or text message as it was sent."""
    mail = get_object_or_404(OutboxMessage, pk=pk, channel__in=LETTERS)
    kind = mail.payload.get("kind", "")
    label = TextKind(kind).label if kind in TextKind.values else ""
    return render(request, "portal/letter.html", {"mail": mail, "kind": label})
