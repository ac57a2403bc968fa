"""What every page of the staff's admin shares.

The journal is the one record of what staff did. Django's ``LogEntry`` would be a second one that anybody with the
database can edit, so it is not written at all; the history page of every object shows the journal. Nothing is deleted
here, and a form that is saved writes its journal entry in the transaction of the change.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from operator import attrgetter
from typing import TYPE_CHECKING, Any, Final, cast

from django.contrib import admin, messages
from django.contrib.admin.utils import quote, unquote
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db import models, transaction
from django.forms import Form
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import NoReverseMatch, reverse
from django.utils.functional import cached_property
from django.utils.html import format_html
from django.utils.safestring import SafeString

from core.actors import USER, Actor
from core.errors import DomainError
from core.journal import record
from core.korean import deadline_text, korean_date, korean_datetime
from core.models import JournalEntry
from core.verbs import subject_text, verb_text

if TYPE_CHECKING:
    _ModelAdmin = admin.ModelAdmin[Any]
    _Paginator = Paginator[Any]
    # Callables stand in lists of columns and of fields; Django's stubs know of the first only.
    Column = Any
else:
    _ModelAdmin = admin.ModelAdmin
    _Paginator = Paginator
    Column = Callable[[Any], str]

#: Longer lists are narrowed by a filter, not paged through; counting millions of rows would cost more than the page.
COUNTED_ROWS: Final = 10_000
HISTORY_ROWS: Final = 100
EMPTY: Final = "-"


def actor_of(request: HttpRequest) -> Actor:
    """The signed-in person as the one who acts."""
    return Actor(kind=USER, ref=str(request.user.pk), label=str(request.user))


class CappedPaginator(_Paginator):
    """Counts no further than ``COUNTED_ROWS``."""

    @cached_property
    def count(self) -> int:
        return int(cast(Any, self.object_list)[:COUNTED_ROWS].count())


# -- columns and fields ---------------------------------------------------------------------------------------------


def when(field: str, label: str) -> Column:
    """A column or field that shows a time of the row as ``2026년 11월 23일(월) 14:30``. ``__`` follows a relation."""

    @admin.display(description=label, ordering=field)
    def shown(row: Any) -> str:
        value = attrgetter(field.replace("__", "."))(row)
        return korean_datetime(value) if value else EMPTY

    return shown


def until(field: str, label: str) -> Column:
    """The same for the exclusive bound of a period: ``2026년 12월 8일(화) 24:00까지``, never 0시 of the day after."""

    @admin.display(description=label, ordering=field)
    def shown(row: Any) -> str:
        value = attrgetter(field.replace("__", "."))(row)
        return deadline_text(value) if value else EMPTY

    return shown


def on_day(field: str, label: str) -> Column:
    """The same for a date: ``2026년 11월 23일(월)``."""

    @admin.display(description=label, ordering=field)
    def shown(row: Any) -> str:
        value: date | None = getattr(row, field)
        return korean_date(value) if value else EMPTY

    return shown


def readable(field: str, label: str) -> Column:
    """A JSON field, indented and in its own letters."""

    @admin.display(description=label)
    def shown(row: Any) -> SafeString:
        return as_json(getattr(row, field))

    return shown


def as_json(value: object) -> SafeString:
    text = json.dumps(value, ensure_ascii=False, indent=2)
    return format_html('<pre class="json">{}</pre>', text)


def row_url(row: models.Model) -> str:
    """The page of a row in the staff's admin, or nothing where it has none."""
    return subject_url(row._meta.label_lower, str(row.pk))


def subject_url(subject_type: str, subject_ref: str) -> str:
    """The page of what an opaque reference names, or nothing where it has none."""
    try:
        return reverse(f"admin:{subject_type.replace('.', '_')}_change", args=[quote(subject_ref)])
    except NoReverseMatch:
        return ""


def link(url: str, text: object) -> SafeString:
    """A link, or the text alone where there is no address."""
    return format_html('<a href="{}">{}</a>', url, text) if url else format_html("{}", text)


