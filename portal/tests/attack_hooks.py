"""What schemathesis is told about the API beside its description, which cannot say what a picture is."""

from base64 import b64encode
from io import BytesIO
from typing import Any
from uuid import uuid4

import schemathesis
from hypothesis import strategies
from PIL import Image

from listings.api.pictures import RawPictureParser

KEY = "Idempotency-Key"


def _picture(kind: str) -> bytes:
    out = BytesIO()
    Image.new("RGB", (8, 8), "white").save(out, kind)
    return out.getvalue()


#: What a file is its bytes say, whatever it is sent as.
for media_type in RawPictureParser.types:
    pictures = strategies.sampled_from([_picture(kind) for kind in ("JPEG", "PNG", "WEBP", "GIF")])
    schemathesis.openapi.media_type(media_type, pictures)

#: The same inside JSON: a file is no picture for being base64.
schemathesis.openapi.format(
    "byte", strategies.sampled_from([b64encode(_picture(kind)).decode() for kind in ("JPEG", "PNG", "WEBP", "GIF")])
)


@schemathesis.hook
def before_call(context: Any, case: Any, kwargs: dict[str, Any]) -> None:
    """A client gives each request a name of its own; names that are none stay as they were made up."""
    given = (case.headers or {}).get(KEY)
    if isinstance(given, str) and given.isascii() and given.isprintable() and given and " " not in given:
        case.headers[KEY] = uuid4().hex
