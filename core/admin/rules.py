"""Numbers and holidays: what staff may set, through a service or with a journal entry of its own."""

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import admin
from django.contrib.admin.widgets import AdminDateWidget
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from core import rulesets
from core.admin_base import EMPTY, StaffAdmin, actor_of, on_day, when
from core.errors import DomainError
from core.korean import normalise_date
from core.models import Holiday, RuleSet
from core.rule_values import today

if TYPE_CHECKING:
    _RuleSetModelForm = forms.ModelForm[RuleSet]
    _HolidayModelForm = forms.ModelForm[Holiday]
else:
    _RuleSetModelForm = _HolidayModelForm = forms.ModelForm


class KoreanDateField(forms.DateField):
    """A date as Koreans type it: ``2026.11.23``, ``20261123``, ``2026년 11월 23일``."""

    widget = AdminDateWidget

    def to_python(self, value: Any) -> Any:
        return super().to_python(normalise_date(value) if isinstance(value, str) else value)


class NewVersionForm(_RuleSetModelForm):
    """A new version of an area. It opens with the numbers that hold today; a reason is asked for."""

    area = forms.CharField(label="영역", widget=forms.TextInput(attrs={"readonly": True}))
    starts_on = KoreanDateField(label="시행일", help_text="오늘이나 그 뒤의 날짜입니다. 이미 내린 결정은 그대로입니다.")
    values = forms.JSONField(
        label="값",
        widget=forms.Textarea(attrs={"rows": 24, "spellcheck": "false", "class": "vLargeTextField json"}),
        help_text="지금의 항목을 모두 적고, 바꿀 값만 고칩니다.",
    )
    note = forms.CharField(label="사유", widget=forms.Textarea(attrs={"rows": 3, "class": "vLargeTextField"}))

    class Meta:
        model = RuleSet
        fields = ("area", "starts_on", "values", "note")

    def clean(self) -> dict[str, Any]:
        said = self.cleaned_data
        if self.errors:
            return said
        if not isinstance(said["values"], Mapping):
            raise forms.ValidationError(
                "규칙을 저장하지 않았습니다. 값이 이름과 수치의 묶음이 아닙니다. "
                "처음 보이던 형식에서 수치만 고쳐 주세요."
            )
        try:
            rulesets.check_version(said["area"], values=said["values"], starts_on=said["starts_on"], note=said["note"])
        except DomainError as refusal:
            raise forms.ValidationError(str(refusal)) from refusal
        return said


@admin.register(RuleSet)
class RuleSetAdmin(StaffAdmin):
    """Versions of numbers, added and never edited: a mistake is put right by a further version with the same start."""

    form = NewVersionForm
    list_display = ("area", "version", on_day("starts_on", "시행일"), "note", when("created_at", "작성"))
    list_filter = ("area",)
    readonly_fields = ("shown_values",)

    def has_change_permission(self, request: HttpRequest, obj: RuleSet | None = None) -> bool:  # noqa: ARG002 - Django's signature
        return False

    def get_fields(self, request: HttpRequest, obj: RuleSet | None = None) -> tuple[Any, ...]:  # noqa: ARG002 - Django's signature
        if obj is None:
            return ("area", "starts_on", "values", "note")
        return ("area", "version", "starts_on", "note", "shown_values")

    def add_view(
        self, request: HttpRequest, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """The form, once it is known for which area: the numbers of each are its own."""
        areas = list(RuleSet.objects.order_by("area").values_list("area", flat=True).distinct())
        chosen = request.POST.get("area") or request.GET.get("area")
        if chosen in areas or not self.has_add_permission(request):
            return super().add_view(request, form_url, extra_context)
        context = {**self.admin_site.each_context(request), "opts": self.opts, "areas": areas, "title": "새 판의 영역"}
        return TemplateResponse(request, "admin/core/ruleset/choose.html", context)

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        now = rulesets.current(request.GET["area"])
        return {"area": now.area, "values": dict(now.values), "starts_on": today()}

    def get_form(self, request: HttpRequest, obj: RuleSet | None = None, change: bool = False, **kwargs: Any) -> Any:
        form = super().get_form(request, obj, change, **kwargs)
        values = form.base_fields.get("values")
        if isinstance(values, forms.JSONField):
            values.encoder = _IndentedEncoder
        return form

    def save_model(self, request: HttpRequest, obj: RuleSet, form: Any, change: bool) -> None:  # noqa: ARG002 - Django's signature
        said = form.cleaned_data
        row = rulesets.write_version(
            said["area"],
            values=said["values"],
            starts_on=said["starts_on"],
            note=said["note"],
            actor=actor_of(request),
        )
        obj.pk, obj.version = row.pk, row.version

    @admin.display(description="값")
    def shown_values(self, row: RuleSet) -> SafeString:
        before = _version_before(row)
        rows = ((key, _text(value), _was(before, key, value)) for key, value in sorted(row.values.items()))
        body = format_html_join("", "<tr><th scope=row>{}</th><td>{}</td><td>{}</td></tr>", rows)
        head = format_html(
            "<tr><th scope=col>{}</th><th scope=col>{}</th><th scope=col>{}</th></tr>", "항목", "값", "앞 판"
        )
        return format_html('<table class="numbers"><thead>{}</thead><tbody>{}</tbody></table>', head, body)


class _IndentedEncoder(json.JSONEncoder):
    """JSON that a person edits: one line a number."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{**kwargs, "indent": 2})


def _version_before(row: RuleSet) -> Mapping[str, Any]:
    before: QuerySet[RuleSet] = RuleSet.objects.filter(area=row.area, version__lt=row.version).order_by("-version")
    last = before.first()
    return last.values if last else {}


def _text(value: object) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _was(before: Mapping[str, Any], key: str, value: object) -> str:
    """What the version before said, where it said something else."""
    if not before or before.get(key) == value:
        return ""
    return _text(before[key]) if key in before else EMPTY


# -- holidays -------------------------------------------------------------------------------------------------------


class HolidayForm(_HolidayModelForm):
    date = KoreanDateField(label="날짜")

    class Meta:
        model = Holiday
        fields = ("date", "name", "kind", "adds", "gazette_number")


@admin.register(Holiday)
class HolidayAdmin(StaffAdmin):
    """Holidays decreed late. They move deadlines that are computed from now on; stored ones stay."""

    form = HolidayForm
    list_display = (on_day("date", "날짜"), "name", "kind", "adds", "gazette_number", when("updated_at", "수정"))
    list_filter = ("kind", "adds")
    search_fields = ("name",)
