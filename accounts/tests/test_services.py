"""Webhook secrets and access links."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from django.db import IntegrityError, transaction

from accounts.choices import LinkPurpose
from accounts.models import AccessLink, User, WebhookSecret
from accounts.secrets import decrypt
from accounts.services import (
    add_webhook_secret,
    create_link,
    find_link,
    link_secret,
    note_webhook,
    redeem_link,
    revoke_link,
    revoke_webhook_secret,
)
from accounts.tests.factories import make_marketplace
from core.errors import Conflict, DomainError
from core.models import JournalEntry

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 23, 5, 30, tzinfo=UTC)


def make_link(**changes: object) -> tuple[AccessLink, str]:
    options = {"valid_for": timedelta(days=3650), "now": NOW, "actor": None} | changes
    return create_link(LinkPurpose.SELLER, subject=make_marketplace(), **options)  # type: ignore[arg-type]  # one dict, many types


def test_two_secrets_fit_and_the_third_is_refused() -> None:
    place = make_marketplace()
    first, second = add_webhook_secret(place, actor=None), add_webhook_secret(place, actor=None)

    with pytest.raises(Conflict):
        add_webhook_secret(place, actor=None)

    assert [decrypt(row.encrypted) for row in place.secrets.order_by("slot")] == [first, second]
    assert JournalEntry.objects.filter(verb="accounts.webhook_secret.added").count() == 2


def test_a_secret_is_never_stored_in_plain() -> None:
    place = make_marketplace()

    secret = add_webhook_secret(place, actor=None)

    assert secret.removeprefix("whsec_") not in place.secrets.get().encrypted


def test_a_revoked_secret_leaves_its_slot_free() -> None:
    place = make_marketplace()
    add_webhook_secret(place, actor=None)

    secret = place.secrets.get()

    revoke_webhook_secret(secret, actor=None)
    revoke_webhook_secret(secret, actor=None)

    assert WebhookSecret.objects.count() == 0
    assert JournalEntry.objects.filter(verb="accounts.webhook_secret.revoked").count() == 1
    add_webhook_secret(place, actor=None)
    assert place.secrets.get().slot == 1


def test_the_database_itself_refuses_a_third_slot() -> None:
    place = make_marketplace()

    with pytest.raises(IntegrityError), transaction.atomic():
        WebhookSecret.objects.create(marketplace=place, slot=3, encrypted="x")


def test_a_webhook_is_noted_once() -> None:
    place = make_marketplace()

    assert note_webhook(place, "msg_1", "effect.confirmed", handled=True) is True
    assert note_webhook(place, "msg_1", "effect.confirmed", handled=True) is False
    assert place.received_webhooks.count() == 1


def test_a_link_opens_with_its_secret_and_keeps_only_the_hash() -> None:
    link, secret = make_link()

    opened = redeem_link(secret, purpose=LinkPurpose.SELLER, now=NOW)

    assert opened.pk == link.pk
    assert opened.redeemed_at == NOW
    assert secret not in {str(value) for value in AccessLink.objects.values_list().get()}


def test_a_later_mail_can_carry_the_same_secret_again() -> None:
    link, secret = make_link()

    assert link_secret(AccessLink.objects.get(pk=link.pk)) == secret


def test_a_link_may_be_used_again_unless_it_is_single_use() -> None:
    _, many = make_link()
    _, once = make_link(is_single_use=True)
    redeem_link(many, purpose=LinkPurpose.SELLER, now=NOW)
    redeem_link(once, purpose=LinkPurpose.SELLER, now=NOW)

    assert redeem_link(many, purpose=LinkPurpose.SELLER, now=NOW).redeemed_at == NOW
    with pytest.raises(DomainError):
        redeem_link(once, purpose=LinkPurpose.SELLER, now=NOW)
    assert JournalEntry.objects.filter(verb="accounts.link.redeemed").count() == 2


def test_an_expired_a_revoked_and_an_unknown_link_say_the_same() -> None:
    _, expired = make_link(valid_for=timedelta(days=3650))
    link, revoked = make_link()
    revoke_link(link, now=NOW, actor=None)
    revoke_link(link, now=NOW, actor=None)
    said = set()
    for secret, now in [(expired, NOW + timedelta(days=3650)), (revoked, NOW), ("made up", NOW)]:
        with pytest.raises(DomainError) as refusal:
            redeem_link(secret, purpose=LinkPurpose.SELLER, now=now)
        said.add(str(refusal.value))

    assert len(said) == 1
    assert JournalEntry.objects.filter(verb="accounts.link.revoked").count() == 1


def test_a_link_opens_nothing_of_another_purpose() -> None:
    _, secret = make_link()

    with pytest.raises(DomainError):
        redeem_link(secret, purpose=LinkPurpose.TRACK, now=NOW)


def test_a_tracking_code_can_be_typed_and_opens_however_it_is_typed() -> None:
    place = make_marketplace()
    valid_for = timedelta(days=3650)
    link, code = create_link(LinkPurpose.TRACK, subject=place, valid_for=valid_for, now=NOW, actor=None)

    assert re.fullmatch(r"([0-9A-HJKMNP-TV-Z]{4}-){4}[0-9A-HJKMNP-TV-Z]{4}", code)
    assert link_secret(AccessLink.objects.get(pk=link.pk)) == code
    assert redeem_link(code.lower().replace("-", " "), purpose=LinkPurpose.TRACK, now=NOW).pk == link.pk


def test_finding_a_link_leaves_no_trace() -> None:
    link, secret = make_link()

    assert find_link(secret, purpose=LinkPurpose.SELLER, now=NOW).pk == link.pk
    assert AccessLink.objects.get().redeemed_at is None
    assert not JournalEntry.objects.filter(verb="accounts.link.redeemed").exists()


def test_two_people_cannot_differ_by_a_capital_letter() -> None:
    User.objects.create_user("kim@brand.example", "정말 긴 비밀번호", name="김하나")

    with pytest.raises(IntegrityError), transaction.atomic():
        User.objects.create(email="KIM@brand.example", name="김둘")
