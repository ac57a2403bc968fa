"""What drf-spectacular cannot see by itself: keys, refusals, idempotency, pages. OpenAPI 3.1."""

from typing import Any, Final

from drf_spectacular.extensions import OpenApiAuthenticationExtension, OpenApiSerializerFieldExtension
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.utils import OpenApiParameter

from accounts.api.bulk import MOST_ITEMS
from accounts.api.paging import DEFAULT, MOST
from accounts.api.problems import CATALOGUE, MEDIA_TYPE

#: Refusals that any endpoint may give, and those of one that takes a body.
_ALWAYS: Final = ("400", "401", "403", "404", "405", "406", "422", "429", "500", "503")
_WITH_BODY: Final = ("409", "413", "415")
_TEXTS: Final = {str(kind.status): kind.title for kind in reversed(list(CATALOGUE.values()))}

_PAGES: Final = [
    OpenApiParameter(
        "cursor",
        str,
        description="Where the page before ended. Keep the last one: with it you get what has changed since.",
    ),
    OpenApiParameter(
        "changed_since", {"type": "string", "format": "date-time"}, description="Only what changed from then on."
    ),
    OpenApiParameter(
        "limit", {"type": "integer", "minimum": 1, "maximum": MOST, "default": DEFAULT}, description="Rows of a page."
    ),
]
_IDEMPOTENCY: Final = OpenApiParameter(
    "Idempotency-Key",
    {"type": "string", "minLength": 1, "maxLength": 255, "pattern": "^[!-~]+$"},
    OpenApiParameter.HEADER,
    description="Your name for this request. Sent again with the same body, it gets the same answer for 7 days.",
)


class KeyScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]  # the package's own way to register
    """The key, as the docs page offers to enter it."""

    target_class = "accounts.api.authentication.KeyAuthentication"
    name = "key"

    def get_security_definition(self, auto_schema: AutoSchema) -> dict[str, Any]:  # noqa: ARG002 - the package's signature
        return {"type": "http", "scheme": "bearer", "description": "jk_live_… or jk_test_…, from the portal's staff."}


class ItemsOfABulk(OpenApiSerializerFieldExtension):  # type: ignore[no-untyped-call]  # the same
    """What an item looks like, and that anything else costs only itself."""

    target_class = "accounts.api.bulk.Items"

    def map_serializer_field(self, auto_schema: AutoSchema, direction: Any) -> dict[str, Any]:
        item = auto_schema.resolve_serializer(self.target.item(), direction)
        anything = {"description": "Anything else is refused by itself: its result has outcome `refused`."}
        return {
            "type": "array",
            "minItems": 1,
            "maxItems": MOST_ITEMS,
            "items": {"anyOf": [item.ref, anything]},
        }


class Endpoint(AutoSchema):
    """Adds to each operation what ``ApiView`` does for it."""

    def get_override_parameters(self) -> list[Any]:
        if self.method == "POST":
            return [_IDEMPOTENCY]
        return list(_PAGES) if getattr(self.view, "has_pages", False) else []

    def get_summary(self) -> str | None:
        first = (super().get_description() or "").strip().split("\n")[0]
        return first or None

    def get_tags(self) -> list[str]:
        return [getattr(self.view, "tag", "")]

    def get_description(self) -> str:  # type: ignore[override]  # the package's own signature, not DRF's
        """What stands below the first line, and the scope that is needed."""
        text = super().get_description() or ""
        rest = text.partition("\n")[2].strip()
        scope = getattr(self.view, "scopes", {}).get(self.method, "")
        need = f"Scope: `{scope}`." if scope else "Any key."
        return f"{rest}\n\n{need}".strip()

    def get_extensions(self) -> dict[str, Any]:
        return {"x-scope": getattr(self.view, "scopes", {}).get(self.method, "")}


def finish(result: dict[str, Any], generator: Any, request: Any, public: bool) -> dict[str, Any]:  # noqa: ARG001 - the package's signature
    """Refusals at every operation; objects of requests closed."""
    schemas = result.setdefault("components", {}).setdefault("schemas", {})
    for name, schema in schemas.items():
        if name.endswith("Input") and schema.get("type") == "object":
            schema["additionalProperties"] = False
    schemas["Problem"], schemas["Fault"] = _PROBLEM, _FAULT
    for methods in result["paths"].values():
        for operation in methods.values():
            codes = _ALWAYS + (_WITH_BODY if "requestBody" in operation or "parameters" in operation else ())
            for code in codes:
                operation["responses"].setdefault(code, _refusal(code))
    return result


def _refusal(code: str) -> dict[str, Any]:
    content = {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}}
    return {"description": _TEXTS[code], "content": content}


_FAULT: Final = {
    "type": "object",
    "description": "One value that cannot be used, and where it stands (JSON Pointer, or a parameter's name).",
    "properties": {name: {"type": "string"} for name in ("pointer", "code", "detail", "ko")},
    "required": ["pointer", "code", "detail", "ko"],
}
_PROBLEM: Final = {
    "type": "object",
    "description": "A refusal (RFC 9457). `code` is stable; `ko` says the same in Korean.",
    "properties": {
        "type": {"type": "string", "format": "uri"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "code": {"type": "string", "enum": sorted(CATALOGUE)},
        "ko": {
            "type": "object",
            "properties": {"title": {"type": "string"}, "detail": {"type": "string"}},
            "required": ["title", "detail"],
        },
        "errors": {"type": "array", "items": {"$ref": "#/components/schemas/Fault"}},
    },
    "required": ["type", "title", "status", "detail", "code", "ko"],
}
