"""A page between an action of a list and its deed: which rows, what will happen, and why. The reason is asked for."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final

from django import forms
from django.contrib import messages
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.db import models
from django.http import HttpRequest
from django.template.response import TemplateResponse

from core.admin_base import StaffAdmin, each_by_itself

#: A reason holds for what a person has looked at.
MOST_ROWS: Final = 100


class ReasonForm(forms.Form):
    reason = forms.CharField(
        label="사유",
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 4, "cols": 60}),
        error_messages={"required": "처리하지 않았습니다. 사유가 비어 있습니다. 사유를 적어 주세요."},
    )


@dataclass(frozen=True, slots=True)
class ReasonedAction:
    """What the page says. ``name``: of the action; ``button``: what will be done; ``done``: what is said afterwards."""

    name: str
    title: str
    explanation: str
    button: str
    done: str


def act_with_reason(
    page: StaffAdmin,
    request: HttpRequest,
    rows: models.QuerySet[Any],
    action: ReasonedAction,
    deed: Callable[[Any, str], object],
) -> TemplateResponse | None:
    """Ask for a reason, and with one do the deed to each row. Nothing is done on the way to the page."""
    chosen = list(rows[: MOST_ROWS + 1])
    if len(chosen) > MOST_ROWS:
        messages.error(
            request,
            f"처리하지 않았습니다. 한 번에 {MOST_ROWS}건까지 처리할 수 있습니다. 목록을 좁혀서 다시 골라 주세요.",
        )
        return None
    form = ReasonForm(request.POST if "reason" in request.POST else None)
    if not form.is_valid():
        return _page(page, request, chosen, action, form)
    each_by_itself(request, rows, lambda row: deed(row, form.cleaned_data["reason"]), done=action.done)
    return None


def _page(
    page: StaffAdmin, request: HttpRequest, rows: Sequence[models.Model], action: ReasonedAction, form: ReasonForm
) -> TemplateResponse:
    context = {
        **page.admin_site.each_context(request),
        "title": action.title,
        "opts": page.opts,
        "action": action,
        "rows": rows,
        "checkbox": ACTION_CHECKBOX_NAME,
        "form": form,
    }
    return TemplateResponse(request, "admin/core/ask_reason.html", context)
