"""What staff see of answers before publishing, and how they release a hold."""

import pytest
from django.test import Client
from django.urls import reverse

from core.models import JournalEntry
from core.tests.factories import make_evidence_file
from listings.choices import Verdict
from listings.models import HeldPublication, PreflightScreening
from listings.tests.copies import shown
from listings.tests.factories import make_listing, make_preflight
from portal.tests.rows import make_person

pytestmark = pytest.mark.django_db

LIST = reverse("admin:listings_preflightscreening_changelist")


def signed_in(client: Client, role: str) -> Client:
    client.force_login(make_person(role))
    return client


def page(client: Client, address: str) -> str:
    response = client.get(address)
    assert response.status_code == 200
    return response.content.decode()


def change_url(row: PreflightScreening) -> str:
    return reverse("admin:listings_preflightscreening_change", args=[row.pk])


def test_the_list_says_how_many_passed_are_reviewed_and_were_held_in_a_day(client: Client) -> None:
    listing = make_listing("가을 크림")
    for verdict in (Verdict.PASS, Verdict.PASS, Verdict.REVIEW, Verdict.STOP):
        make_preflight(listing, verdict=verdict)

    assert "지난 24시간: 통과 2건 · 검토 1건 · 보류 1건" in page(signed_in(client, "reader"), LIST)


def test_an_answer_is_found_by_its_number(client: Client) -> None:
    one, other = make_preflight(make_listing("가을 크림")), make_preflight(make_listing("겨울 크림"))

    found = page(signed_in(client, "reader"), f"{LIST}?q={one.number}")

    assert one.number in found
    assert other.number not in found


def test_the_page_says_what_was_held_why_and_what_was_asked_for(client: Client) -> None:
    listing = make_listing("누.벨.하.니 크림", images=[make_evidence_file(seed=5)])
    row = make_preflight(listing)
    HeldPublication.objects.create(preflight=row, version=shown(listing), found_at=listing.last_seen_at)

    found = page(signed_in(client, "reader"), change_url(row))

    for words in (
        "누.벨.하.니 크림",
        "이름을 감춘 표기입니다.",
        "감추지 않고 그대로 적은 상표 이름",
        listing.external_id,
        "비교함",
    ):
        assert words in found
    assert "보류된 뒤 게시" in found


def test_a_sellers_words_cannot_break_the_page(client: Client) -> None:
    row = make_preflight(make_listing("<script>alert(1)</script>", description="</pre><b>x"))

    found = page(signed_in(client, "reader"), change_url(row))

    assert "<script>alert(1)" not in found
    assert "</pre><b>x" not in found


@pytest.mark.parametrize(("state", "shows"), [("yes", [0]), ("released", [1]), ("held", [0, 2])])
def test_the_list_is_narrowed_by_what_became_of_a_hold(client: Client, state: str, shows: list[int]) -> None:
    rows = [make_preflight(make_listing(f"크림 {number}")) for number in range(3)]
    version = shown(make_listing())
    HeldPublication.objects.create(preflight=rows[0], version=version, found_at=version.captured_at)
    PreflightScreening.objects.filter(pk=rows[1].pk).update(released_at=version.captured_at, released_reason="확인")

    found = page(signed_in(client, "reader"), f"{LIST}?published={state}")

    assert [place for place, row in enumerate(rows) if row.number in found] == shows


def act(client: Client, row: PreflightScreening, reason: str | None) -> str:
    data = {"action": "release", "_selected_action": [row.pk]} | ({} if reason is None else {"reason": reason})
    response = client.post(LIST, data, follow=True)
    return response.content.decode()


def test_a_moderator_releases_a_hold_with_a_reason(client: Client) -> None:
    row = make_preflight(make_listing("누.벨.하.니 크림"))
    moderator = signed_in(client, "moderator")

    asked = act(moderator, row, None)
    row.refresh_from_db()
    assert ("사유" in asked, row.released_at) == (True, None)

    act(moderator, row, "정품 인보이스를 확인했습니다.")
    row.refresh_from_db()
    assert row.released_reason == "정품 인보이스를 확인했습니다."
    assert JournalEntry.objects.filter(verb="listings.preflight.released").count() == 1


def test_who_only_reads_releases_nothing(client: Client) -> None:
    row = make_preflight(make_listing("누.벨.하.니 크림"))

    act(signed_in(client, "reader"), row, "풀어 봅니다.")

    row.refresh_from_db()
    assert row.released_at is None
    assert not JournalEntry.objects.filter(verb="listings.preflight.released").exists()
