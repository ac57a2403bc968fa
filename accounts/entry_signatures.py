"""Signed entry links: how a marketplace vouches, in an address, for who its seller or whose its order is. Pure.

``docs/integration.md`` gives the format to integrators and ``examples/client/signatures.py`` makes such links. The
signature is HMAC-SHA256 with one of the marketplace's webhook secrets over six lines, of which the first is always
``jikimi-link-v1``: a line break stands before every dot, no webhook's id can hold one, and so neither signature can be
passed off as the other.
"""

import hashlib
import hmac
import re
import unicodedata
from base64 import urlsafe_b64encode
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from accounts.choices import EntryKind
from accounts.signatures import secret_bytes

PREFIX: Final = "jikimi-link-v1"
#: How far ahead a link may end [ours]. A seller's is made at the click; an order's may stand in a page for a day.
LONGEST: Final[Mapping[EntryKind, timedelta]] = {
    EntryKind.SELLER: timedelta(minutes=15),
    EntryKind.ORDER: timedelta(hours=24),
}
#: How far the marketplace's clock may be from ours, either way [ours].
TOLERANCE: Final = timedelta(seconds=60)
#: As ``Seller.external_id`` and an order's own number are stored.
SUBJECT_LENGTH: Final = 100
#: What a link says, by the names that stand in its address. The subject's name is the kind itself.
NONCE_SHAPE: Final = re.compile(r"[A-Za-z0-9_-]{16,64}", re.ASCII)
_MARKETPLACE: Final = re.compile(r"[-a-zA-Z0-9_]{1,40}", re.ASCII)
_SECONDS: Final = re.compile(r"[1-9][0-9]{0,11}", re.ASCII)
_SIGNATURE: Final = re.compile(r"v1\.([A-Za-z0-9_-]{43})", re.ASCII)


@dataclass(frozen=True, slots=True)
class SignedLink:
    """What one link says, in the shape that it must have; whether it is genuine is another question."""

    kind: EntryKind
    marketplace: str
    subject: str
    expires: int
    nonce: str
    signature: str = ""

    @property
    def fields(self) -> dict[str, str]:
        """As they stand in its address, for a form that sends them again."""
        return {
            "marketplace": self.marketplace,
            self.kind.value: self.subject,
            "expires": str(self.expires),
            "nonce": self.nonce,
            "signature": self.signature,
        }

    @property
    def subject_id(self) -> str:
        """The subject as the portal stores identifiers: composed, with single spaces."""
        return " ".join(unicodedata.normalize("NFC", self.subject).split())


def names_of(kind: EntryKind) -> tuple[str, ...]:
    """The parameters of a link of that kind."""
    return ("marketplace", kind.value, "expires", "nonce", "signature")


def read(kind: EntryKind, given: Mapping[str, Sequence[str]]) -> SignedLink | None:
    """The link in these parameters, or ``None`` where there is none. One that is given twice says nothing certain."""
    if any(len(given.get(name, ())) != 1 for name in names_of(kind)):
        return None
    marketplace, subject, expires, nonce, signature = (given[name][0] for name in names_of(kind))
    is_whole = (
        _MARKETPLACE.fullmatch(marketplace)
        and _is_subject(subject)
        and _SECONDS.fullmatch(expires)
        and NONCE_SHAPE.fullmatch(nonce)
        and _SIGNATURE.fullmatch(signature)
    )
    return SignedLink(kind, marketplace, subject, int(expires), nonce, signature) if is_whole else None


def _is_subject(subject: str) -> bool:
    """Text of one line that a database can hold; a line break would let one link be read as another."""
    if not 0 < len(subject) <= SUBJECT_LENGTH or not subject.strip():
        return False
    return not any(unicodedata.category(sign) in {"Cc", "Cs", "Zl", "Zp"} for sign in subject)


def signed_text(link: SignedLink) -> bytes:
    """What is signed: six lines, in UTF-8, the values as they are before they are put into an address."""
    lines = (PREFIX, link.kind.value, link.marketplace, link.subject, str(link.expires), link.nonce)
    return "\n".join(lines).encode()


def sign(secret: str, link: SignedLink) -> str:
    """The signature that the link must carry: ``v1.`` and 43 letters that no address has to escape."""
    digest = hmac.new(secret_bytes(secret), signed_text(link), hashlib.sha256).digest()
    return "v1." + urlsafe_b64encode(digest).rstrip(b"=").decode()


def is_genuine(link: SignedLink, secrets: Iterable[str]) -> bool:
    """Whether one of the secrets signed exactly this. Every secret is tried, each in constant time."""
    matches = [hmac.compare_digest(sign(secret, link), link.signature) for secret in secrets]
    return any(matches)


def is_in_time(link: SignedLink, *, now: float) -> bool:
    """Whether it has not ended yet, and does not end later than a link of its kind may."""
    tolerance = TOLERANCE.total_seconds()
    left = link.expires - now
    return -tolerance < left <= LONGEST[link.kind].total_seconds() + tolerance
