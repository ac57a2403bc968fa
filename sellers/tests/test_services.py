"""Bringing sellers in, and what brands say of them."""

from datetime import date
from typing import Any

import pytest

from accounts.tests.factories import make_marketplace
from brands.models import Brand
from brands.tests.factories import make_brand
from core.actors import Actor
from core.changes import Change
from core.models import JournalDetail, JournalEntry
from core.tests.together import together
from sellers.choices import AuthorisationKind, AuthorisationStatus, SellerLanguage
from sellers.models import Authorisation, Seller
from sellers.records import SellerRecord
from sellers.services import confirm_waiting_authorisations, name_authorised_sellers, upsert_seller
from sellers.tests.factories import make_authorisation, make_seller

pytestmark = pytest.mark.django_db

ACTOR = Actor(kind="command", ref="import_listings", label="import_listings 명령")
TODAY, TOMORROW = date(2026, 11, 23), date(2026, 11, 24)


def bring(record: SellerRecord) -> Change:
    return upsert_seller(record, marketplace=make_marketplace(), actor=ACTOR).change


def name(brand: Brand, *external_ids: str, on: date = TODAY) -> Change:
    return name_authorised_sellers(brand, external_ids, marketplace=make_marketplace(), actor=ACTOR, on=on)


def verbs() -> list[str]:
    entries = JournalEntry.objects.exclude(verb__startswith="core.").order_by("id")
    return list(entries.values_list("verb", flat=True))


def in_force(on: date = TODAY) -> list[str]:
    return sorted(Authorisation.objects.in_force(on=on).values_list("seller_external_id", flat=True))


def test_a_new_seller_comes_in_with_what_was_said_and_defaults_for_the_rest() -> None:
    assert bring(SellerRecord("s1", "상점", email="a@b.example")) is Change.CREATED
    seller = Seller.objects.get()
    assert (seller.shop_name, seller.email, seller.language, seller.time_zone, seller.opened_on) == (
        "상점",
        "a@b.example",
        "ko",
        "Asia/Seoul",
        None,
    )
    assert verbs() == ["sellers.seller.created"]


def test_the_same_seller_again_changes_nothing() -> None:
    record = SellerRecord("s1", "상점", language=SellerLanguage.CHINESE, opened_on=date(2020, 1, 2))
    bring(record)
    assert bring(record) is Change.UNCHANGED
    assert Seller.objects.count() == 1
    assert verbs() == ["sellers.seller.created"]


def test_what_is_not_said_of_a_seller_stays() -> None:
    bring(SellerRecord("s1", "상점", email="a@b.example", time_zone="Asia/Shanghai"))
    assert bring(SellerRecord("s1", "새 상점")) is Change.CHANGED
    seller = Seller.objects.get()
    assert (seller.shop_name, seller.email, seller.time_zone) == ("새 상점", "a@b.example", "Asia/Shanghai")


def test_the_journal_says_that_a_contact_changed_and_not_what_it_is() -> None:
    bring(SellerRecord("s1", "상점", email="a@b.example"))
    bring(SellerRecord("s1", "상점", email="new@b.example"))
    assert JournalDetail.objects.get(entry__verb="sellers.seller.changed").body == {"email": "changed"}


def test_two_marketplaces_may_have_sellers_of_one_identifier() -> None:
    bring(SellerRecord("s1", "상점"))
    upsert_seller(SellerRecord("s1", "다른 상점"), marketplace=make_marketplace("other"), actor=ACTOR)
    assert sorted(Seller.objects.values_list("shop_name", flat=True)) == ["다른 상점", "상점"]


def test_a_named_seller_that_is_known_is_authorised_at_once() -> None:
    seller, brand = make_seller(external_id="s1"), make_brand()
    assert name(brand, "s1", "s1") is Change.CHANGED
    row = Authorisation.objects.get()
    assert (row.seller, row.status, row.kind, row.starts_on) == (seller, "confirmed", "sales_authorisation", TODAY)
    assert in_force() == ["s1"]
    assert verbs() == ["sellers.authorisations.listed"]


def test_a_named_seller_that_is_unknown_waits_and_is_authorised_as_soon_as_it_appears() -> None:
    name(make_brand(), "s1")
    assert Authorisation.objects.get().status == AuthorisationStatus.AWAITING_SELLER
    assert in_force() == []
    bring(SellerRecord("s1", "상점"))
    assert in_force() == ["s1"]
    assert Authorisation.objects.get().seller == Seller.objects.get()
    assert verbs()[-1] == "sellers.authorisation.confirmed"


