"""What a listing's content is called by: digests over its canonical form.

The same content has the same digest, on every machine and in every later release; a change of the form needs a new
format number, never an edit. Pure: values in, hex out.
"""

import unicodedata
from collections.abc import Sequence
from typing import Final

from core.canonical import digest

#: Stands in every digest, so that a later form cannot be mistaken for this one.
CONTENT_FORMAT: Final = "jikimi-listing-content-1"
TEXT_FORMAT: Final = "jikimi-listing-text-1"


def content_digest(
    *,
    title: str,
    description: str,
    category: str,
    price_minor: int,
    currency: str,
    pictures: Sequence[str],
    missing: Sequence[tuple[int, str]] = (),
) -> str:
    """SHA-256 in hex over all that a buyer sees: text, price, and in order the SHA-256 of each original picture.

    ``missing`` are the places and addresses of pictures that could not be had: content with a gap is other content
    than that without the picture. Content without a gap keeps the digest that it always had.

    No counters, no address, no seller: a hundred more sold is the same content. Text is compared in NFC, because the
    same Hangul comes composed from one system and in pieces from another. Raises ``ValueError`` on NUL and on lone
    surrogates.
    """
    return digest(
        {
            "format": CONTENT_FORMAT,
            "title": _composed(title),
            "description": _composed(description),
            "category": _composed(category),
            "price_minor": price_minor,
            "currency": currency,
            "pictures": list(pictures),
        }
        | ({"missing": [[position, address] for position, address in missing]} if missing else {})
    )


def text_digest(*, title: str, description: str, category: str) -> str:
    """SHA-256 in hex over the words alone: screening is keyed by it, so that a change of price costs nothing."""
    return digest(
        {
            "format": TEXT_FORMAT,
            "title": _composed(title),
            "description": _composed(description),
            "category": _composed(category),
        }
    )


def _composed(text: str) -> str:
    return unicodedata.normalize("NFC", text)
