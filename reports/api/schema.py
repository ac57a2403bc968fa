"""What the description of the API says of reports that only rows know."""

from typing import Any

from drf_spectacular.extensions import OpenApiSerializerFieldExtension
from drf_spectacular.openapi import AutoSchema

from reports.models import Ground


class GroundCodes(OpenApiSerializerFieldExtension):  # type: ignore[no-untyped-call]  # the package's own way to register
    """The reason codes that are in use, as they stand now."""

    target_class = "reports.api.shapes.GroundCode"

    def map_serializer_field(self, auto_schema: AutoSchema, direction: Any) -> dict[str, Any]:  # noqa: ARG002 - the package's signature
        codes = list(Ground.objects.in_use().values_list("code", flat=True))
        return {"type": "string", "enum": codes, "description": "A code of GET /reason-codes."}
