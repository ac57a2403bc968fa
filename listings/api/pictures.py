"""A picture as it comes: bytes in the body, whatever they turn out to be."""

from typing import IO, Any, ClassVar

from rest_framework.parsers import BaseParser


class RawPictureParser(BaseParser):
    """The body itself. What kind of file it is, its bytes say; the header only has to call it a picture."""

    media_type = "image/*"
    types: ClassVar[tuple[str, ...]] = ("image/jpeg", "image/png", "image/webp", "image/gif", "image/heic")

    def parse(self, stream: IO[Any], media_type: str | None = None, parser_context: Any = None) -> dict[str, bytes]:  # noqa: ARG002 - DRF's signature
        return {"picture": stream.read()}

    @classmethod
    def described(cls) -> dict[str, dict[str, object]]:
        """The body for the description of the API: bytes, under each type's name."""
        return {each: {"type": "string", "format": "binary", "minLength": 1} for each in cls.types}
