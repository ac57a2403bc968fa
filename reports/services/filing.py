"""``file_report``: the one way in, for every channel.

A report is bound to the listing's content as it stands, joins the allegation that is open already or opens one, and
keeps what came with it as evidence. It is safe under a flood: of many who report one listing at once, one opens the
case and the others join it, and where it is open already nobody waits for anybody.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.db import IntegrityError, transaction
from django.db.models import F

from accounts.models import Marketplace
from brands.models import Brand, RightsHolder
from core import rulesets
from core.actors import Actor
from core.calendar import add_business_hours, calendar, period_business_days
from core.errors import DomainError
from core.journal import record
from core.models import EvidenceFile
from listings.models import Listing, ListingVersion, Match, Reappearance
from reports import notices
from reports.choices import AllegationStatus, Channel, DocumentKind, NoticeKind, WorkKind
from reports.models import Allegation, Attachment, Case, Complainant, Decision, Ground, Report
from reports.services import cases, links, queue, wanting

#: As much as a party may write in one field [ours]: a page and a half.
TEXT_LENGTH: Final = 5_000
#: Channels whose reports come from people who may be told how it goes, by law (korea.md §3.5).
_CONSUMER_CHANNELS: Final = frozenset(
    {Channel.ONE_CLICK, Channel.MAIL, Channel.STAFF, Channel.REFUND, Channel.MARKETPLACE}
)


@dataclass(frozen=True, slots=True)
class Contact:
    """How the one who reports can be reached. ``rights_holder`` where the complaint is that rights holder's own."""

    name: str = ""
    email: str = ""
    phone: str = ""
    address: str = ""
    language: str = "ko"
    rights_holder: RightsHolder | None = None


@dataclass(frozen=True, slots=True)
class HandedIn:
    """A file that came with a report, kept as evidence already, and what the party calls it."""

    file: EvidenceFile
    kind: DocumentKind = DocumentKind.OTHER
    name: str = ""


@dataclass(frozen=True, slots=True)
class Wanted:
    """A listing that the portal does not know yet, by its marketplace's own number."""

    marketplace: Marketplace
    external_id: str


@transaction.atomic
def file_report(
    about: Listing | Wanted,
    *,
    channel: Channel,
    ground: Ground,
    actor: Actor | None,
    now: datetime,
    brand: Brand | None = None,
    text: str = "",
    contact: Contact | None = None,
    files: Sequence[HandedIn] = (),
    match: Match | None = None,
    reappearance: Reappearance | None = None,
    once: str | None = None,
) -> Report:
    """One report through one channel. With ``once`` a second call of the same key gives the row of the first.

    Raises ``DomainError`` for a listing that was never captured and for a reason that is not in use.
    """
    known = Report.objects.filter(once=once).first() if once else None
    if known is not None:
        return known
    _require_usable(ground, text)
    draft = Report(channel=channel, ground=ground, brand=brand, text=text, match=match, once=once, received_at=now)
    draft.reappearance = reappearance
    _promise_result(draft, now)
    if isinstance(about, Wanted):
        draft.marketplace, draft.wanted = about.marketplace, about.external_id
        report = _file(draft, contact=contact, files=files, actor=actor, now=now)
        wanting.want(about.marketplace, about.external_id, now=now)
        return report
    allegation = _place(draft, about, has_evidence=bool(files), actor=actor, now=now)
    report = _file(draft, contact=contact, files=files, actor=actor, now=now)
    _ask_for_review(report, allegation, now=now)
    return report


