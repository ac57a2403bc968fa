"""Drawn pictures and kept files for tests."""

import hashlib
import random
from io import BytesIO

from django.core.files.base import ContentFile
from django.core.files.storage import storages
from PIL import Image, ImageDraw

from core.evidence.rules import original_key, working_key
from core.models import EvidenceFile


def draw_picture(seed: int = 0, *, size: tuple[int, int] = (160, 160), picture_format: str = "PNG") -> bytes:
    """A picture of coloured shapes. The same seed gives the same bytes, another seed a picture that looks different."""
    source = random.Random(seed)
    picture = Image.new("RGB", size, _colour(source))
    pen = ImageDraw.Draw(picture)
    for _ in range(12):
        left, top = source.randrange(size[0]), source.randrange(size[1])
        box = (left, top, left + source.randrange(10, size[0]), top + source.randrange(10, size[1]))
        draw = pen.ellipse if source.random() < 0.5 else pen.rectangle
        draw(box, fill=_colour(source))
    data = BytesIO()
    picture.save(data, picture_format)
    return data.getvalue()


def _colour(source: random.Random) -> tuple[int, int, int]:
    return source.randrange(256), source.randrange(256), source.randrange(256)


def make_evidence_file(data: bytes | None = None, *, seed: int = 0) -> EvidenceFile:
    """A kept picture, stored as intake would store it, without the pool of decoding children: a test of something
    else needs no process of its own. The working copy has the bytes of the original."""
    data = draw_picture(seed) if data is None else data
    with Image.open(BytesIO(data)) as picture:
        width, height = picture.size
        media_type = Image.MIME[str(picture.format)]
    digest = hashlib.sha256(data).hexdigest()
    for name in (original_key(digest), working_key(digest)):
        if not storages["evidence"].exists(name):
            storages["evidence"].save(name, ContentFile(data))
    facts = {
        "size": len(data),
        "media_type": media_type,
        "storage_name": original_key(digest),
        "working_sha256": digest,
    }
    facts |= {"working_name": working_key(digest), "working_media_type": media_type, "width": width, "height": height}
    return EvidenceFile.objects.get_or_create(sha256=digest, defaults=facts)[0]
