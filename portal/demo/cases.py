"""Cases at every stage, brought there by the services that staff and parties use: something to do for each of them."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from io import BytesIO
from typing import Final

from PIL import Image, ImageDraw

from accounts.models import User
from core.actors import SELLER, USER, Actor
from core.evidence.services import keep_file
from listings.choices import Restriction
from listings.models import Listing, Match
from reports.choices import Channel, Claim, DecisionKind, DocumentKind, FindingKind, Party
from reports.models import Allegation, Case, Explanation, Ground, Policy, Report
from reports.services import appeals, decisions, hearings
from reports.services.decisions import Ruling
from reports.services.filing import Contact, HandedIn, file_report
from reports.services.reasons import draft_of

_BY_HOLDER: Final = "정품과 로고의 글꼴이 다르고, 판매자를 알지 못합니다."
_BY_BUYER: Final = "받아 보니 마감이 정품과 다릅니다."
_SHOP: Final = Actor(kind=SELLER, ref="demo", label="판매자")


def _paper(*lines: str) -> bytes:
    """A sheet with a few lines on it, as a PNG."""
    sheet = Image.new("RGB", (420, 594), "#fdfdfb")
    pen = ImageDraw.Draw(sheet)
    for place, line in enumerate(lines):
        pen.text((40, 60 + 40 * place), line, fill="#222222")
    for rule in range(8):
        pen.line((40, 220 + 36 * rule, 380, 220 + 36 * rule), fill="#bbbbbb")
    stream = BytesIO()
    sheet.save(stream, "PNG")
    return stream.getvalue()


@dataclass(frozen=True, slots=True)
class _Stage:
    """One case: how long ago it was reported, and what happened since."""

    days_ago: int
    goes_on: Callable[["_Scene"], None]


@dataclass(slots=True)
class _Scene:
    """A listing, what is alleged of it, and who works on it."""

    listing: Listing
    match: Match
    reported_at: datetime
    moderator: Actor
    allegation: Allegation | None = None

    def report(self, channel: Channel, name: str, email: str, *, at: datetime | None = None) -> Report:
        """Somebody reports it; a rights holder for its own brand."""
        by_holder = channel == Channel.RIGHTS
        report = file_report(
            self.listing,
            channel=channel,
            ground=Ground.objects.get(code="counterfeit"),
            brand=self.match.brand if by_holder else None,
            text="정품과 로고의 글꼴이 다르고, 판매자를 알지 못합니다."
            if by_holder
            else "받아 보니 마감이 정품과 다릅니다.",
            contact=Contact(
                name=name, email=email, rights_holder=self.match.brand.rights_holder if by_holder else None
            ),
            actor=self.moderator,
            now=at or self.reported_at,
        )
        self.allegation = report.allegation
        return report

    def complain(self) -> Report:
        """The rights holder complains."""
        holder = self.match.brand.rights_holder
        return self.report(Channel.RIGHTS, f"{holder.name} 지식재산팀", holder.contact_email)

    def decide(self, kind: DecisionKind, finding: str = "", *, at: datetime) -> None:
        assert self.allegation is not None
        policy = Policy.objects.in_use().get(default_for__code="counterfeit")
        drafted = draft_of(self.allegation, policy=policy)
        reasoning = drafted.offered(kind, finding, is_authorised=False)
        ruling = Ruling(kind, policy, reasoning, finding=finding)
        decisions.decide(self.allegation, ruling, actor=self.moderator, now=at)

    def restrict(self, *, at: datetime) -> None:
        self.decide(DecisionKind.INTERIM_RESTRICTION, at=at)

    def explain(self, *, at: datetime) -> None:
        assert self.allegation is not None
        paper = keep_file(_paper("INVOICE No. 2026-1123", "SHIPPED TO: SEOUL, KR"), name="invoice.png")
        hearings.submit_explanation(
            Explanation.objects.select_related("allegation__case__listing__seller").get(allegation=self.allegation),
            claim=Claim.PARALLEL_IMPORT,
            text="해외 공식 매장에서 산 정품을 병행수입했습니다. 거래명세서를 냅니다.",
            summary="해외 공식 매장에서 산 정품을 병행수입했습니다.",
            files=[HandedIn(paper, kind=DocumentKind.INVOICE, name="invoice.png")],
            actor=_SHOP,
            now=at,
        )


def _reported_by_phone(scene: _Scene) -> None:
    scene.report(Channel.STAFF, "한소비", "buyer@person.example")


def _reported_by_many(scene: _Scene) -> None:
    for number in range(4):
        scene.report(Channel.STAFF, "", f"buyer{number}@person.example")
    scene.complain()


def _complained(scene: _Scene) -> None:
    scene.complain()


def _restricted(scene: _Scene) -> None:
    scene.complain()
    scene.restrict(at=scene.reported_at + timedelta(hours=2))


def _explained(scene: _Scene) -> None:
    _restricted(scene)
    scene.explain(at=scene.reported_at + timedelta(hours=20))


def _answered(scene: _Scene) -> None:
    """Explained without anybody who could be asked: staff examine it themselves."""
    scene.report(Channel.STAFF, "", "")
    scene.restrict(at=scene.reported_at + timedelta(hours=2))
    scene.explain(at=scene.reported_at + timedelta(hours=20))


def _removed(scene: _Scene) -> None:
    _explained(scene)
    at = scene.reported_at + timedelta(hours=30)
    scene.decide(DecisionKind.UPHELD, FindingKind.COUNTERFEIT_CONFIRMED, at=at)


def _appealed(scene: _Scene) -> None:
    _removed(scene)
    assert scene.allegation is not None
    appeals.file_appeal(
        scene.allegation,
        party=Party.SELLER,
        text="수입신고필증을 다시 냅니다. 정품입니다.",
        files=(),
        actor=_SHOP,
        now=scene.reported_at + timedelta(hours=40),
    )


STAGES: Final = (
    _Stage(0, _reported_by_phone),
    _Stage(0, _complained),
    _Stage(6, _reported_by_many),
    _Stage(1, _restricted),
    _Stage(2, _explained),
    _Stage(3, _answered),
    _Stage(4, _removed),
    _Stage(5, _appealed),
)


def make_cases(*, now: datetime, moderator: User) -> int:
    """A case for each stage, of suspicious listings that nobody decided; none where there are cases already."""
    if Case.objects.exists():
        return 0
    by = Actor(kind=USER, ref=str(moderator.pk), label=str(moderator))
    suspects = _suspects(len(STAGES))
    for stage, match in zip(STAGES, suspects, strict=False):
        listing = Listing.objects.select_related("seller", "marketplace").get(pk=match.version.listing_id)
        scene = _Scene(listing, match, now - timedelta(days=stage.days_ago, hours=1), by)
        stage.goes_on(scene)
    return len(suspects)


def _suspects(count: int) -> list[Match]:
    """One match a listing, from the end of the queue: its front is left for the newcomer to review."""
    waiting = Match.objects.awaiting_review().filter(version__listing__restriction=Restriction.NONE)
    found: dict[int, Match] = {}
    for match in waiting.select_related("version", "brand__rights_holder").order_by("score", "id"):
        found.setdefault(match.version.listing_id, match)
        if len(found) == count:
            break
    return list(found.values())