@transaction.atomic
def place_report(report: Report, listing: Listing, *, actor: Actor | None, now: datetime) -> Report:
    """The listing that the report waited for has come. Twice is once."""
    waiting = Report.objects.unplaced().select_for_update(of=("self",)).filter(pk=report.pk).first()
    if waiting is None:
        report.refresh_from_db()
        return report
    has_evidence = waiting.attachments.exists()
    allegation = _place(waiting, listing, has_evidence=has_evidence, actor=actor, now=now)
    if waiting.complainant is not None:
        waiting.complainant = _joined(waiting.complainant, allegation.case)
    placed = {"case": waiting.case, "allegation": allegation, "version": waiting.version}
    Report.objects.unplaced().filter(pk=waiting.pk).update(**placed, complainant=waiting.complainant)
    record("reports.report.placed", actor=actor, subject=waiting, details={"case": allegation.case_id})
    if waiting.complainant is not None:
        _confirm_receipt(waiting, waiting.complainant, now=now)
    _ask_for_review(waiting, allegation, now=now)
    report.refresh_from_db()
    return report


def _require_usable(ground: Ground, text: str) -> None:
    what = "신고를 접수하지 않았습니다."
    if not ground.is_active:
        raise DomainError(what, "지금은 쓰지 않는 신고 사유입니다.", "다른 사유를 골라 주세요.")
    if len(text) > TEXT_LENGTH:
        raise DomainError(what, f"내용이 {TEXT_LENGTH:,}자보다 깁니다.", "줄여서 적거나 파일로 내 주세요.")


def _promise_result(report: Report, now: datetime) -> None:
    """Until when the result is promised: ten business days for consumers, by law; the programme's own for the rest."""
    rules = rulesets.current("reports")
    is_consumer = report.channel in _CONSUMER_CHANNELS
    days = rules.number("consumer_result_business_days" if is_consumer else "other_complaint_business_days")
    report.result_due_at = period_business_days(now, days, calendar()).exclusive_bound
    report.rules_version = rules.version


def _place(report: Report, listing: Listing, *, has_evidence: bool, actor: Actor | None, now: datetime) -> Allegation:
    """Bind the report to the content as it stands, and to the allegation that it makes or joins."""
    assert report.ground is not None
    version = ListingVersion.objects.filter(pk=F("listing__current_version"), listing=listing).first()
    if version is None:
        raise DomainError(
            "신고를 접수하지 않았습니다.",
            f"상품 {listing.external_id}의 내용이 아직 저장되지 않았습니다.",
            "마켓플레이스가 상품을 보내면 다시 접수해 주세요.",
        )
    allegation = None if has_evidence else _decided_already(report, version)
    if allegation is None:
        allegation = cases.open_or_join(listing, brand=report.brand, ground=report.ground, actor=actor, at=now)
    report.version, report.case, report.allegation = version, allegation.case, allegation
    return allegation


def _decided_already(report: Report, version: ListingVersion) -> Allegation | None:
    """The allegation in which the same was decided of this very content. New evidence or another ground opens anew."""
    if report.channel in {Channel.SCREENING, Channel.STAY_DOWN}:
        return None
    if Case.objects.live().filter(listing=version.listing_id).exists():
        return None
    holder = report.brand.rights_holder if report.brand is not None else None
    decided = Decision.objects.final().filter(
        allegation__ground=report.ground,
        allegation__rights_holder=holder,
        allegation__case__listing=version.listing_id,
        allegation__reports__version=version,
    )
    newest = decided.order_by("-id").select_related("allegation__case").first()
    return newest.allegation if newest is not None else None


def _file(
    draft: Report, *, contact: Contact | None, files: Sequence[HandedIn], actor: Actor | None, now: datetime
) -> Report:
    draft.complainant = _complainant(contact, draft.case) if contact is not None else None
    try:
        with transaction.atomic():
            draft.save(force_insert=True)
    except IntegrityError:
        first = _earlier(draft)
        if first is None:
            raise
        return first
    attach(files, report=draft, now=now)
    details = {"case": draft.case_id, "channel": draft.channel, "match": draft.match_id, "wanted": draft.wanted}
    record("reports.report.filed", actor=actor, subject=draft, details=details, at=now)
    if draft.complainant is not None and draft.case is not None:
        _confirm_receipt(draft, draft.complainant, now=now)
    return draft


