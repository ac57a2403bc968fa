"""Six digits to a registered contact: ten minutes, five tries, once; a new one takes the place of the old one."""

import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from accounts.choices import LinkPurpose
from accounts.contact_codes import Contact, confirm_code, send_code
from accounts.events import event
from accounts.models import AccessLink, ContactCode, Marketplace
from accounts.services import create_link
from accounts.tests.factories import make_marketplace
from core.errors import Conflict, DomainError
from core.models import JournalDetail, JournalEntry, OutboxMessage
from core.tests.together import together

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 23, 5, 0, tzinfo=UTC)
MAIL = "shop@seller.example"


@pytest.fixture
def link() -> AccessLink:
    valid_for = timedelta(days=30)
    return create_link(LinkPurpose.SELLER, subject=make_marketplace(), valid_for=valid_for, now=NOW, actor=None)[0]


def contact(email: str = MAIL, *, marketplace: Marketplace | None = None, language: str = "ko") -> Contact:
    return Contact(email, marketplace or make_marketplace(), "seller-7", language)


def send(link: AccessLink, *, now: datetime = NOW, language: str = "ko") -> str:
    send_code(link, contact(language=language), now=now, actor=None)
    text = OutboxMessage.objects.latest("id").payload["text"]
    found = re.search(r"\d{6}", text)
    assert found is not None
    return found.group(0)


def other(number: str) -> str:
    return f"{(int(number) + 1) % 1_000_000:06d}"


def verbs() -> list[str]:
    entries = JournalEntry.objects.filter(verb__contains="contact_code").order_by("id")
    return list(entries.values_list("verb", flat=True))


def test_the_code_goes_to_the_contact_and_only_its_hash_is_kept(link: AccessLink) -> None:
    number = send(link)
    message = OutboxMessage.objects.get()
    assert (message.channel, message.destination, message.message_type) == ("mail", MAIL, "contact.code")
    row = ContactCode.objects.get()
    assert number not in row.code_hash
    assert row.expires_at == NOW + timedelta(minutes=10)
    assert all(number not in str(detail.body) for detail in JournalDetail.objects.all())


@pytest.mark.parametrize(
    ("language", "word"), [("ko", "확인 코드"), ("en", "Confirmation code"), ("zh-hans", "验证码")]
)
def test_the_mail_is_in_the_language_of_its_reader(link: AccessLink, language: str, word: str) -> None:
    number = send(link, language=language)
    payload = OutboxMessage.objects.get().payload
    assert word in payload["subject"] and number in payload["subject"]
    assert word in payload["text"]


def test_the_right_code_confirms_once(link: AccessLink) -> None:
    number = send(link)
    assert confirm_code(link, f" {number[:3]} {number[3:]} ", now=NOW, actor=None).used_at == NOW
    with pytest.raises(DomainError) as refusal:
        confirm_code(link, number, now=NOW, actor=None)
    assert refusal.value.code == "code_over"
    assert verbs() == ["accounts.contact_code.sent", "accounts.contact_code.confirmed"]


def test_after_five_wrong_tries_the_right_code_opens_nothing(link: AccessLink) -> None:
    number = send(link)
    said = []
    for _ in range(5):
        with pytest.raises(DomainError) as refusal:
            confirm_code(link, other(number), now=NOW, actor=None)
        said.append(refusal.value.code)
    assert said == ["code_wrong"] * 4 + ["code_over"]
    with pytest.raises(DomainError, match="새 코드"):
        confirm_code(link, number, now=NOW, actor=None)
    assert ContactCode.objects.get().used_at is None
    assert verbs() == ["accounts.contact_code.sent"] + ["accounts.contact_code.refused"] * 5


def test_a_wrong_try_says_how_many_are_left(link: AccessLink) -> None:
    number = send(link)
    with pytest.raises(DomainError, match="4번 더"):
        confirm_code(link, other(number), now=NOW, actor=None)


def test_the_code_ends_after_ten_minutes(link: AccessLink) -> None:
    number = send(link)
    with pytest.raises(DomainError, match="유효 시간"):
        confirm_code(link, number, now=NOW + timedelta(minutes=10), actor=None)
    assert confirm_code(link, number, now=NOW + timedelta(minutes=9, seconds=59), actor=None)


def test_a_new_code_takes_the_place_of_the_old_one(link: AccessLink) -> None:
    old = send(link)
    later = NOW + timedelta(seconds=61)
    new = send(link, now=later)
    if old != new:
        with pytest.raises(DomainError):
            confirm_code(link, old, now=later, actor=None)
    assert confirm_code(link, new, now=later, actor=None)


def test_no_second_code_within_a_minute(link: AccessLink) -> None:
    send(link)
    with pytest.raises(Conflict) as refusal:
        send(link, now=NOW + timedelta(seconds=59))
    assert refusal.value.code == "code_too_soon"
    assert ContactCode.objects.count() == OutboxMessage.objects.count() == 1


def test_no_more_than_five_an_hour(link: AccessLink) -> None:
    for minute in range(5):
        send(link, now=NOW + timedelta(minutes=2 * minute))
    with pytest.raises(Conflict) as refusal:
        send(link, now=NOW + timedelta(minutes=20))
    assert refusal.value.code == "code_too_often"
    assert send(link, now=NOW + timedelta(minutes=61))


