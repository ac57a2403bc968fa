"""What parties read: one whole file per kind, party and language, filled in with values and nothing else. Pure.

A letter is composed from the values named in ``Values``: neither the staff's private note, nor a reporter's name, nor
a file's name is among them, so none can leave the house by a template. What one side alone may read is taken out
before the other side's template sees it. The same text is the mail, the page behind the link and the webhook.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any, Final

from django.template import Context
from django.template.loader import get_template

from reports.choices import DocumentKind, EffectKind, NoticeKind, Party
from reports.wording import LANGUAGES, Wording, language_or_default, wording
from reports.wording.safe import INDENT, QUOTE, address, block, one_line

__all__ = ["LANGUAGES", "OWED", "Letter", "Values", "compose", "language_or_default"]

_TO_BOTH: Final = (
    NoticeKind.INTERIM_RESTRICTION,
    NoticeKind.UPHELD,
    NoticeKind.REINSTATED,
    # The seller hears of a dismissal only where it is the result of an appeal or a correction.
    NoticeKind.DISMISSED,
    NoticeKind.WITHDRAWN,
    NoticeKind.TRANSFERRED,
    NoticeKind.APPEAL_RECEIVED,
    NoticeKind.APPEAL_OPENED,
)
_TO_SELLER: Final = (NoticeKind.EXPLANATION_RECEIVED, NoticeKind.EXPLANATION_EXTENDED)
_TO_REPORTER: Final = (
    NoticeKind.RETURNED,
    NoticeKind.DUPLICATE,
    NoticeKind.RECEIVED,
    NoticeKind.MORE_INFO,
    NoticeKind.ANSWER_ASKED,
    NoticeKind.ANSWER_REMINDER,
    NoticeKind.RELISTED,
)
#: Every letter that may be owed; each is written in each language.
OWED: Final = (
    *((kind, party) for kind in _TO_BOTH for party in Party),
    *((kind, Party.SELLER) for kind in _TO_SELLER),
    *((kind, Party.REPORTER) for kind in _TO_REPORTER),
)

#: What one side never reads, whatever a template asks for (design.md, "Who sees whom"). Other restrictions of the
#: listing may be another brand's; the old case of a listing that came back may be another seller's.
_UNSEEN: Final[Mapping[Party, frozenset[str]]] = {
    Party.SELLER: frozenset({"report_number", "question", "old_case_number", "days_to_relist"}),
    Party.REPORTER: frozenset({"facts", "days_lost", "repaired", "is_still_held", "zone"}),
}
#: A complainant learns what becomes of the listing; a rights holder the sanction too. Neither learns of money.
_SEEN_BY_COMPLAINANTS: Final = frozenset(
    {
        EffectKind.LISTING_RESTRICT,
        EffectKind.LISTING_REMOVE,
        EffectKind.LISTING_REINSTATE,
        EffectKind.FINGERPRINT,
        EffectKind.BUYERS_INVITE,
    }
)
_SANCTIONS: Final = frozenset({EffectKind.SELLER_STRIKE, EffectKind.SELLER_SUSPEND, EffectKind.SELLER_CLOSE})

_BLOCKS: Final[Mapping[str, str]] = {"reasoning": INDENT, "question": INDENT, "summary": QUOTE}
_ADDRESSES: Final = frozenset({"link", "listing_url"})
_HEADING: Final = "■ "
#: As much as one fact or one right may say [ours].
_SENTENCE_LENGTH: Final = 1_000


@dataclass(frozen=True, slots=True)
class Values:
    """All that a letter may say. What is ours stands as its code (``kind``, ``finding``, ``effects``, ``claim``,
    ``documents``, ``ground_code``, ``policy_code``) and is worded in the letter's language; ``rights``, ``facts``,
    ``reasoning``, ``question`` and ``summary`` stand in that language already. Times are aware."""

    case_number: str
    contact: str
    #: The listing as its marketplace names it, and the shop by its public name.
    listing_id: str = ""
    listing_title: str = ""
    listing_url: str = ""
    shop_name: str = ""
    marketplace: str = ""
    #: Whose right, and on what ground. The rights holder is named only where the allegation is a rights holder's.
    rights_holder: str = ""
    brand: str = ""
    rights: Sequence[str] = ()
    ground_code: str = ""
    policy_code: str = ""
    #: Whether the complainant who reads is the rights holder: it learns of sanctions, and is addressed as one.
    is_rights_holder: bool = False
    #: The decision: what was found, why, and whether it corrects an earlier one or follows an appeal. Of a letter
    #: about an appeal it is the contested one.
    decision_number: str = ""
    decided_at: datetime | None = None
    kind: str = ""
    finding: str = ""
    facts: Sequence[str] = ()
    reasoning: str = ""
    effects: Sequence[str] = ()
    found_by_machine: bool = False
    decided_by_machine: bool = False
    corrects_number: str = ""
    corrects_kind: str = ""
    is_appeal_result: bool = False
    #: The decision that the appeal contested; a rejected appeal leaves it as it was and corrects nothing.
    contested_number: str = ""
    was_restricted: bool = False
    #: Where other decisions still hold the listing off sale.
    is_still_held: bool = False
    days_lost: int | None = None
    #: What was put right, as the kinds of effect that were taken back, and ``record``.
    repaired: Sequence[str] = ()
    #: What the party may do, and until when; ``zone`` is the seller's own time zone. ``due_at`` is the party's own
    #: deadline, or in a confirmation the time by which the house answers. ``appeal_until`` is set only where this
    #: party may contest this decision: a letter offers no appeal otherwise.
    link: str = ""
    due_at: datetime | None = None
    appeal_until: datetime | None = None
    zone: str = "Asia/Seoul"
    #: By names of the rule set, without their area: ``explanation_business_days``, ``extension_business_days``,
    #: ``decision_business_days``, ``appeal_decision_business_days``, ``progress_business_days``, ``appeal_months``.
    terms: Mapping[str, int] = field(default_factory=dict)
    #: Between the decisions.
    report_number: str = ""
    question: str = ""
    claim: str = ""
    summary: str = ""
    documents: Mapping[str, int] = field(default_factory=dict)
    #: An explanation that came after its deadline is kept, and the seller is told so.
    is_late: bool = False
    appeal_number: str = ""
    #: A listing that came back.
    old_case_number: str = ""
    days_to_relist: int | None = None


@dataclass(frozen=True, slots=True)
class Letter:
    """``sections`` are headings with paragraphs, the first without a heading; ``text`` is the whole as a mail.

    The link stands in a paragraph of its own, so that a page behind it can leave it out. ``link`` is the same, the
    party's own key: only what goes to the party itself may carry it.
    """

    subject: str
    sections: Sequence[tuple[str, Sequence[str]]]
    text: str
    link: str = ""


def compose(kind: NoticeKind, party: Party, language: str, values: Values) -> Letter:
    """The letter in that language. Raises ``KeyError`` on a language that is not ours and
    ``TemplateDoesNotExist`` for a letter that is never owed; a test demands all that are."""
    seen = _seen_by(party, values)
    context = {"v": _safe(seen), "t": _texts(seen, wording(language)), "party": party.value}
    # Plain text: escaping would show as &quot;. What could break out of its place is taken out of the values instead.
    template = get_template(f"notices/{kind}.{party}.{language}.txt").template  # type: ignore[attr-defined]
    subject, _, body = template.render(Context(context, autoescape=False)).strip().partition("\n")
    parts = _parts(body)
    return Letter(subject=one_line(subject), sections=_sections(parts), text=_text(parts), link=address(seen["link"]))


# -- what a party sees ------------------------------------------------------------------------------------------------


def _seen_by(party: Party, values: Values) -> dict[str, Any]:
    empty = asdict(Values(case_number="", contact=""))
    seen = {name: empty[name] if name in _UNSEEN[party] else value for name, value in asdict(values).items()}
    if party == Party.REPORTER:
        allowed = _SEEN_BY_COMPLAINANTS | (_SANCTIONS if values.is_rights_holder else frozenset())
        seen["effects"] = [effect for effect in values.effects if effect in allowed]
    return seen


def _safe(seen: Mapping[str, Any]) -> dict[str, Any]:
    """The values as a template may place them anywhere: each text in one line, or as a block set apart."""
    return {name: _safe_value(name, value) for name, value in seen.items()}


def _safe_value(name: str, value: Any) -> Any:
    if name in _ADDRESSES:
        return address(value)
    if name in _BLOCKS:
        return block(value, _BLOCKS[name])
    if isinstance(value, Mapping):
        # Counts are told in words (``_texts``); a key that is no code of ours could be a file's name.
        return {}
    if isinstance(value, str):
        return one_line(value)
    return [one_line(each, _SENTENCE_LENGTH) for each in value] if isinstance(value, list | tuple) else value


def _texts(seen: Mapping[str, Any], words: Wording) -> dict[str, Any]:
    """The codes and times in words of the letter's language. An unknown code says nothing: it may be anything."""
    return _labels(seen, words) | _times(seen, words) | _terms(seen, words)


