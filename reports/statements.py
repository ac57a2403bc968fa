"""The statement of reasons that comes with every decision, as the seller and its marketplace read it. Pure.

It says the facts, the ground and the clause, whether a machine found and whether a machine decided, what is restricted,
how to contest it and until when. It is built from what is named here and nothing else: neither the staff's private
note nor a reporter is an argument, and of the brand's material it says no name, number or measure.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, TypeVar

from reports.choices import DecisionKind
from reports.rules import FINDINGS
from reports.wording import Offered, Wording, wording
from reports.wording.base import Periods

FORMAT: Final = 1
LANGUAGE: Final = "ko"

Found = TypeVar("Found")

#: What a listing says, by the field that a signal names, as staff read it.
FIELD_WORDS: Final = wording(LANGUAGE).fields
#: More than this in one sentence is not read; the rest is counted.
_SHOWN_WORDS: Final = 5
#: Two for the kind, seven for the right, four for its part (korea.md §2).
_REGISTER_DIGITS: Final = 13


@dataclass(frozen=True, slots=True)
class Restricted:
    """The listing that is restricted, as it stood."""

    listing: str
    title: str
    url: str


@dataclass(frozen=True, slots=True)
class Claim:
    """Whose right is at stake, and which clause the decision cites."""

    rights_holder: str
    brand: str
    rights: tuple[str, ...]
    ground_code: str
    ground_title: str
    policy_code: str
    policy_title: str
    policy_clause: str


@dataclass(frozen=True, slots=True)
class Terms:
    """How long the seller has, by the rule set of that version, and where it may turn."""

    explanation_business_days: int
    extension_business_days: int
    decision_business_days: int
    appeal_months: int
    rules_version: int
    contact: str


@dataclass(frozen=True, slots=True)
class Ruling:
    """The decision itself, with its codes. The numbers are empty in a preview: they are given when it is made."""

    reasoning: str
    decided_at: datetime | None = None
    decision_number: str = ""
    case_number: str = ""
    kind: str = DecisionKind.INTERIM_RESTRICTION
    finding: str = ""
    effects: Sequence[str] = ()
    corrects_number: str = ""


def right_text(kind: str, number: str) -> str:
    """``상표권 40-1234567``: the register's 13 digits as a person writes them."""
    if len(number) == _REGISTER_DIGITS and number.isdigit():
        part = "" if number.endswith("0000") else f"-{number[9:]}"
        number = f"{number[:2]}-{number[2:9]}{part}"
    return f"{kind} {number}".strip()


def facts_of(
    signals: Sequence[Mapping[str, Any]], positions: Mapping[int, int], language: str = LANGUAGE
) -> tuple[str, ...]:
    """What was found, in sentences. ``positions`` gives each listing picture's place, from 0.

    Scores, distances and the reference's name stay inside: they would teach how to pass next time. A signal that was
    found harmless for this content before is no fact against the seller.
    """
    words = wording(language)
    counted = [signal for signal in signals if not signal.get("is_rejected")]
    sentences = (_pictures(counted, positions, words), *_words(counted, words), _price(counted, words))
    return tuple(sentence for sentence in sentences if sentence)


def reported_facts(count: int, *, by_rights_holder: bool, language: str = LANGUAGE) -> tuple[str, ...]:
    """That people reported, and whether the rights holder was among them; never who."""
    return (wording(language).reported(count, by_rights_holder=by_rights_holder),) if count else ()


def _pictures(signals: Sequence[Mapping[str, Any]], positions: Mapping[int, int], words: Wording) -> str:
    places = {positions[signal["image_id"]] + 1 for signal in _of(signals, "image") if signal["image_id"] in positions}
    return words.pictures_alike(sorted(places)) if places else ""


