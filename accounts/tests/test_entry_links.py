"""Coming in by a marketplace's signed link: refused in the same words, used once where it opens much."""

import logging
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from accounts.choices import EntryKind
from accounts.entry_links import Entry, forget_expired, open_entry, redeem_entry
from accounts.entry_signatures import SignedLink
from accounts.models import EntryLink, Marketplace
from accounts.services import add_webhook_secret, revoke_webhook_secret
from accounts.tests.entry import given, make_entry
from accounts.tests.factories import make_marketplace
from core.errors import DomainError
from core.models import JournalDetail, JournalEntry
from core.tests.together import together

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 23, 5, 0, tzinfo=UTC)
BROWSER = "the-secret-of-one-browser"


def opened(link: SignedLink, *, now: datetime = NOW) -> Entry:
    return open_entry(link.kind, given(link), now=now)


def seller_link(**more: Any) -> SignedLink:
    return make_entry(make_marketplace(), "seller-7", **({"now": NOW} | more))


def refused(call: Callable[[], object]) -> str:
    with pytest.raises(DomainError) as refusal:
        call()
    assert refusal.value.code == "entry_invalid"
    return str(refusal.value)


def test_a_genuine_link_says_whose_it_is_and_leaves_no_trace() -> None:
    entry = opened(seller_link())
    assert (entry.marketplace.slug, entry.subject, entry.actor.kind) == ("market", "seller-7", "marketplace")
    assert (EntryLink.objects.count(), JournalEntry.objects.filter(verb__contains="entry_link").count()) == (0, 0)


def test_both_secrets_open_and_a_revoked_one_does_not() -> None:
    place = make_marketplace()
    first, second = (add_webhook_secret(place, actor=None) for _ in range(2))
    assert opened(seller_link(secret=first)).subject == opened(seller_link(secret=second)).subject
    revoke_webhook_secret(place.secrets.get(slot=1), actor=None)
    refused(lambda: opened(seller_link(secret=first)))
    assert opened(seller_link(secret=second)).subject == "seller-7"


def test_every_refusal_says_the_same_words(caplog: pytest.LogCaptureFixture) -> None:
    link, place = seller_link(), make_marketplace()
    closed_place = make_marketplace("closed", is_active=False)
    cases: list[Callable[[], object]] = [
        lambda: open_entry(EntryKind.SELLER, {}, now=NOW),
        lambda: open_entry(EntryKind.SELLER, given(link, seller="seller-8"), now=NOW),
        lambda: open_entry(EntryKind.SELLER, given(link, marketplace="nowhere"), now=NOW),
        lambda: opened(link, now=NOW + timedelta(minutes=7)),
        lambda: opened(make_entry(place, "seller-7", now=NOW, valid_for=timedelta(hours=1))),
        lambda: opened(make_entry(place, "seller-7", now=NOW, secret="whsec_" + "QkJC" * 8)),
        lambda: opened(make_entry(closed_place, "seller-7", now=NOW)),
    ]
    with caplog.at_level(logging.INFO, logger="accounts.entry_links"):
        said = {refused(case) for case in cases}
    assert len(said) == 1
    assert len({record.getMessage() for record in caplog.records}) == 6  # the log tells them apart, but for two
    assert all(link.signature not in record.getMessage() for record in caplog.records)
    assert all("seller-7" not in record.getMessage() for record in caplog.records)


def test_a_marketplace_without_secrets_has_no_links() -> None:
    place = make_marketplace("bare")
    link = make_entry(place, "seller-7", now=NOW, secret="whsec_" + "QUFB" * 8)
    refused(lambda: opened(link))


def test_another_marketplaces_secret_opens_nothing() -> None:
    other = make_marketplace("other")
    secret = add_webhook_secret(other, actor=None)
    refused(lambda: opened(seller_link(secret=secret)))


def test_a_sellers_link_opens_in_one_browser() -> None:
    entry = opened(seller_link())
    redeem_entry(entry, browser=BROWSER, now=NOW)
    redeem_entry(entry, browser=BROWSER, now=NOW + timedelta(seconds=1))
    refused(lambda: redeem_entry(entry, browser="another", now=NOW))
    refused(lambda: redeem_entry(entry, browser="", now=NOW))
    row = EntryLink.objects.get()
    assert (row.redeemed_at, BROWSER in row.browser_hash) == (NOW, False)
    assert JournalEntry.objects.filter(verb="accounts.entry_link.redeemed", actor_kind="marketplace").count() == 1


def test_without_a_browsers_secret_a_sellers_link_opens_once() -> None:
    entry = opened(seller_link())
    redeem_entry(entry, browser="", now=NOW)
    refused(lambda: redeem_entry(entry, browser="", now=NOW))


def test_an_orders_link_opens_until_it_ends_and_its_first_use_stands_in_the_journal() -> None:
    entry = opened(make_entry(make_marketplace(), "O-1", kind=EntryKind.ORDER, now=NOW, valid_for=timedelta(hours=24)))
    for browser in ("one", "two", ""):
        redeem_entry(entry, browser=browser, now=NOW)
    entries = JournalEntry.objects.filter(verb="accounts.entry_link.redeemed")
    assert (EntryLink.objects.count(), entries.count()) == (1, 1)
    body = JournalDetail.objects.get(entry=entries.get()).body
    assert body == {"kind": "order", "subject": "O-1"}


def test_two_kinds_and_two_marketplaces_may_use_the_same_nonce() -> None:
    nonce = "one-nonce-for-all-of-them"
    for place in (make_marketplace(), make_marketplace("other")):
        for kind in EntryKind:
            redeem_entry(opened(make_entry(place, "7", kind=kind, now=NOW, nonce=nonce)), browser="", now=NOW)
    assert EntryLink.objects.count() == 4


def test_a_used_link_is_remembered_as_long_as_it_could_be_used() -> None:
    link = seller_link(valid_for=timedelta(minutes=5))
    redeem_entry(opened(link), browser=BROWSER, now=NOW)
    assert forget_expired(now=NOW + timedelta(minutes=5, seconds=59)) == 0
    last = NOW + timedelta(minutes=5, seconds=59)
    refused(lambda: redeem_entry(opened(link, now=last), browser="another", now=last))
    assert forget_expired(now=NOW + timedelta(minutes=6)) == 1
    refused(lambda: opened(link, now=NOW + timedelta(minutes=6)))


def test_one_nonce_is_noted_once() -> None:
    def note() -> EntryLink:
        return EntryLink.objects.create(
            marketplace=make_marketplace(), kind="seller", nonce="n" * 16, redeemed_at=NOW, expires_at=NOW
        )

    note()
    with pytest.raises(IntegrityError), transaction.atomic():
        note()


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_of_many_browsers_at_once_one_comes_in() -> None:
    entry = opened(seller_link())
    calls = [lambda name=name: redeem_entry(entry, browser=f"browser-{name}", now=NOW) for name in range(8)]
    results = together(*calls)
    assert sorted(type(result).__name__ for result in results) == ["DomainError"] * 7 + ["NoneType"]
    assert (Marketplace.objects.count(), EntryLink.objects.count()) == (1, 1)
    assert JournalEntry.objects.filter(verb="accounts.entry_link.redeemed").count() == 1
