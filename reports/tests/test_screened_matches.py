"""From the engine to the decision: what screening really writes can be shown, confirmed, rejected and taken back."""

from collections.abc import Iterator
from io import BytesIO
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from PIL import Image, ImageOps

from brands.models import Brand
from brands.tests.factories import make_brand
from core.tests.factories import draw_picture, make_evidence_file
from listings import engine
from listings.models import Listing, Match
from listings.screening import screen_versions
from listings.tests.factories import make_listing, make_version
from reports.models import Notice
from reports.services import match_review
from reports.tests.factories import MINA, confirm, make_moderator

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _own_index(tmp_path: Any, settings: Any) -> Iterator[None]:
    settings.INDEX_ROOT = tmp_path / "index"
    engine.forget_engine()
    yield
    engine.forget_engine()


@pytest.fixture
def brand() -> Brand:
    return make_brand("누벨하니", images=[make_evidence_file(draw_picture(7, size=(400, 400)))])


@pytest.fixture
def listing(brand: Brand) -> Listing:
    """A mirrored, recompressed copy of the brand's picture under a disguised name with a code word."""
    copy = BytesIO()
    ImageOps.mirror(Image.open(BytesIO(draw_picture(7, size=(400, 400))))).save(copy, "JPEG", quality=80)
    pictures = [make_evidence_file(copy.getvalue())]
    return make_listing("누.벨.하.니 크림", images=pictures, description="레플리카 SA급입니다.")


def screened(listing: Listing) -> Match:
    assert listing.current_version is not None
    screen_versions([listing.current_version.pk])
    return Match.objects.get(version=listing.current_version)


def test_what_the_engine_found_is_shown_marked_and_overlaid(listing: Listing) -> None:
    match = screened(listing)
    client = Client()
    client.force_login(make_moderator())
    response = client.get(reverse("admin:review_match", args=[match.pk]))
    page = response.content.decode()
    assert '<mark class="mark mark-text">누.벨.하.니</mark> 크림' in page
    assert '<mark class="mark mark-code_word">' in page
    assert response.context["comparison"].transform["mirrored"] is True
    assert len(response.context["reasons"]) == len(match.signals) == 4


def test_confirming_it_states_picture_name_and_code_word_as_facts(listing: Listing) -> None:
    confirm(screened(listing), now=timezone.now())
    facts = Notice.objects.get().statement["facts"]
    assert facts[0] == "상품 사진(1번)이 권리자가 등록한 브랜드 자료와 같거나 매우 비슷합니다."
    assert facts[1] == "상품 제목에 브랜드 이름을 가리키는 표기가 있습니다: ‘누.벨.하.니’(‘누벨하니’)."
    assert facts[2].startswith("상품 설명에 위조상품을 뜻하는 말로 쓰이는 표현이 있습니다: ‘")
    assert len(facts) == 3


def test_rejected_it_does_not_come_back_with_another_price_until_the_rejection_is_undone(listing: Listing) -> None:
    match = screened(listing)
    match_review.reject_match(match, actor=MINA, now=timezone.now())
    assert listing.current_version is not None
    picture = listing.current_version.images.get().file
    dearer = make_version(
        listing, "누.벨.하.니 크림", description="레플리카 SA급입니다.", price_minor=99_000, images=[picture]
    )
    screen_versions([dearer.pk])
    assert not Match.objects.awaiting_review().exists()
    match_review.undo(match, actor=MINA, now=timezone.now())
    screen_versions([dearer.pk], again=True)
    assert [row.version for row in Match.objects.awaiting_review()] == [dearer]
