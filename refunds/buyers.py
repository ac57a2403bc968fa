"""The buyer of an order line: known again by keyed hashes, told at an encrypted address, never kept in plain."""

from dataclasses import dataclass, field

from cryptography.fernet import InvalidToken

from accounts.secrets import decrypt, encrypt
from core.contacts import ContactRefused, email_name, mobile_name, normalise_email, normalise_mobile
from core.errors import DomainError
from core.keys import contact_hash, is_hash_of, ring
from refunds.models import OrderLine
from refunds.records import BuyerRecord


@dataclass(frozen=True, slots=True)
class Contacts:
    """A buyer's contacts, read and in one spelling; never printed. ``None`` where nothing was said."""

    email: str | None = field(repr=False)
    mobile: str | None = field(repr=False)
    notice_address: str | None = field(repr=False)
    notify_by_marketplace: bool


def read(buyer: BuyerRecord) -> Contacts:
    """The contacts in the spelling in which they are hashed. Raises ``ContactRefused``, which quotes nothing."""
    if buyer.notice_address and buyer.notify_by_marketplace:
        raise DomainError(
            "알림을 보낼 곳을 알 수 없습니다.",
            "알림 주소가 있는데 마켓플레이스가 직접 알린다고도 되어 있습니다.",
            "알림 주소를 비우거나 notify_by_marketplace를 false로 적어 주세요.",
            code="two_ways_to_notify",
        )
    return Contacts(
        email=email_name(buyer.email) if buyer.email else None,
        mobile=mobile_name(buyer.mobile) if buyer.mobile else None,
        notice_address=_address(buyer.notice_address) if buyer.notice_address else None,
        notify_by_marketplace=buyer.notify_by_marketplace,
    )


def bring(line: OrderLine, contacts: Contacts) -> dict[str, object]:
    """Bring the line's contacts to what was told. What changed is named, and nothing more is said of it.

    A hash made with a key that is no longer the active one is made anew, silently: it names the same contact.
    """
    changes: dict[str, object] = {}
    for name, told in (("email_hash", contacts.email), ("mobile_hash", contacts.mobile)):
        known = getattr(line, name)
        if told is None:
            continue
        if not is_hash_of(known, told):
            changes[name.removesuffix("_hash")] = "changed"
        if name.removesuffix("_hash") in changes or not known.startswith(f"{ring('contacts').active.id}:"):
            setattr(line, name, contact_hash(told))
    if contacts.notify_by_marketplace and line.notice_encrypted:
        line.notice_encrypted, changes["notice_address"] = "", "removed"
    elif contacts.notice_address and notice_address(line) != contacts.notice_address:
        line.notice_encrypted, changes["notice_address"] = encrypt(contacts.notice_address), "changed"
    return changes


def notice_address(line: OrderLine) -> str | None:
    """Where notices to the buyer go, in plain: for the sender alone. ``None``: the marketplace passes them on, or the
    ring has lost the key with which the address was encrypted."""
    if not line.notice_encrypted:
        return None
    try:
        return decrypt(line.notice_encrypted)
    except InvalidToken:
        return None


def _address(text: str) -> str:
    """An e-mail address, or else a mobile number."""
    if "@" in text or "＠" in text:
        return normalise_email(text)
    try:
        return normalise_mobile(text)
    except ContactRefused:
        raise ContactRefused(
            "알림 주소를 읽을 수 없습니다.",
            "이메일 주소도 휴대전화 번호도 아닙니다.",
            "name@example.com 또는 010-1234-5678처럼 적거나 비워 주세요.",
        ) from None