def subject_link(subject_type: str, subject_ref: str) -> SafeString:
    """What an opaque reference names, in words and linked: ``상품 17``."""
    return link(subject_url(subject_type, subject_ref), f"{subject_text(subject_type)} {subject_ref}")


def list_url(model: type[models.Model], **query: object) -> str:
    """The list of a model, narrowed."""
    address = reverse(f"admin:{model._meta.label_lower.replace('.', '_')}_changelist")
    return f"{address}?{'&'.join(f'{key}={value}' for key, value in query.items())}" if query else address


@dataclass(frozen=True, slots=True)
class Section:
    """A table under the fields of a row's page: what belongs to it, newest first, cut short with a link to the rest."""

    title: str
    columns: Sequence[str]
    rows: Sequence[Sequence[object]]
    empty: str
    more_url: str = ""


SectionMaker = Callable[[HttpRequest, Any], Section]

# -- the pages ------------------------------------------------------------------------------------------------------


class StaffAdmin(_ModelAdmin):
    """A page of the staff's admin. Subclasses decide what may be changed; nothing may be deleted.

    ``sections`` stand under the fields; ``further_sections`` are those that the composition root adds from apps above.
    ``narrowed_by`` are the look-ups with which other pages link to the list, such as ``brand__id__exact``.
    """

    show_full_result_count = False
    list_per_page = 50
    paginator = CappedPaginator
    change_form_template = "admin/record.html"
    sections: Sequence[SectionMaker] = ()
    further_sections: Sequence[SectionMaker] = ()
    narrowed_by: Sequence[str] = ()

    class Media:
        css = {"all": ["portal/css/staff.css"]}

    def has_delete_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:  # noqa: ARG002 - Django's signature
        return False

    def lookup_allowed(self, lookup: str, value: str, request: HttpRequest | None = None) -> bool:
        if lookup in self.narrowed_by:
            return True
        return super().lookup_allowed(lookup, value, request)  # type: ignore[arg-type]  # Django may leave it out

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """The page; a refusal of the domain is shown on it, and nothing is written."""
        try:
            # Django's Korean for "View %s" puts the words in the wrong order; the name of the row says enough.
            title = f"{self.opts.verbose_name}{'' if object_id else ' 등록'}"
            return super().changeform_view(request, object_id, form_url, {"title": title, **(extra_context or {})})
        except DomainError as refusal:
            messages.error(request, str(refusal))
            return HttpResponseRedirect(request.get_full_path())

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        # One way to save: what comes next is chosen where the person comes back to.
        context.update(show_save_and_add_another=False, show_save_and_continue=False)
        row = context.get("original")
        if row is not None:
            context["sections"] = [make(request, row) for make in (*self.sections, *self.further_sections)]
        return super().render_change_form(request, context, *args, **kwargs)

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        """Save what the form changed, with its journal entry. A form saved as it was writes nothing."""
        if change and not form.changed_data:
            return
        with transaction.atomic():
            obj.save()
            verb = f"{obj._meta.app_label}.{_snake(type(obj).__name__)}.{'changed' if change else 'created'}"
            record(verb, actor=actor_of(request), subject=obj, details=_form_changes(form, change=change))

    def log_addition(self, request: HttpRequest, obj: models.Model, message: object) -> Any:
        """Nothing: the journal is the record."""

    def log_change(self, request: HttpRequest, obj: models.Model, message: object) -> Any:
        """Nothing: the journal is the record."""

    def log_deletions(self, request: HttpRequest, queryset: models.QuerySet[Any]) -> Any:
        """Nothing: nothing is deleted here."""

    def history_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """What the journal says of the row, newest first. Details only for those who may read the journal."""
        row = self.get_object(request, unquote(object_id))
        if row is None:
            messages.warning(
                request, "찾으시는 것이 없습니다. 주소가 바뀌었거나 잘못되었습니다. 목록에서 다시 찾아 주세요."
            )
            return HttpResponseRedirect(reverse("admin:index"))
        if not self.has_view_or_change_permission(request, row):
            raise PermissionDenied
        context = {
            **self.admin_site.each_context(request),
            "title": f"기록: {row}",
            "opts": self.opts,
            "object": row,
            "module_name": str(self.opts.verbose_name_plural),
            "entries": history_of(row, with_details=request.user.has_perm("core.view_journaldetail")),
            "limit": HISTORY_ROWS,
            **(extra_context or {}),
        }
        return TemplateResponse(request, "admin/object_history.html", context)


