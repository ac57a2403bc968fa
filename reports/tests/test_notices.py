"""Both sides are told, once a decision and party, in their language, and neither learns more than it may."""

import json
from typing import Any

import pytest
from django.core import mail

from accounts.models import AccessLink
from accounts.services import add_webhook_secret
from accounts.tests.factories import make_marketplace
from core.models import OutboxMessage
from core.tests.factories import make_evidence_file
from listings.tests.factories import make_listing
from reports.choices import Claim, DecisionKind, DocumentKind, NoticeKind, Party
from reports.models import Complainant, Decision, Notice
from reports.services import appeals, hearings
from reports.services.filing import HandedIn
from reports.tests.factories import CANARY, JUNHO, make_match_brand
from reports.tests.world import (
    LATER,
    SORA,
    THE_SELLER,
    alleged,
    arrive,
    complaint,
    decide,
    explanation_of,
    inquiry_of,
    make_shop,
    restrict,
    ruling,
)

pytestmark = pytest.mark.django_db

#: What only one side, or nobody, may read.
NOBODY = {"note": CANARY}
ONLY_STAFF = {
    "seller text": "판매자만의-설명-4402",
    "file": "비밀-거래처-5519.pdf",
    "buyer file": "신고인-파일-6621.jpg",
}
NOT_FOR_SELLER = {"name": "신고인-이름-1193", "mail": "canary-reporter@person.example", "phone": "010-7788-9911"}
NOT_FOR_REPORTER = {"mail": "canary-shop@seller.example"}


def whole_way(*, seller_language: str, reporter_language: str) -> None:
    """Restricted, explained, answered, upheld, appealed by the seller, reinstated: every letter of both sides."""
    place = make_marketplace(webhook_url="http://127.0.0.1:9/hook")
    add_webhook_secret(place, actor=None)
    shop = make_shop(email=NOT_FOR_REPORTER["mail"], language=seller_language)
    report = complaint(
        make_listing("자수 앞치마", seller=shop),
        brand=make_match_brand(),
        name=NOT_FOR_SELLER["name"],
        email=NOT_FOR_SELLER["mail"],
        language=reporter_language,
        files=[HandedIn(make_evidence_file(), name=ONLY_STAFF["buyer file"])],
    )
    Complainant.objects.update(phone=NOT_FOR_SELLER["phone"])
    allegation = alleged(report)
    restrict(allegation, private_note=CANARY)
    arrive()
    allegation.refresh_from_db()
    hearings.extend(explanation_of(allegation), reason="공휴일입니다.", actor=THE_SELLER, now=LATER)
    hearings.submit_explanation(
        explanation_of(allegation),
        claim=Claim.PARALLEL_IMPORT,
        text=ONLY_STAFF["seller text"],
        summary="병행수입한 정품입니다.",
        files=[HandedIn(make_evidence_file(seed=5), kind=DocumentKind.INVOICE, name=ONLY_STAFF["file"])],
        actor=THE_SELLER,
        now=LATER,
    )
    hearings.answer(inquiry_of(allegation), text="가품이 맞습니다.", files=(), actor=SORA, now=LATER)
    decide(allegation, DecisionKind.UPHELD, now=LATER, private_note=CANARY)
    at = LATER.replace(hour=LATER.hour + 1)
    arrive(now=at)
    appeal = appeals.file_appeal(allegation, party=Party.SELLER, text="정품입니다.", files=(), actor=THE_SELLER, now=at)
    appeals.decide_appeal(appeal, ruling(DecisionKind.REINSTATED, private_note=CANARY), actor=JUNHO, now=at)
    arrive(now=at.replace(minute=59))


def texts_to(party: Party) -> list[str]:
    """Everything that left for a party: mails with their headers, and for the seller the webhooks too."""
    address = NOT_FOR_REPORTER["mail"] if party == Party.SELLER else NOT_FOR_SELLER["mail"]
    mails = [str(each.message()) + each.subject + str(each.body) for each in mail.outbox if each.to == [address]]
    pages = [json.dumps(each.statement, ensure_ascii=False) for each in Notice.objects.filter(party=party)]
    if party == Party.SELLER:
        hooks = OutboxMessage.objects.filter(channel="webhook")
        pages += [json.dumps(each.payload, ensure_ascii=False) for each in hooks]
    return mails + pages


@pytest.mark.parametrize(("seller", "reporter"), [("ko", "en"), ("en", "zh-hans"), ("zh-hans", "ko")])
def test_neither_side_reads_what_is_not_for_it_in_any_language(seller: str, reporter: str) -> None:
    whole_way(seller_language=seller, reporter_language=reporter)
    to_seller, to_reporter = texts_to(Party.SELLER), texts_to(Party.REPORTER)
    assert len(to_seller) > 12 and len(to_reporter) > 10
    for text in to_seller:
        assert [
            word for word in (*NOBODY.values(), *ONLY_STAFF.values(), *NOT_FOR_SELLER.values()) if word in text
        ] == []
    for text in to_reporter:
        hidden = (*NOBODY.values(), *ONLY_STAFF.values(), NOT_FOR_REPORTER["mail"])
        assert [word for word in hidden if word in text] == []
    assert {notice.language for notice in Notice.objects.filter(party=Party.SELLER)} == {seller}
    assert {notice.language for notice in Notice.objects.filter(party=Party.REPORTER)} == {reporter}


def test_each_decision_is_told_once_a_party() -> None:
    whole_way(seller_language="ko", reporter_language="ko")
    for decision in Decision.objects.all():
        parties = list(decision.notices.values_list("party", flat=True))
        assert sorted(parties) == [Party.REPORTER, Party.SELLER]
    kinds = Notice.objects.filter(party=Party.SELLER).order_by("id").values_list("kind", flat=True)
    assert list(kinds) == [
        NoticeKind.INTERIM_RESTRICTION,
        NoticeKind.EXPLANATION_EXTENDED,
        NoticeKind.EXPLANATION_RECEIVED,
        NoticeKind.UPHELD,
        NoticeKind.APPEAL_RECEIVED,
        NoticeKind.REINSTATED,
    ]


def test_a_seller_reads_the_statement_of_reasons_and_its_own_way_in() -> None:
    restrict(alleged(complaint(make_listing(seller=make_shop()), brand=make_match_brand())))
    arrive()
    [letter] = [each for each in mail.outbox if each.to == ["shop@seller.example"]]
    statement: dict[str, Any] = Notice.objects.get(party=Party.SELLER).statement
    assert {"facts", "ground", "policy", "detection", "restriction", "contest", "reasoning"} <= statement.keys()
    assert "/seller/" in letter.body
    link = AccessLink.objects.get(purpose="seller")
    assert link.secret_hash is not None and link.secret_hash not in letter.body


def test_the_key_of_a_party_stands_in_its_own_mail_alone() -> None:
    whole_way(seller_language="ko", reporter_language="ko")
    for notice in Notice.objects.all():
        said = json.dumps(notice.statement, ensure_ascii=False)
        assert "/seller/" not in said and "/track/" not in said
    for hook in OutboxMessage.objects.filter(channel="webhook"):
        assert "/seller/" not in json.dumps(hook.payload)
    assert all("/seller/" not in each.body for each in mail.outbox if each.to == [NOT_FOR_SELLER["mail"]])


def test_a_complainant_without_an_address_is_asked_and_told_nothing() -> None:
    report = complaint(email="")
    restrict(alleged(report))
    assert not Notice.objects.filter(party=Party.REPORTER).exists()
    assert report.complainant is not None