def _labels(seen: Mapping[str, Any], words: Wording) -> dict[str, Any]:
    ground, policy = words.grounds.get(seen["ground_code"]), words.policies.get(seen["policy_code"])
    return {
        "ground": ground.title if ground else "",
        "policy": policy.title if policy else "",
        "clause": policy.clause if policy else "",
        "kind": words.kinds.get(seen["kind"], ""),
        "corrects_kind": words.kinds.get(seen["corrects_kind"], ""),
        "earlier_number": one_line(seen["corrects_number"] or seen["contested_number"]),
        "is_maintained": seen["is_appeal_result"] and seen["corrects_kind"] in {"", seen["kind"]},
        "finding": words.findings.get(seen["finding"], ""),
        "claim": words.claims.get(seen["claim"], ""),
        "effects": _known(seen["effects"], words.effects),
        "repaired": _known(seen["repaired"], words.repairs),
        "documents": _documents(seen["documents"], words),
        "detection": words.detection(
            found_by_machine=seen["found_by_machine"], decided_by_machine=seen["decided_by_machine"]
        ),
    }


def _known(codes: Iterable[str], labels: Mapping[str, str]) -> list[str]:
    return [labels[code] for code in codes if code in labels]


def _documents(counts: Mapping[str, int], words: Wording) -> list[str]:
    """Kinds and counts. What is no kind of ours, such as a file's name, is counted among the others."""
    kinds: dict[str, int] = {}
    for code, count in counts.items():
        kind = code if code in words.documents else DocumentKind.OTHER.value
        kinds[kind] = kinds.get(kind, 0) + count
    return [words.counted(words.documents[kind], count) for kind, count in kinds.items() if count]


