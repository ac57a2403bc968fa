"""Cases brought to where a test begins: reported, restricted, explained, decided. Only services write."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, Final

import time_machine

from brands.models import Brand
from core import effects, outbox
from core.actors import SELLER, USER, Actor
from listings.models import Listing
from listings.tests.factories import make_listing
from reports.choices import AllegationStatus, Channel, Claim, DecisionKind, EffectKind, FindingKind, InquiryStatus
from reports.models import Allegation, Decision, Explanation, Ground, Inquiry, Policy, Report
from reports.services import decisions, hearings, silence
from reports.services.decisions import Ruling
from reports.services.filing import Contact, HandedIn, file_report
from reports.tests.factories import JUNHO, MINA, NOW, make_match_brand
from sellers.models import Seller
from sellers.tests.factories import make_seller

#: Where decisions' effects have left.
LATER: Final = NOW + timedelta(minutes=1)
SORA: Final = Actor(kind=USER, ref="3", label="이소라")
THE_SELLER: Final = Actor(kind=SELLER, ref="link:1", label="판매자")
SELLER_MAIL: Final = "shop@seller.example"
HOLDER_MAIL: Final = "ip@holder.example"
REASONING: Final = "등록상표를 권한 없이 붙인 상품입니다."


def ground(code: str = "counterfeit") -> Ground:
    return Ground.objects.get(code=code)


def make_shop(**fields: Any) -> Seller:
    return make_seller(**{"email": SELLER_MAIL} | fields)


def complaint(
    listing: Listing | None = None,
    *,
    brand: Brand | None = None,
    channel: Channel = Channel.RIGHTS,
    email: str = HOLDER_MAIL,
    language: str = "ko",
    name: str = "권리자 담당",
    code: str = "counterfeit",
    files: Sequence[HandedIn] = (),
    now: datetime = NOW,
    **more: Any,
) -> Report:
    """A report with somebody behind it who can be reached."""
    listing = listing or make_listing(seller=make_shop(), seen_at=now)
    contact = Contact(name=name, email=email, language=language)
    return file_report(
        listing,
        channel=channel,
        ground=ground(code),
        brand=brand,
        text="정품과 다릅니다.",
        contact=contact,
        files=files,
        actor=MINA,
        now=now,
        **more,
    )


def alleged(report: Report) -> Allegation:
    assert report.allegation is not None
    return Allegation.objects.select_related("case__listing__seller").get(pk=report.allegation.pk)


def ruling(kind: DecisionKind, finding: str = "", **more: Any) -> Ruling:
    """A ruling with the usual clause, reasons and finding."""
    usual = {
        DecisionKind.UPHELD: FindingKind.COUNTERFEIT_CONFIRMED,
        DecisionKind.REINSTATED: FindingKind.NOT_INFRINGING,
        DecisionKind.DISMISSED: FindingKind.NOT_INFRINGING,
    }
    facts: dict[str, Any] = {"policy": Policy.objects.get(code="counterfeit_sale"), "reasoning": REASONING}
    return Ruling(kind, finding=finding or usual.get(kind, ""), **(facts | more))


def decide(
    allegation: Allegation,
    kind: DecisionKind,
    finding: str = "",
    *,
    actor: Actor | None = MINA,
    now: datetime = NOW,
    **more: Any,
) -> Decision:
    return decisions.decide(allegation, ruling(kind, finding, **more), actor=actor, now=now)


def restrict(allegation: Allegation, **more: Any) -> Decision:
    return decide(allegation, DecisionKind.INTERIM_RESTRICTION, **more)


def arrive(*, now: datetime = LATER) -> None:
    """Everything that is due leaves and arrives, and what follows from it happens."""
    with time_machine.travel(now, tick=False):
        effects.dispatch_due(now=now)
        while outbox.deliver_due(now=now):
            pass
        effects.dispatch_due(now=now)
        silence.settle_notices(now=now)


def restricted(*, now: datetime = NOW, brand: Brand | None = None, **more: Any) -> Allegation:
    """A complaint that led to an interim restriction whose notice has arrived: the seller's period runs."""
    allegation = alleged(complaint(brand=brand or make_match_brand(), now=now, **more))
    restrict(allegation, now=now)
    arrive(now=now + timedelta(minutes=1))
    allegation.refresh_from_db()
    assert allegation.status == AllegationStatus.EXPLANATION_REQUESTED
    return allegation


def explanation_of(allegation: Allegation) -> Explanation:
    return Explanation.objects.select_related("allegation__case__listing__seller").get(allegation=allegation)


def explain(
    allegation: Allegation,
    *,
    explanation: Explanation | None = None,
    now: datetime = LATER,
    files: Sequence[HandedIn] = (),
    text: str = "병행수입한 정품입니다. 서류를 냅니다.",
    summary: str = "병행수입한 정품입니다.",
) -> Explanation:
    return hearings.submit_explanation(
        explanation or explanation_of(allegation),
        claim=Claim.PARALLEL_IMPORT,
        text=text,
        summary=summary,
        files=files,
        actor=THE_SELLER,
        now=now,
    )


def explained(**more: Any) -> Allegation:
    """Explained by the seller, and put before the complainant."""
    allegation = restricted(**more)
    explain(allegation)
    allegation.refresh_from_db()
    assert allegation.status == AllegationStatus.EXPLANATION_REVIEW
    return allegation


def inquiry_of(allegation: Allegation) -> Inquiry:
    return Inquiry.objects.select_related("complainant", "allegation__case").get(
        allegation=allegation, status=InquiryStatus.ASKED
    )


def removed(*, actor: Actor = MINA, **more: Any) -> Allegation:
    """A confirmed counterfeit, its notices arrived and its undo period over."""
    allegation = explained(**more)
    decide(allegation, DecisionKind.UPHELD, actor=actor, now=LATER)
    arrive(now=LATER + timedelta(minutes=1))
    allegation.refresh_from_db()
    return allegation


__all__ = [
    "HOLDER_MAIL",
    "JUNHO",
    "LATER",
    "MINA",
    "NOW",
    "SELLER_MAIL",
    "SORA",
    "EffectKind",
    "alleged",
    "arrive",
    "complaint",
    "decide",
    "explain",
    "explained",
    "explanation_of",
    "inquiry_of",
    "make_shop",
    "removed",
    "restrict",
    "restricted",
    "ruling",
]
