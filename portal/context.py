"""What every template may use."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest


def operator(request: HttpRequest) -> dict[str, Any]:  # noqa: ARG001 - a context processor
    """Who runs this portal, for the footer."""
    return {"operator": settings.OPERATOR, "has_styleguide": settings.STYLEGUIDE}