class ReadOnlyAdmin(StaffAdmin):
    """Evidence and what the machinery keeps: looked at, never edited. ``readonly_fields`` are what is shown."""

    def get_fields(self, request: HttpRequest, obj: models.Model | None = None) -> Any:  # noqa: ARG002 - Django's signature
        return self.readonly_fields

    def has_add_permission(self, request: HttpRequest) -> bool:  # noqa: ARG002 - Django's signature
        return False

    def has_change_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:  # noqa: ARG002 - Django's signature
        return False


def each_by_itself(
    request: HttpRequest, rows: models.QuerySet[Any], deed: Callable[[Any], object], *, done: str
) -> None:
    """Do something with every chosen row; one that is refused harms no other and is named with its reason."""
    count = 0
    for row in rows:
        try:
            deed(row)
        except DomainError as refusal:
            messages.error(request, f"{row}: {refusal}")
        else:
            count += 1
    if count:
        messages.success(request, f"{count}건을 {done}")


# -- history --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class HistoryLine:
    """One entry as a person reads it."""

    entry: JournalEntry
    at: str
    words: str
    who: str
    on_behalf_of: str
    details: Sequence[tuple[str, str]]
    is_erased: bool


def history_of(row: models.Model, *, with_details: bool) -> list[HistoryLine]:
    """The newest entries about the row."""
    entries = JournalEntry.objects.filter(subject_type=row._meta.label_lower, subject_ref=str(row.pk))
    return [_line(entry, with_details=with_details) for entry in entries.select_related("detail")[:HISTORY_ROWS]]


def _line(entry: JournalEntry, *, with_details: bool) -> HistoryLine:
    detail = entry.detail
    return HistoryLine(
        entry=entry,
        at=korean_datetime(entry.at),
        words=verb_text(entry.verb),
        who=detail.actor_label or f"{entry.actor_kind} {entry.actor_ref}",
        on_behalf_of=detail.on_behalf_of,
        details=detail_lines(detail.body) if with_details else (),
        is_erased=detail.erased_at is not None,
    )


def detail_lines(body: Mapping[str, Any]) -> list[tuple[str, str]]:
    """The details of an entry as names and texts; old and new as ``전 → 후``."""
    return [(name, _detail_text(value)) for name, value in body.items()]


def _detail_text(value: Any) -> str:
    if isinstance(value, dict) and value.keys() == {"old", "new"}:
        return f"{_detail_text(value['old'])} → {_detail_text(value['new'])}"
    if value is None or value == "":
        return EMPTY
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _form_changes(form: Form, *, change: bool) -> dict[str, object]:
    new = {name: _plain(form.cleaned_data[name]) for name in (form.changed_data if change else form.cleaned_data)}
    if not change:
        return new
    return {
        name: {"old": _plain(form.get_initial_for_field(form.fields[name], name)), "new": new[name]} for name in new
    }


def _plain(value: Any) -> object:
    """A form's value as the journal keeps it."""
    if isinstance(value, models.Model):
        return str(value.pk)
    return value if value is None or isinstance(value, bool | int | float | str | date | list | dict) else str(value)


def _snake(name: str) -> str:
    """``ReferenceImage`` as ``reference_image``, ``IPRight`` as ``ip_right``."""
    letters = []
    for index, letter in enumerate(name):
        follows_small = index > 0 and name[index - 1].islower()
        starts_word = index > 0 and name[index - 1].isupper() and index + 1 < len(name) and name[index + 1].islower()
        if letter.isupper() and (follows_small or starts_word):
            letters.append("_")
        letters.append(letter.lower())
    return "".join(letters)
