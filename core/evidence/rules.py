"""What may be kept as evidence, and what it is called. Pure: bytes and strings in, plain values out.

A file's kind comes from its bytes alone; its name is only something to show. Everything outside the allow-list
is refused, and the refusal says what the content looks like.
"""

import codecs
import re
import unicodedata
from dataclasses import dataclass
from typing import Final

import filetype

# [ours] Large enough for a 50-megapixel photo of a phone and a scanned certificate; small enough to hold in memory.
MAX_FILE_BYTES: Final = 20 * 1024 * 1024
# Measured (robustness 6): within Pillow's own limit 315 kB of PNG take 785 MB. 50 million is what phones deliver.
MAX_PIXELS: Final = 50_000_000
# [ours] Enough to read the small print of a label on the review screen, and far above what fingerprints look at.
WORKING_LONGEST_SIDE: Final = 1600
# What fingerprints look at (matching.fingerprint): a picture that is only compared comes no larger from its child.
GLANCE_SIDE: Final = 192
# [ours] No visible loss; perceptual hashes of the copy equal those of the original within a bit or two.
WORKING_JPEG_QUALITY: Final = 90
# [ours] A picture with transparency stays PNG so that a white logo does not vanish on white, unless it grows past this.
WORKING_PNG_MAX_BYTES: Final = 8 * 1024 * 1024
# [ours] The longest register extracts and contracts have a few hundred pages.
MAX_PDF_PAGES: Final = 2_000
# The shortest that ext4, NTFS, S3 and mail headers all take with room for a prefix (255 bytes; Hangul takes three).
MAX_NAME_CHARACTERS: Final = 80

UNNAMED: Final = "이름 없는 파일"