def _words(signals: Sequence[Mapping[str, Any]], words: Wording) -> list[str]:
    sentences = []
    for field in FIELD_WORDS:
        names = _distinct((s["found"], s["name"]) for s in _of(signals, "text") if s["field"] == field)
        codes = _distinct(s["found"] for s in _of(signals, "code_word") if s["field"] == field)
        if names:
            sentences.append(words.names_found(field, names[:_SHOWN_WORDS], _rest(names)))
        if codes:
            sentences.append(words.code_words_found(field, codes[:_SHOWN_WORDS], _rest(codes)))
    return sentences


def _price(signals: Sequence[Mapping[str, Any]], words: Wording) -> str:
    return words.price_is_low() if _of(signals, "price") else ""


def _of(signals: Sequence[Mapping[str, Any]], kind: str) -> list[Mapping[str, Any]]:
    return [signal for signal in signals if signal["kind"] == kind]


def _distinct(found: Iterable[Found]) -> list[Found]:
    return list(dict.fromkeys(found))


def _rest(found: Sequence[object]) -> int:
    return max(0, len(found) - _SHOWN_WORDS)


# -- the reasoning that is offered ------------------------------------------------------------------------------------


def offered_reasoning(
    kind: str, finding: str, claim: Claim, facts: Sequence[str], language: str = LANGUAGE, *, is_authorised: bool
) -> str:
    """What the moderator may send as it stands, or edit: the values are filled in.

    Empty for a decision that cannot be made, such as an upheld one without a finding: the form then offers nothing.
    """
    allowed = {code.value: findings for code, findings in FINDINGS.items()}.get(kind, ("",))
    if finding not in allowed:
        return ""
    words = wording(language)
    offered = Offered(
        brand=claim.brand,
        ground_code=claim.ground_code,
        ground_title=_ground_title(claim, words),
        policy_title=_policy(claim, words)[0],
        facts=facts,
        is_authorised=is_authorised,
    )
    return words.reasoning(kind, finding, offered)


def default_reasoning(claim: Claim, facts: Sequence[str], language: str = LANGUAGE, *, is_authorised: bool) -> str:
    """What is offered for an interim restriction."""
    return offered_reasoning(DecisionKind.INTERIM_RESTRICTION, "", claim, facts, language, is_authorised=is_authorised)


# -- the statement ----------------------------------------------------------------------------------------------------


def build(
    restricted: Restricted,
    claim: Claim,
    ruling: Ruling,
    terms: Terms,
    *,
    facts: Sequence[str],
    language: str = LANGUAGE,
    found_by_machine: bool = True,
    decided_by_machine: bool = False,
) -> dict[str, Any]:
    """The statement as JSON: codes and numbers for programs, sentences for people in that language.

    ``facts``, ``ruling.reasoning`` and ``claim.rights`` stand in that language already.
    """
    words = wording(language)
    policy_title, policy_clause = _policy(claim, words)
    return {
        "format": FORMAT,
        "language": language,
        "decision": ruling.decision_number,
        "case": ruling.case_number,
        "decided_at": ruling.decided_at.isoformat() if ruling.decided_at else None,
        "corrects": ruling.corrects_number,
        "listing": {"id": restricted.listing, "title": restricted.title, "url": restricted.url},
        "rights_holder": claim.rights_holder,
        "brand": claim.brand,
        "rights": list(claim.rights),
        "ground": {"code": claim.ground_code, "title": _ground_title(claim, words)},
        "policy": {"code": claim.policy_code, "title": policy_title, "clause": policy_clause},
        "facts": list(facts),
        "finding": {"code": ruling.finding, "text": words.findings.get(ruling.finding, "")},
        "reasoning": ruling.reasoning,
        "detection": {
            "found_by_machine": found_by_machine,
            "decided_by_machine": decided_by_machine,
            "text": words.detection(found_by_machine=found_by_machine, decided_by_machine=decided_by_machine),
        },
        "restriction": _restriction(ruling, words),
        "effects": [{"kind": kind, "text": words.effects.get(kind, "")} for kind in ruling.effects],
        "contest": _contest(ruling.kind, terms, words),
    }