def _confirm_receipt(report: Report, complainant: Complainant, *, now: datetime) -> None:
    """That the report has come; a rights holder whose counterfeit came back is told of that instead."""
    if report.reappearance is None:
        notices.tell_complainant(NoticeKind.RECEIVED, complainant, report=report, now=now)
        return
    extra = relisting_values(report.reappearance)
    notices.tell_complainant(NoticeKind.RELISTED, complainant, report=report, extra=extra, now=now)


def relisting_values(reappearance: Reappearance) -> dict[str, object]:
    """The case in which the old listing was found a counterfeit, and how long it took to come back."""
    old = Decision.objects.filter(pk=reappearance.fingerprint.source_ref).select_related("allegation__case").first()
    number = old.allegation.case.number if old is not None else ""
    return {"old_case_number": number, "days_to_relist": reappearance.days_to_relist}


def _earlier(draft: Report) -> Report | None:
    """What was filed under the same key, or for the same match in this case, by somebody who was quicker."""
    if draft.once:
        return Report.objects.filter(once=draft.once).first()
    if draft.reappearance_id is not None:
        return Report.objects.filter(reappearance=draft.reappearance_id).first()
    if draft.match_id is not None:
        return Report.objects.filter(case=draft.case_id, match=draft.match_id).first()
    return None


def attach(files: Sequence[HandedIn], *, now: datetime, is_late: bool = False, **owner: object) -> None:
    """Bind files to the report, explanation, answer or appeal that they came with."""
    rows = [
        Attachment(file=each.file, kind=each.kind, name=each.name[:200], is_late=is_late, added_at=now, **owner)
        for each in files
    ]
    Attachment.objects.bulk_create(rows)


def _complainant(contact: Contact, case: Case | None) -> Complainant:
    """Who complains, one row an address in a case, so that nobody is told twice."""
    email = contact.email.strip().lower()
    facts = {
        "rights_holder": contact.rights_holder,
        "name": contact.name,
        "phone": contact.phone,
        "address": contact.address,
        "language": contact.language,
    }
    if not email or case is None:
        return Complainant.objects.create(case=case, email=email, **facts)
    found = Complainant.objects.filter(case=case, email__iexact=email).first()
    if found is not None:
        return found
    try:
        with transaction.atomic():
            return Complainant.objects.create(case=case, email=email, **facts)
    except IntegrityError:
        return Complainant.objects.get(case=case, email__iexact=email)


def _joined(complainant: Complainant, case: Case) -> Complainant:
    """The complainant of a report that waited, in the case that it has got: the one with that address, or this one."""
    same = Complainant.objects.filter(case=case, email__iexact=complainant.email).exclude(email="").first()
    if same is not None:
        links.hand_over(complainant, same)
        return same
    Complainant.objects.filter(pk=complainant.pk).update(case=case)
    complainant.case = case
    return complainant


def _ask_for_review(report: Report, allegation: Allegation, *, now: datetime) -> None:
    """Somebody looks at it, in the time that its channel promises."""
    if allegation.status not in {AllegationStatus.RECEIVED, AllegationStatus.UNDER_REVIEW}:
        return
    if report.channel == Channel.SCREENING:
        return  # a person has just looked at it: the match was confirmed, and the decision follows
    rules, days_off = rulesets.current("reports"), calendar()
    if report.channel == Channel.RIGHTS:
        due_at = add_business_hours(now, rules.number("verified_complaint_business_hours"), days_off)
    else:
        is_consumer = report.channel in _CONSUMER_CHANNELS
        days = rules.number("consumer_progress_business_days" if is_consumer else "other_complaint_business_days")
        due_at = period_business_days(now, days, days_off).exclusive_bound
    queue.ask(
        WorkKind.REVIEW,
        allegation=allegation,
        channel=Channel(report.channel),
        due_at=due_at,
        rules_version=rules.version,
        now=now,
    )
