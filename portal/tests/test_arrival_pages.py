"""What staff see of listings that wait for pictures, and of pictures that were fetched."""

from collections.abc import Mapping

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from core.errors import DomainError
from core.models import JournalEntry
from listings.arrivals.settling import give_up
from listings.choices import ArrivalStatus
from listings.models import Arrival, ListingVersion, MissingImage
from listings.tests.arrival_rows import CDN, make_fetch, tell
from portal.tests.rows import make_person

GONE = DomainError("사진을 받지 못했습니다.", "서버가 410번으로 답했습니다.", code="http_status")


def arrived_with_a_gap() -> Arrival:
    """A listing that came in with one picture of two."""
    make_fetch(f"{CDN}/1.png", at=timezone.now())
    arrival = tell([f"{CDN}/1.png", f"{CDN}/2.png"], now=timezone.now())
    give_up(arrival.pictures.waiting().get(), GONE, now=timezone.now())
    arrival.refresh_from_db()
    return arrival


def page(client: Client, model: str, row: object, **query: str) -> str:
    return client.get(reverse(f"admin:listings_{model}_change", args=[row]), query).content.decode()


def rows_of(client: Client, model: str, query: Mapping[str, str]) -> str:
    return client.get(reverse(f"admin:listings_{model}_changelist"), query).content.decode()


def ask_again(client: Client, *arrivals: Arrival) -> str:
    answer = client.post(
        reverse("admin:listings_arrival_changelist"),
        {"action": "retry", "_selected_action": [arrival.pk for arrival in arrivals]},
        follow=True,
    )
    return answer.content.decode()


@pytest.mark.django_db
def test_a_version_says_from_where_its_pictures_came_and_which_are_missing(client: Client) -> None:
    arrival = arrived_with_a_gap()
    client.force_login(make_person("reader"))

    shown = page(client, "listingversion", arrival.version_id)

    assert "주소로 받은 사진" in shown
    assert f"{CDN}/1.png" in shown
    assert "서버가 410번으로 답했습니다. (http_status)" in shown
    assert "받지 못한 사진 1장" in shown
    assert f'href="{CDN}' not in shown
    assert f"접수 {arrival.pk}" in shown


@pytest.mark.django_db
def test_an_arrival_shows_each_of_its_pictures(client: Client) -> None:
    arrival = arrived_with_a_gap()
    client.force_login(make_person("reader"))

    shown = page(client, "arrival", arrival.pk)

    assert f"{CDN}/2.png" in shown
    assert "받지 못함" in shown
    assert "시험 마켓의 연동" in shown


@pytest.mark.django_db
def test_arrivals_are_narrowed_to_what_lacks_pictures_and_fetches_found_by_address(client: Client) -> None:
    arrived_with_a_gap()
    client.force_login(make_person("reader"))

    assert "A-1" in rows_of(client, "arrival", {"missing": "yes"})
    MissingImage.objects.get()
    assert "0개" not in rows_of(client, "picturefetch", {"q": f"{CDN}/1.png"})
    assert f"{CDN}/1.png</bdi>" in rows_of(client, "picturefetch", {"q": f"{CDN}/1.png"})
    assert f"{CDN}/1.png</bdi>" not in rows_of(client, "picturefetch", {"q": f"{CDN}/3.png"})


@pytest.mark.django_db
def test_a_lead_has_pictures_tried_again_and_a_moderator_does_not(client: Client) -> None:
    arrival = arrived_with_a_gap()
    client.force_login(make_person("moderator"))
    ask_again(client, arrival)
    assert Arrival.objects.count() == 1

    client.force_login(make_person("lead"))
    assert "1건을 다시 시도합니다." in ask_again(client, arrival)

    again = Arrival.objects.get(retry_of=arrival)
    assert (again.status, again.told_at) == (ArrivalStatus.WAITING, arrival.told_at)
    assert JournalEntry.objects.filter(verb="listings.arrival.retried").count() == 1
    assert "더 새로운 자료가 있습니다" in ask_again(client, arrival)
    assert Arrival.objects.count() == 2
    assert ListingVersion.objects.count() == 1