def test_a_code_of_another_link_opens_nothing(link: AccessLink) -> None:
    number = send(link)
    valid_for = timedelta(days=30)
    second, _ = create_link(LinkPurpose.SELLER, subject=make_marketplace(), valid_for=valid_for, now=NOW, actor=None)
    with pytest.raises(DomainError):
        confirm_code(second, number, now=NOW, actor=None)


def test_without_a_mailbox_the_marketplace_passes_the_code_on(link: AccessLink) -> None:
    place = make_marketplace("hooked", webhook_url="https://market.example/hook")
    send_code(link, contact("", marketplace=place), now=NOW, actor=None)
    message = OutboxMessage.objects.get()
    assert (message.channel, message.destination, message.message_type) == ("webhook", "hooked", "notice.code")
    assert message.payload["seller"] == "seller-7"
    assert message.payload.keys() == event("notice.code").example.keys()
    assert confirm_code(link, message.payload["code"], now=NOW, actor=None)


@pytest.mark.parametrize("language", ["ko", "en", "zh-hans"])
def test_without_a_mailbox_the_code_goes_to_the_registered_mobile_as_one_short_text(
    link: AccessLink, language: str
) -> None:
    place = make_marketplace(webhook_url="https://market.example/hook")
    mobile = Contact("", place, "seller-7", language, mobile="010-1234-5678")
    send_code(link, mobile, now=NOW, actor=None)
    message = OutboxMessage.objects.get()
    assert (message.channel, message.destination, message.payload["kind"]) == ("text", "+821012345678", "sms")
    assert (message.payload["by"], message.expires_at) == ("market", NOW + timedelta(minutes=10))
    found = re.search(r"\d{6}", message.payload["body"])
    assert found is not None
    assert confirm_code(link, found.group(0), now=NOW, actor=None)
    assert JournalEntry.objects.get(verb="accounts.contact_code.sent").detail.body["by"] == "text"


def test_without_a_way_for_texts_the_marketplace_passes_the_code_on(link: AccessLink, settings: Any) -> None:
    settings.TEXT_BACKEND = ""
    place = make_marketplace(webhook_url="https://market.example/hook")
    send_code(link, Contact("", place, "seller-7", "ko", mobile="010-1234-5678"), now=NOW, actor=None)
    assert OutboxMessage.objects.get().channel == "webhook"


def test_where_nobody_can_be_reached_nothing_is_kept(link: AccessLink) -> None:
    with pytest.raises(DomainError) as refusal:
        send_code(link, contact(""), now=NOW, actor=None)
    assert refusal.value.code == "no_contact"
    assert not ContactCode.objects.exists() and not OutboxMessage.objects.exists()
    assert verbs() == []


def test_the_database_holds_five_tries(link: AccessLink) -> None:
    send(link)
    with pytest.raises(IntegrityError), transaction.atomic():
        ContactCode.objects.update(tries=6)


def test_the_database_holds_that_a_used_code_was_tried(link: AccessLink) -> None:
    send(link)
    with pytest.raises(IntegrityError), transaction.atomic():
        ContactCode.objects.update(used_at=NOW)


@pytest.mark.parametrize("typed", ["", "12345", "1234567", "abcdef", "１" * 6 + "x", "9" * 10_000])
def test_what_is_no_code_of_six_is_refused_and_counts(link: AccessLink, typed: str) -> None:
    send(link)
    with pytest.raises(DomainError):
        confirm_code(link, typed, now=NOW, actor=None)
    assert ContactCode.objects.get().tries == 1


def test_who_has_used_a_code_gets_another_at_once(link: AccessLink) -> None:
    confirm_code(link, send(link), now=NOW, actor=None)
    send(link, now=NOW + timedelta(seconds=5))
    assert ContactCode.objects.count() == 2


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_of_eight_who_type_the_right_code_at_once_one_comes_in() -> None:
    valid_for = timedelta(days=30)
    link, _ = create_link(LinkPurpose.SELLER, subject=make_marketplace(), valid_for=valid_for, now=NOW, actor=None)
    number = send(link)
    results = together(*[lambda: confirm_code(link, number, now=NOW, actor=None)] * 8)
    assert sum(isinstance(result, ContactCode) for result in results) == 1
    assert sum(isinstance(result, DomainError) for result in results) == 7
    assert ContactCode.objects.get().tries <= 5


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_of_twelve_wrong_codes_at_once_five_are_compared() -> None:
    valid_for = timedelta(days=30)
    link, _ = create_link(LinkPurpose.SELLER, subject=make_marketplace(), valid_for=valid_for, now=NOW, actor=None)
    number = other(send(link))
    together(*[lambda: confirm_code(link, number, now=NOW, actor=None)] * 12)
    assert ContactCode.objects.get().tries == 5
    assert verbs().count("accounts.contact_code.refused") == 5


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_of_six_who_ask_for_a_code_at_once_one_is_sent() -> None:
    valid_for = timedelta(days=30)
    link, _ = create_link(LinkPurpose.SELLER, subject=make_marketplace(), valid_for=valid_for, now=NOW, actor=None)
    results = together(*[lambda: send_code(link, contact(), now=NOW, actor=None)] * 6)
    assert sum(isinstance(result, ContactCode) for result in results) == 1
    assert OutboxMessage.objects.count() == 1