#: What ``EvidenceFile.problem`` may say of a file that was kept.
FIRST_FRAME_ONLY: Final = "first_frame_only"


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of file that may be kept. ``decoder`` is the word the child process knows it by."""

    media_type: str
    decoder: str
    label: str
    extensions: tuple[str, ...]


JPEG: Final = Kind("image/jpeg", "JPEG", "JPEG 사진", ("jpg", "jpeg", "jpe", "jfif", "mpo"))
PNG: Final = Kind("image/png", "PNG", "PNG 그림", ("png", "apng"))
WEBP: Final = Kind("image/webp", "WEBP", "WebP 그림", ("webp",))
GIF: Final = Kind("image/gif", "GIF", "GIF 그림", ("gif",))
HEIC: Final = Kind("image/heic", "HEIF", "HEIC 사진", ("heic", "heif", "hif"))
PDF: Final = Kind("application/pdf", "PDF", "PDF 문서", ("pdf",))

ALLOWED: Final = (JPEG, PNG, WEBP, GIF, HEIC, PDF)
ALLOWED_TEXT: Final = "JPEG, PNG, WebP, GIF, HEIC, PDF"

#: Media types of working copies, with the bytes that each must begin with.
WORKING_TYPES: Final = {"image/jpeg": b"\xff\xd8\xff", "image/png": b"\x89PNG\r\n\x1a\n"}

_BY_MEDIA_TYPE: Final = {kind.media_type: kind for kind in ALLOWED}
# Brands of ISO base media that libheif reads as HEVC pictures. ``mif1`` and ``msf1`` say only "a picture inside";
# which codec, the compatible brands tell (AVIF has the same outside and is not on the list).
_HEVC_BRANDS: Final = frozenset({b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"hevm", b"hevs"})
_OPEN_BRANDS: Final = frozenset({b"mif1", b"msf1"})


def kind_of(data: bytes) -> Kind | None:
    """The kind that the first bytes show, or ``None`` for everything that is not on the allow-list."""
    if _is_heic(data):
        return HEIC
    guess = filetype.guess(data)
    kind = _BY_MEDIA_TYPE.get(guess.mime) if guess is not None else None
    return kind if kind is not None and _has_full_signature(data, kind) else None


def _has_full_signature(data: bytes, kind: Kind) -> bool:
    """Whether all of the signature is there: the library looks at as few as three bytes of it."""
    if kind is PNG:
        return data.startswith(b"\x89PNG\r\n\x1a\n")
    if kind is GIF:
        return data[:6] in (b"GIF87a", b"GIF89a")
    if kind is WEBP:
        return data[:4] == b"RIFF" and data[8:12] == b"WEBP"
    if kind is PDF:
        return data.removeprefix(b"\xef\xbb\xbf").startswith(b"%PDF-")
    return kind is JPEG


def _brands(data: bytes) -> tuple[bytes, frozenset[bytes]]:
    """Major and compatible brands of an ISO base media file; empty for anything else."""
    if data[4:8] != b"ftyp":
        return b"", frozenset()
    length = min(int.from_bytes(data[:4], "big"), 256)
    return data[8:12], frozenset(data[at : at + 4] for at in range(16, length - 3, 4))


def _is_heic(data: bytes) -> bool:
    major, compatible = _brands(data)
    return major in _HEVC_BRANDS or (major in _OPEN_BRANDS and bool(compatible & _HEVC_BRANDS))


_ISO_MEDIA: Final = "동영상"
#: Other content by its first bytes, for the sentence that refuses it.
_OTHER_CONTENT: Final = (
    (b"PK\x03\x04", "ZIP 압축 파일(또는 오피스 문서)"),
    (b"Rar!", "RAR 압축 파일"),
    (b"7z\xbc\xaf\x27\x1c", "7-Zip 압축 파일"),
    (b"\x1f\x8b", "GZIP 압축 파일"),
    (b"MZ", "실행 파일"),
    (b"\x7fELF", "실행 파일"),
    (b"BM", "BMP 그림"),
    (b"II*\x00", "TIFF 그림"),
    (b"MM\x00*", "TIFF 그림"),
    (b"BLP", "BLP 그림"),
    (b"8BPS", "포토샵 문서"),
    (b"\xd0\xcf\x11\xe0", "오피스 문서"),
    (b"%!PS", "포스트스크립트 문서"),
)


def describe_content(data: bytes) -> str:
    """What refused content looks like, in Korean words."""
    for signature, words in _OTHER_CONTENT:
        if data.startswith(signature):
            return words
    major, compatible = _brands(data)
    if major:
        return "AVIF 그림" if b"avif" in compatible | {major} else _ISO_MEDIA
    return _describe_text(data[:1024])


def _describe_text(head: bytes) -> str:
    start = head.removeprefix(b"\xef\xbb\xbf").lstrip().lower()
    if b"<svg" in start:
        return "SVG 그림"
    if b"<html" in start or start.startswith((b"<!doctype html", b"<script", b"<body")):
        return "웹 문서(HTML)"
    if start.startswith(b"<?xml"):
        return "XML 문서"
    return "글" if head and _is_text(head) else "알 수 없는 형식"


def _is_text(head: bytes) -> bool:
    try:
        # Incremental, because the head may end in the middle of a sign.
        text = codecs.getincrementaldecoder("utf-8")().decode(head)
    except UnicodeDecodeError:
        return False
    return all(sign.isprintable() or sign.isspace() for sign in text)


def expected_kind(name: str) -> Kind | None:
    """The kind that a name claims by its extension; ``None`` where it claims none of the allowed."""
    extension = extension_of(name)
    return next((kind for kind in ALLOWED if extension in kind.extensions), None)


def extension_of(name: str) -> str:
    """The extension in lower case without its dot, or nothing."""
    stem, dot, extension = name.rpartition(".")
    return extension.lower() if dot and stem and extension.isalnum() else ""


_SEPARATORS: Final = re.compile(r"[/\\]")
_SPACES: Final = re.compile(r"\s+")


def clean_name(name: str) -> str:
    """A name that is safe to store, show and send back: one path part, NFC, no control or direction characters.

    Hangul that macOS sends decomposed is composed. A name of which nothing is left becomes ``UNNAMED``.
    """
    # Line breaks and tabs count as spaces; what is invisible goes first, or it would keep two spaces apart.
    visible = "".join(sign for sign in name if sign.isspace() or not unicodedata.category(sign).startswith("C"))
    composed = unicodedata.normalize("NFC", _SPACES.sub(" ", visible))
    parts = [part.strip(" .") for part in _SEPARATORS.split(composed)]
    return _shorten(next((part for part in reversed(parts) if part), "")) or UNNAMED


def _shorten(name: str) -> str:
    """At most ``MAX_NAME_CHARACTERS``, with the extension kept."""
    if len(name) <= MAX_NAME_CHARACTERS:
        return name
    extension = extension_of(name)
    tail = f"….{extension}" if 0 < len(extension) <= 8 else "…"
    return name[: MAX_NAME_CHARACTERS - len(tail)].rstrip() + tail


_HEX_DIGEST: Final = re.compile(r"[0-9a-f]{64}")


def _key(folder: str, digest: str) -> str:
    if not _HEX_DIGEST.fullmatch(digest):
        raise ValueError(f"not a SHA-256 in lower-case hex: {digest!r}")
    return f"{folder}/{digest[:2]}/{digest[2:4]}/{digest}"


def original_key(digest: str) -> str:
    """Where an original is stored, by its own SHA-256. Nothing of an uploaded name is in it."""
    return _key("evidence", digest)


def working_key(digest: str) -> str:
    """Where a working copy is stored, by the SHA-256 of the copy."""
    return _key("working", digest)
