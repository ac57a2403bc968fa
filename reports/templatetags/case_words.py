"""Words of cases in the staff's templates: ``{% load case_words %}``."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django import template

from core.korean import deadline_text
from reports.choices import DecisionKind, FindingKind
from reports.desk.case_page import effect_labels as labels_of

register = template.Library()


@register.filter
def effect_labels(names: Sequence[str]) -> list[str]:
    """What a decision has set off, in words."""
    return labels_of(names)


@register.filter
def decision_label(payload: Mapping[str, Any]) -> str:
    """What a held request would decide: ``판매중지 확정 · 가품 확인``."""
    finding = f" · {FindingKind(payload['finding']).label}" if payload.get("finding") else ""
    return f"{DecisionKind(payload['kind']).label}{finding}"


@register.filter
def deadline(bound: datetime) -> str:
    """``2026년 12월 8일(화) 24:00까지``."""
    return deadline_text(bound)
