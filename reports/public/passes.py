"""Without script a flood is passed by a code that comes by mail: the same for a person, without any computing.

It stands in the session, which the server keeps: tries are counted there. Once right, it opens for a while.
"""

import hmac
import secrets
from datetime import datetime, timedelta
from typing import Any, Final

from django import forms
from django.conf import settings
from django.db import transaction
from django.http import HttpRequest
from django.template.loader import render_to_string

from accounts.codes import digits
from core import outbox
from core.errors import DomainError
from core.keys import contact_hash
from reports.public.forms import CodeForm, MailForm
from reports.services import floods

_WAITING: Final = "report_code"
_PASSED: Final = "report_known_until"
#: As long as the codes of parties hold, as many tries [ours]; passed, an hour of clicks.
_VALID_FOR: Final = timedelta(minutes=10)
_KNOWN_FOR: Final = timedelta(hours=1)
_MOST_TRIES: Final = 5


def is_known(request: HttpRequest, *, now: datetime) -> bool:
    """Whether a code by mail has shown lately that a person clicks here."""
    until = request.session.get(_PASSED, 0)
    return isinstance(until, int | float) and until > now.timestamp()


def answer(request: HttpRequest, mail: type[MailForm], code: type[CodeForm], *, now: datetime) -> forms.Form | None:
    """Send a code, or take the one that was typed. Returns the form to show again; ``None`` where the way is free."""
    asks_for_code = request.POST.get("do") == "code"
    form = mail(request.POST) if asks_for_code else code(request.POST)
    if not form.is_valid():
        return form
    try:
        if not asks_for_code:
            _take(request, form.cleaned_data["code"], now)
            return None
        _send(request, form.cleaned_data["email"], now)
    except DomainError as refusal:
        form.add_error("email" if asks_for_code else "code", str(refusal))
    return form


def forms_shown(request: HttpRequest, given: forms.Form | None) -> dict[str, Any]:
    """For the page: the form that came back, and fresh ones."""
    return {
        "mail": given if isinstance(given, MailForm) else MailForm(),
        "code": given if isinstance(given, CodeForm) else CodeForm(),
        "waits_for_code": _WAITING in request.session,
        "faulty": given if given is not None and given.errors else None,
    }


def _send(request: HttpRequest, email: str, now: datetime) -> None:
    floods.require_few_codes(email, now=now)
    number = f"{secrets.randbelow(1_000_000):06d}"
    name = secrets.token_hex(8)
    values = {"code": number, "minutes": int(_VALID_FOR.total_seconds() // 60), "contact": settings.OPERATOR["email"]}
    subject, _, body = render_to_string("accounts/visitor_code.ko.txt", values).strip().partition("\n")
    with transaction.atomic():
        outbox.post(
            channel="mail",
            destination=email,
            message_type="contact.code",
            payload={"to": [email], "subject": subject.strip(), "text": body.strip() + "\n"},
            key=f"visitorcode:{name}",
            subject=("reports.visitor", name),
            not_before=now,
        )
    request.session[_WAITING] = {"hash": _hash(name, number), "name": name, "at": now.timestamp(), "tries": 0}


def _take(request: HttpRequest, typed: str, now: datetime) -> None:
    waits = request.session.get(_WAITING)
    if not waits or now.timestamp() - waits["at"] > _VALID_FOR.total_seconds() or waits["tries"] >= _MOST_TRIES:
        request.session.pop(_WAITING, None)
        raise DomainError(
            "확인 코드로 진행하지 못했습니다.", "코드의 유효 시간이나 입력 횟수를 넘었습니다.", "새 코드를 받아 주세요."
        )
    waits["tries"] += 1
    request.session[_WAITING] = waits
    request.session.save()
    if not hmac.compare_digest(waits["hash"], _hash(waits["name"], digits(typed))):
        raise DomainError("확인 코드로 진행하지 못했습니다.", "입력한 코드가 다릅니다.", "받은 코드를 확인해 주세요.")
    request.session.pop(_WAITING, None)
    request.session[_PASSED] = (now + _KNOWN_FOR).timestamp()


def _hash(name: str, number: str) -> str:
    return contact_hash(f"visitorcode:{name}:{number}")