def test_a_seller_of_that_name_on_another_marketplace_is_not_meant() -> None:
    name(make_brand(), "s1")
    upsert_seller(SellerRecord("s1", "남의 상점"), marketplace=make_marketplace("other"), actor=ACTOR)
    assert Authorisation.objects.get().status == AuthorisationStatus.AWAITING_SELLER


def test_the_same_list_again_changes_nothing() -> None:
    brand = make_brand()
    name(brand, "s1", "s2")
    before = verbs()
    assert name(brand, "s2", "s1", on=TOMORROW) is Change.UNCHANGED
    assert Authorisation.objects.count() == 2
    assert verbs() == before


def test_a_seller_that_the_list_names_no_longer_is_revoked() -> None:
    make_seller(external_id="s1")
    make_seller(external_id="s2")
    brand = make_brand()
    name(brand, "s1", "s2")
    assert name(brand, "s2", on=TOMORROW) is Change.CHANGED
    assert in_force(TOMORROW) == ["s2"]
    gone = Authorisation.objects.get(seller_external_id="s1")
    assert (gone.status, gone.ends_on) == ("revoked", TOMORROW)
    assert JournalDetail.objects.latest("entry_id").body == {"marketplace": "market", "named": [], "revoked": ["s1"]}


def test_a_seller_that_is_named_again_is_authorised_again() -> None:
    make_seller(external_id="s1")
    brand = make_brand()
    name(brand, "s1")
    name(brand)
    assert in_force() == []
    name(brand, "s1")
    assert (in_force(), Authorisation.objects.count()) == (["s1"], 1)
    name(brand, on=TOMORROW)
    name(brand, "s1", on=TOMORROW)
    assert (in_force(TOMORROW), Authorisation.objects.count()) == (["s1"], 2)


def test_a_list_touches_no_licence_and_no_limited_authorisation() -> None:
    brand = make_brand()
    make_authorisation(make_seller(external_id="s1"), brand, kind=AuthorisationKind.LICENCE)
    make_authorisation(make_seller(external_id="s2"), brand, goods="가방")
    make_authorisation(make_seller(external_id="s3"), brand, ends_on=date(2027, 1, 1))
    assert name(brand) is Change.UNCHANGED
    assert in_force() == ["s1", "s2", "s3"]


def test_a_list_touches_no_other_brand_and_no_other_marketplace() -> None:
    brand, other = make_brand(), make_brand()
    name(other, "s1")
    name_authorised_sellers(brand, ["s1"], marketplace=make_marketplace("other"), actor=ACTOR, on=TODAY)
    name(brand)
    assert set(Authorisation.objects.values_list("status", flat=True)) == {"awaiting_seller"}


def test_those_who_waited_for_a_seller_that_came_unseen_are_confirmed_together() -> None:
    brand = make_brand()
    name(brand, "s1", "s2")
    make_seller(external_id="s1")
    assert confirm_waiting_authorisations(marketplace=make_marketplace(), actor=ACTOR) == 1
    assert in_force() == ["s1"]
    assert confirm_waiting_authorisations(marketplace=make_marketplace(), actor=ACTOR) == 0


def test_a_long_list_takes_as_many_queries_as_a_short_one(django_assert_num_queries: Any) -> None:
    one, two = make_brand(), make_brand()
    market = make_marketplace()
    for brand, external_ids in ((one, ["s1"]), (two, [f"s{number}" for number in range(60)])):
        with django_assert_num_queries(10):
            name_authorised_sellers(brand, external_ids, marketplace=market, actor=ACTOR, on=TODAY)


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_a_seller_brought_in_eight_times_at_once_is_one_and_is_confirmed_once() -> None:
    name(make_brand(), "s1")
    changes = together(*[lambda: bring(SellerRecord("s1", "상점"))] * 8)
    assert sorted(changes) == ["created"] + ["unchanged"] * 7
    assert in_force() == ["s1"]
    assert verbs().count("sellers.authorisation.confirmed") == 1


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_a_list_and_its_seller_that_come_at_once_end_confirmed() -> None:
    brand, market = make_brand(), make_marketplace()
    together(lambda: name(brand, "s1"), lambda: bring(SellerRecord("s1", "상점")))
    confirm_waiting_authorisations(marketplace=market, actor=ACTOR)
    assert in_force() == ["s1"]


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_two_lists_of_one_brand_at_once_end_as_one_of_them_says() -> None:
    brand = make_brand()
    make_seller(external_id="s1")
    make_seller(external_id="s2")
    together(*[lambda: name(brand, "s1"), lambda: name(brand, "s2")] * 4)
    assert in_force() in (["s1"], ["s2"])
    assert Authorisation.objects.count() == 2
