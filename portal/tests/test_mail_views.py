"""The demonstration's mails and texts, read in the browser by its staff."""

import pytest
from django.db import transaction
from django.test import Client

from accounts.tests.factories import make_user
from core import outbox, texts
from core.models import OutboxMessage

pytestmark = pytest.mark.django_db


def posted() -> tuple[OutboxMessage, OutboxMessage]:
    payload = {"to": ["a@b.example"], "subject": "통지 <b>제목</b>", "text": "글\n\nhttps://jikimi.example/seller/x/"}
    with transaction.atomic():
        mail = outbox.post(channel="mail", destination="a@b.example", message_type="x", payload=payload, key="m")
        text = texts.post_text("010-1234-5678", "[지킴이] 확인 코드 123456", message_type="x", key="t")
        outbox.post(channel="webhook", destination="market", message_type="test", payload={}, key="w")
    return mail, text


def test_staff_read_mails_and_texts_and_no_webhooks() -> None:
    mail, text = posted()
    staff = Client()
    staff.force_login(make_user())
    page = staff.get("/outbox/").content.decode()
    assert "통지 &lt;b&gt;제목&lt;/b&gt;" in page
    assert "문자: [지킴이] 확인 코드 123456" in page
    assert "market" not in page
    assert "단문(SMS)" in staff.get(f"/outbox/{text.pk}/").content.decode()
    assert "/seller/x/" in staff.get(f"/outbox/{mail.pk}/").content.decode()
    assert staff.get(f"/outbox/{text.pk + 1}/").status_code == 404


def test_they_are_found_by_whom_they_went_to() -> None:
    posted()
    staff = Client()
    staff.force_login(make_user())
    page = staff.get("/outbox/", {"to": "+8210"}).content.decode()
    assert ("문자: " in page, "a@b.example" in page) == (True, False)


def test_nobody_else_reads_them() -> None:
    _, text = posted()
    assert Client().get(f"/outbox/{text.pk}/").status_code == 302
    person = Client()
    person.force_login(make_user(is_staff=False))
    assert person.get("/outbox/").status_code == 302
