"""What parties are told: composed once, written with the change that owes it, and sent by the outbox.

News of a decision goes to the seller and to every complainant who left an address, once each. It leaves when the
decision's effects do; undone before that, it is void and was never sent. A seller's notice goes to its mailbox and, as
a webhook, to its marketplace, which may show it; a marketplace that has chosen so is asked to deliver it as well. A
complainant's goes to the complainant alone.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Final

from django.db import IntegrityError, transaction

from accounts import relays, webhooks
from accounts.choices import RecipientKind
from accounts.endpoints import hears
from accounts.models import Marketplace, RelayedNotice
from accounts.relays import Recipient, Told
from core import outbox, rulesets
from core.actors import Actor
from core.journal import record
from core.models import OutboxMessage
from reports import letters
from reports.choices import DecisionKind, NoticeKind, NoticeStatus, Party
from reports.letters import Letter
from reports.models import Allegation, Complainant, Decision, Notice, Report
from reports.rules import RESTRICTING_STATUSES
from reports.services import reasons
from reports.wording import language_or_default
from sellers.models import Seller

FORMAT: Final = 2
#: What the seller hears of. It was never told of an allegation that ended before any restriction.
_SELLER_HEARS: Final = frozenset({DecisionKind.INTERIM_RESTRICTION, DecisionKind.UPHELD, DecisionKind.REINSTATED})


# -- news of a decision -----------------------------------------------------------------------------------------------


def seller_statement(decision: Decision, *, is_still_held: bool, now: datetime) -> tuple[dict[str, Any], Letter]:
    """The statement of reasons as the seller and its marketplace read it, and the letter that carries it."""
    allegation = decision.allegation
    seller = allegation.case.listing.seller
    language = language_or_default(seller.language)
    values = reasons.values_for_seller(decision, language=language, is_still_held=is_still_held, now=now)
    letter = letters.compose(NoticeKind(decision.kind), Party.SELLER, language, values)
    return reasons.statement_of(decision, language=language) | _letter_json(letter, language, values.link), letter


def tell_of_decision(
    decision: Decision,
    *,
    statement: Mapping[str, Any],
    letter: Letter | None,
    is_still_held: bool,
    now: datetime,
    actor: Actor | None,
) -> None:
    """Owe both sides the news, in the transaction of the decision; ``letter`` is ``None`` where the seller hears
    nothing of it."""
    leaves_at = now + timedelta(seconds=rulesets.current("core").number("undo_seconds"))
    if letter is not None:
        _owe(
            f"decision:{decision.pk}:seller",
            NoticeKind(decision.kind),
            allegation=decision.allegation,
            decision=decision,
            statement=dict(statement),
            letter=letter,
            leaves_at=leaves_at,
            now=now,
            actor=actor,
        )
    for complainant in Complainant.objects.of(decision.allegation).reachable():
        tell_complainant(
            NoticeKind(decision.kind),
            complainant,
            decision=decision,
            is_still_held=is_still_held,
            leaves_at=leaves_at,
            now=now,
            actor=actor,
        )


def seller_hears(decision: Decision) -> bool:
    """Whether the seller is told: of what touches the listing, and of the end of what it was told of before."""
    if decision.kind in _SELLER_HEARS or decision.corrects_id is not None or decision.appeal_id is not None:
        return True
    return decision.came_from in RESTRICTING_STATUSES


def seller_was_told(allegation: Allegation) -> bool:
    """Whether the seller knows of the allegation at all."""
    return Notice.objects.standing().filter(allegation=allegation, party=Party.SELLER).exists()


def tell_complainant(
    kind: NoticeKind,
    complainant: Complainant,
    *,
    now: datetime,
    decision: Decision | None = None,
    report: Report | None = None,
    allegation: Allegation | None = None,
    about: str = "",
    extra: Mapping[str, Any] | None = None,
    is_still_held: bool = False,
    leaves_at: datetime | None = None,
    actor: Actor | None = None,
) -> Notice | None:
    """Owe one complainant a letter; ``None`` where there is no address to send it to.

    ``about`` makes the key of what may be told several times, such as a question; a decision and a report make their
    own.
    """
    if not complainant.email or complainant.case_id is None:
        return None
    allegation = _allegation_of(decision, report, allegation)
    language = language_or_default(complainant.language)
    values = reasons.values_for_complainant(
        allegation,
        complainant,
        decision=decision,
        report=report,
        language=language,
        is_still_held=is_still_held,
        extra=extra or {},
        now=now,
    )
    letter = letters.compose(kind, Party.REPORTER, language, values)
    named = (
        f"decision:{decision.pk}" if decision is not None else f"report:{report.pk}" if report is not None else about
    )
    return _owe(
        f"{named}:{kind}:c{complainant.pk}",
        kind,
        allegation=allegation,
        decision=decision,
        complainant=complainant,
        statement=_letter_json(letter, language, values.link),
        letter=letter,
        leaves_at=leaves_at or now,
        now=now,
        actor=actor,
    )


def tell_seller(
    kind: NoticeKind,
    allegation: Allegation,
    *,
    about: str,
    now: datetime,
    extra: Mapping[str, Any] | None = None,
    actor: Actor | None = None,
) -> Notice:
    """Owe the seller a letter between the decisions, such as that its explanation has come."""
    language = language_or_default(allegation.case.listing.seller.language)
    values = reasons.values_between(allegation, language=language, extra=extra or {}, now=now)
    letter = letters.compose(kind, Party.SELLER, language, values)
    return _owe(
        f"{about}:{kind}:seller",
        kind,
        allegation=allegation,
        statement=_letter_json(letter, language, values.link),
        letter=letter,
        leaves_at=now,
        now=now,
        actor=actor,
    )


def void(decision: Decision, *, actor: Actor | None) -> None:
    """The decision was undone: its news is not sent. What has left by then cannot be called back."""
    for notice in decision.notices.all():
        for message in OutboxMessage.objects.about(notice):
            outbox.cancel_where(message, OutboxMessage.objects.waiting(), actor=actor)
        if Notice.objects.owed().filter(pk=notice.pk).update(status=NoticeStatus.VOID):
            record("reports.notice.voided", actor=actor, subject=notice, details={"decision": decision.pk})


# -- the one way in which a notice comes to be ------------------------------------------------------------------------


def _owe(
    key: str,
    kind: NoticeKind,
    *,
    allegation: Allegation,
    statement: dict[str, Any],
    letter: Letter,
    leaves_at: datetime,
    now: datetime,
    decision: Decision | None = None,
    complainant: Complainant | None = None,
    actor: Actor | None = None,
) -> Notice:
    """One notice and its messages; owed already under this key, it is the row of the first call."""
    party = Party.SELLER if complainant is None else Party.REPORTER
    try:
        with transaction.atomic():
            notice = Notice.objects.create(
                case_id=allegation.case_id,
                allegation=allegation,
                decision=decision,
                kind=kind,
                party=party,
                complainant=complainant,
                key=key,
                language=statement["language"],
                statement=statement,
                created_at=now,
            )
    except IntegrityError:
        return Notice.objects.get(key=key)
    _send(notice, letter, leaves_at=leaves_at, now=now, actor=actor)
    details = {"decision": decision and decision.pk, "party": party.value, "kind": kind.value}
    record("reports.notice.owed", actor=actor, subject=notice, details=details)
    return notice


def _send(notice: Notice, letter: Letter, *, leaves_at: datetime, now: datetime, actor: Actor | None) -> None:
    listing = notice.case.listing
    email = notice.complainant.email if notice.complainant is not None else listing.seller.email
    if email:
        notice.mail = outbox.post(
            channel="mail",
            destination=email,
            message_type=f"notice.{notice.kind}",
            payload={"to": [email], "subject": letter.subject, "text": letter.text},
            key=f"notice:{notice.pk}:mail",
            subject=notice,
            not_before=leaves_at,
        )
    if notice.complainant is None:
        told = webhooks.tell(
            listing.marketplace,
            "notice.seller",
            {
                "notice": notice.pk,
                "kind": notice.kind,
                "seller": listing.seller.external_id,
                "listing": listing.external_id,
                "statement": notice.statement,
            },
            key=f"notice:{notice.pk}:webhook",
            subject=notice,
            not_before=leaves_at,
        )
        notice.webhook = told[0] if told else None
        notice.relay = _relay(notice, letter, leaves_at=leaves_at, now=now, actor=actor)
    notice.save(update_fields=["mail", "webhook", "relay"])


def _relay(
    notice: Notice, letter: Letter, *, leaves_at: datetime, now: datetime, actor: Actor | None
) -> RelayedNotice | None:
    """Where the marketplace delivers to its sellers: the seller's own letter, with the key that opens its page."""
    seller = notice.case.listing.seller
    return relays.ask(
        seller.marketplace,
        _as_recipient(seller),
        Told(
            kind=notice.kind,
            language=notice.language,
            subject=letter.subject,
            sections=notice.statement["sections"],
            text=letter.text,
            link=letter.link,
        ),
        key=f"notice:{notice.pk}:notify",
        subject=notice,
        leaves_at=leaves_at,
        now=now,
        actor=actor,
    )


def tells_sellers(marketplace: Marketplace) -> bool:
    """Whether a seller without a mailbox hears of its matter by its marketplace, one way or the other."""
    someone = Recipient(RecipientKind.SELLER, "", has_address=False)
    return hears(marketplace, "notice.seller") or relays.reaches(marketplace, someone)


def _as_recipient(seller: Seller) -> Recipient:
    return Recipient(RecipientKind.SELLER, seller.external_id, has_address=bool(seller.email))


def _letter_json(letter: Letter, language: str, link: str) -> dict[str, Any]:
    """What is kept of a letter, and what a marketplace may show. The link, the party's key, stands in what is delivered
    to the party alone."""
    sections = [
        [heading, [each for each in paragraphs if not link or link not in each]]
        for heading, paragraphs in letter.sections
    ]
    return {"format": FORMAT, "language": language, "subject": letter.subject, "sections": sections}


def _allegation_of(decision: Decision | None, report: Report | None, allegation: Allegation | None) -> Allegation:
    found = decision.allegation if decision is not None else report.allegation if report is not None else allegation
    assert found is not None
    return found