def _ground_title(claim: Claim, words: Wording) -> str:
    """As published in that language. In Korean, and for a ground that the code has dropped, the row's own words."""
    ground = words.grounds.get(claim.ground_code)
    return claim.ground_title if ground is None or words.code == LANGUAGE else ground.title


def _policy(claim: Claim, words: Wording) -> tuple[str, str]:
    policy = words.policies.get(claim.policy_code)
    if policy is None or words.code == LANGUAGE:
        return claim.policy_title, claim.policy_clause
    return policy.title, policy.clause


def _restriction(ruling: Ruling, words: Wording) -> dict[str, Any]:
    text, until = words.restriction(ruling.kind, ruling.decided_at)
    return {"kind": str(ruling.kind), "scope": "listing", "ends_at": None, "text": text, "until": until}


def _contest(kind: str, terms: Terms, words: Wording) -> dict[str, Any]:
    """The periods as numbers and in words: an explanation against a restriction, an appeal against the rest."""
    periods = Periods(
        explanation=terms.explanation_business_days,
        extension=terms.extension_business_days,
        decision=terms.decision_business_days,
        appeal_months=terms.appeal_months,
        contact=terms.contact,
    )
    is_interim = kind == DecisionKind.INTERIM_RESTRICTION
    return {
        "explanation_business_days": terms.explanation_business_days,
        "extension_business_days": terms.extension_business_days,
        "decision_business_days": terms.decision_business_days,
        "appeal_months": terms.appeal_months,
        "rules_version": terms.rules_version,
        "contact": terms.contact,
        "texts": words.contest_restriction(periods) if is_interim else words.contest_decision(periods),
    }


def sections(statement: Mapping[str, Any]) -> list[tuple[str, list[str]]]:
    """The statement as headings with paragraphs, in the order in which it is read. What is not known is left out.

    Statements of earlier releases, which named neither finding nor effects, are read too: they are never rewritten.
    """
    words = wording(statement["language"])
    is_interim = statement["restriction"]["kind"] == DecisionKind.INTERIM_RESTRICTION
    headings = words.headings if is_interim else words.final_headings
    listing, policy = statement["listing"], statement["policy"]
    said = [
        (headings.listing, [words.listing_line(listing["title"], listing["id"])]),
        (headings.rights_holder, [_holder_line(statement)]),
        (headings.ground, [statement["ground"]["title"]]),
        (headings.clause, [words.clause_line(policy["title"], policy["clause"])]),
        (headings.facts, list(statement["facts"])),
        (headings.reasoning, _reasons(statement, words)),
        (headings.detection, [statement["detection"]["text"]]),
        (headings.restriction, _restrictions(statement)),
        (headings.contest, list(statement["contest"]["texts"])),
    ]
    told = [(heading, [paragraph for paragraph in paragraphs if paragraph]) for heading, paragraphs in said]
    return [(heading, paragraphs) for heading, paragraphs in told if paragraphs]


def _holder_line(statement: Mapping[str, Any]) -> str:
    rights = f" ({', '.join(statement['rights'])})" if statement["rights"] else ""
    names = " · ".join(name for name in (statement["rights_holder"], statement["brand"]) if name)
    return f"{names}{rights}" if names else ""


def _reasons(statement: Mapping[str, Any], words: Wording) -> list[str]:
    corrected = statement.get("corrects", "")
    return [
        words.correction(corrected) if corrected else "",
        statement.get("finding", {}).get("text", ""),
        statement["reasoning"],
    ]


def _restrictions(statement: Mapping[str, Any]) -> list[str]:
    """The text of the restriction says what becomes of the listing; the other effects follow it."""
    restriction = statement["restriction"]
    further = [effect["text"] for effect in statement.get("effects", ()) if not effect["kind"].startswith("listing.")]
    return [restriction["text"], *further, restriction["until"]]