def _times(seen: Mapping[str, Any], words: Wording) -> dict[str, str]:
    zone = seen["zone"]
    return {
        "decided_at": words.moment(seen["decided_at"]) if seen["decided_at"] else "",
        "due_at": words.deadline(seen["due_at"], zone) if seen["due_at"] else "",
        "appeal_until": words.deadline(seen["appeal_until"], zone) if seen["appeal_until"] else "",
    }


def _terms(seen: Mapping[str, Any], words: Wording) -> dict[str, str]:
    terms = seen["terms"]
    days = {
        "explanation_days": "explanation_business_days",
        "extension_days": "extension_business_days",
        "decision_days": "decision_business_days",
        "appeal_days": "appeal_decision_business_days",
        "progress_days": "progress_business_days",
    }
    texts = {name: words.business_days(terms[key]) if terms.get(key) else "" for name, key in days.items()}
    texts["appeal_months"] = words.months(terms["appeal_months"]) if terms.get("appeal_months") else ""
    for name in ("days_lost", "days_to_relist"):
        texts[name] = words.days(seen[name]) if seen[name] is not None else ""
    return texts


# -- from text to sections --------------------------------------------------------------------------------------------

_Part = tuple[str, list[list[str]]]


def _parts(body: str) -> list[_Part]:
    """Headings, each with its paragraphs as lines. A heading begins its line, which no value can: it is set apart or
    stands after words of ours. A heading with nothing under it is left out."""
    parts: list[_Part] = [("", [[]])]
    for line in map(str.rstrip, body.splitlines()):
        if line.startswith(_HEADING):
            parts.append((line.removeprefix(_HEADING).strip(), [[]]))
        elif line:
            parts[-1][1][-1].append(line)
        elif parts[-1][1][-1]:
            parts[-1][1].append([])
    kept = [(heading, [lines for lines in paragraphs if lines]) for heading, paragraphs in parts]
    return [(heading, paragraphs) for heading, paragraphs in kept if paragraphs]


def _sections(parts: Sequence[_Part]) -> tuple[tuple[str, tuple[str, ...]], ...]:
    return tuple(
        (heading, tuple("\n".join(line.removeprefix(INDENT) for line in lines) for lines in paragraphs))
        for heading, paragraphs in parts
    )


def _text(parts: Sequence[_Part]) -> str:
    sections = []
    for heading, paragraphs in parts:
        said = "\n\n".join("\n".join(lines) for lines in paragraphs)
        sections.append(f"{_HEADING}{heading}\n{said}" if heading else said)
    return "\n\n".join(sections) + "\n"
