"""The staff's pages of confirmed counterfeits: switched with a reason, looked at side by side."""

import pytest
from django.test import Client
from django.urls import reverse

from brands.tests.factories import make_brand
from core.models import JournalEntry
from listings.choices import ContentKind
from listings.models import Fingerprint
from listings.tests.confirmed import WORDS, confirmed, found_in, mirrored, picture
from listings.tests.factories import make_listing
from portal.tests.rows import make_person

pytestmark = pytest.mark.django_db

LIST = "/admin/listings/fingerprint/"


def act(client: Client, action: str, rows: list[Fingerprint], **said: str) -> str:
    chosen = {"action": action, "_selected_action": [row.pk for row in rows]}
    return client.post(LIST, chosen | said, follow=True).content.decode()


def test_a_lead_is_asked_for_a_reason_and_switches_one_fingerprint_off_and_on(client: Client) -> None:
    kept, lead = confirmed(images=[picture(1)], description=WORDS), make_person("lead")
    image = next(row for row in kept if row.kind == ContentKind.IMAGE)
    client.force_login(lead)

    asked = act(client, "switch_off", [image])
    image.refresh_from_db()
    assert ("사유 (필수)" in asked, image.is_on) == (True, True)

    assert "사유가 비어 있습니다" in act(client, "switch_off", [image], reason=" ")
    assert "1건을 껐습니다" in act(client, "switch_off", [image], reason="도매처의 사진입니다.")
    assert "이미 꺼진 지문입니다" in act(client, "switch_off", [image], reason="한 번 더")
    image.refresh_from_db()
    assert (image.switched_off_reason, image.switched_off_by_ref) == ("도매처의 사진입니다.", str(lead.pk))
    assert Fingerprint.objects.switched_on().count() == 1

    assert "1건을 켰습니다" in act(client, "switch_on", [image], reason="다시 확인했습니다.")
    verbs = ["listings.fingerprint.switched_off", "listings.fingerprint.switched_on"]
    assert list(JournalEntry.objects.filter(verb__in=verbs).order_by("pk").values_list("verb", flat=True)) == verbs


@pytest.mark.parametrize("role", ["moderator", "reader"])
def test_nobody_else_switches_anything(client: Client, role: str) -> None:
    [text] = confirmed()
    client.force_login(make_person(role))

    act(client, "switch_off", [text], reason="끄고 싶습니다.")

    text.refresh_from_db()
    assert text.is_on
    assert not JournalEntry.objects.filter(verb="listings.fingerprint.switched_off").exists()


def test_more_than_a_person_looks_at_is_refused(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("core.admin.reasons.MOST_ROWS", 1)
    rows = [*confirmed(), *confirmed()]
    client.force_login(make_person("lead"))

    assert "한 번에 1건까지" in act(client, "switch_off", rows, reason="모두")
    assert Fingerprint.objects.switched_on().count() == 2


def test_what_came_back_is_shown_beside_the_old_one(client: Client) -> None:
    brand = make_brand()
    [old] = {row.listing for row in confirmed(images=[picture(1)], brand=brand)}
    new = make_listing(images=[mirrored(1)])
    [row] = found_in(new)
    client.force_login(make_person("moderator"))

    page = client.get(reverse("admin:listings_reappearance_change", args=[row.pk])).content.decode()

    for file in (picture(1), mirrored(1)):
        assert f"/admin/evidence/{file.sha256}/" in page
    assert "좌우를 뒤집으면" in page
    for listing in (old, new):
        told = client.get(reverse("admin:listings_listing_change", args=[listing.pk])).content.decode()
        assert reverse("admin:listings_reappearance_change", args=[row.pk]) in told


@pytest.mark.parametrize(("state", "count"), [("on", 1), ("off", 0), ("cleared", 0)])
def test_the_list_is_narrowed_to_what_counts(client: Client, state: str, count: int) -> None:
    confirmed()
    client.force_login(make_person("reader"))

    assert client.get(LIST, {"state": state}).context["cl"].result_count == count
