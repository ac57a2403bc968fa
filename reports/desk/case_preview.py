"""What would happen if the moderator decided so: in words, with the letters as the parties would read them.

Nothing is written: the letters are composed from a decision that is never saved, with words in the place of links.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from django.conf import settings

from reports import letters, notices
from reports.choices import DecisionKind, EffectKind, NoticeKind, Party
from reports.desk.case_offers import Answer
from reports.letters import Letter, Values
from reports.models import Allegation, Complainant, Decision
from reports.services import held, reasons, restrictions
from reports.services.decisions import Ruling

_SENTENCES: Final = {
    EffectKind.LISTING_RESTRICT: "상품의 판매를 임시로 제한합니다. 판매자에게 소명을 요청합니다.",
    EffectKind.LISTING_REMOVE: "상품의 판매를 중지합니다.",
    EffectKind.LISTING_REINSTATE: "상품의 판매를 재개합니다.",
    EffectKind.FINGERPRINT: "사진과 글의 지문을 남겨, 다시 올라오면 찾습니다.",
    EffectKind.SELLER_STRIKE: "판매자에게 벌점을 요청합니다.",
    EffectKind.SELLER_SUSPEND: "상점의 판매정지를 요청합니다.",
    EffectKind.SELLER_CLOSE: "상점의 폐쇄를 요청합니다.",
    EffectKind.PAYOUT_HOLD: "정산의 보류를 요청합니다.",
    EffectKind.BUYERS_INVITE: "이 상품을 산 다른 구매자에게 환불을 안내합니다.",
    EffectKind.RECOURSE: "환불한 금액을 판매자에게 구상합니다.",
}
_STILL_HELD: Final = "다른 결정이 이 상품을 붙들고 있어 판매는 계속 제한됩니다."
#: Where the party's own key would stand.
_KEY: Final = "당사자의-열쇠"
_NUMBER: Final = "(결정하면 정해집니다)"


@dataclass(frozen=True, slots=True)
class LetterView:
    """A letter and who would get it."""

    to: str
    language: str
    letter: Letter


@dataclass(frozen=True, slots=True)
class Consequences:
    """What would happen. ``holds`` says why a second person must agree first; empty where nobody need."""

    effects: Sequence[str]
    told: Sequence[str]
    holds: Sequence[str]
    undo_seconds: int
    letters: Sequence[LetterView] = ()


def consequences(
    allegation: Allegation,
    answer: Answer,
    ruling: Ruling,
    *,
    now: datetime,
    has_letters: bool = True,
    holds: Sequence[str] | None = None,
) -> Consequences:
    """What the ruling would bring about. ``holds`` where the caller knows already why a second person is asked."""
    prepared = reasons.translations_of(
        allegation,
        kind=ruling.kind,
        finding=ruling.finding,
        policy=ruling.policy,
        reasoning=ruling.reasoning,
        report=None,
    )
    ruling = replace(ruling, translations=prepared | dict(ruling.translations))
    decision = _unsaved(allegation, answer, ruling, now=now)
    is_still_held = EffectKind.LISTING_REINSTATE in ruling.wanted_effects and _is_held_by_others(allegation)
    people = list(Complainant.objects.of(allegation))
    reachable = [person for person in people if person.email]
    tells_seller = notices.seller_hears(decision)
    return Consequences(
        effects=[*_effects(ruling, is_still_held=is_still_held), *_fate(answer)],
        told=_told(allegation, tells_seller=tells_seller, people=people, reachable=reachable),
        holds=held.hold_reasons(allegation, ruling) if holds is None else holds,
        undo_seconds=int(restrictions.undo_period().total_seconds()),
        letters=_letters(decision, reachable, tells_seller=tells_seller, is_still_held=is_still_held, now=now)
        if has_letters
        else (),
    )


def _unsaved(allegation: Allegation, answer: Answer, ruling: Ruling, *, now: datetime) -> Decision:
    """The decision as it would be, without a number."""
    return Decision(
        pk=0,
        allegation=allegation,
        kind=ruling.kind,
        finding=ruling.finding,
        policy=ruling.policy,
        reasoning=ruling.reasoning,
        translations=dict(ruling.translations),
        effects=sorted(ruling.wanted_effects),
        came_from=allegation.status,
        corrects=answer.corrects or (answer.appeal.contested if answer.appeal and not answer.confirms else None),
        appeal=answer.appeal,
        decided_at=now,
    )


def _is_held_by_others(allegation: Allegation) -> bool:
    holding = Decision.objects.holding(allegation.case.listing).exclude(allegation=allegation)
    removing = Decision.objects.removing(allegation.case.listing).exclude(allegation=allegation)
    return holding.exists() or removing.exists()


def _effects(ruling: Ruling, *, is_still_held: bool) -> list[str]:
    wanted = [effect for effect in EffectKind if effect in ruling.wanted_effects]
    return [
        _STILL_HELD if effect == EffectKind.LISTING_REINSTATE and is_still_held else _SENTENCES[effect]
        for effect in wanted
    ]


def _fate(answer: Answer) -> list[str]:
    """What becomes of the matter itself, where no effect says it."""
    if answer.confirms:
        return ["지금의 결정이 그대로 남고, 이의제기가 끝납니다."]
    if answer.appeal is not None or answer.corrects is not None:
        return ["앞선 결정을 고친 새 결정이 남습니다. 앞선 결정으로 요청한 제재는 거두어집니다."]
    return ["이 신고로 시작한 절차가 끝납니다."] if answer.kind != DecisionKind.INTERIM_RESTRICTION else []


def _told(
    allegation: Allegation, *, tells_seller: bool, people: Sequence[Complainant], reachable: Sequence[Complainant]
) -> list[str]:
    seller, marketplace = allegation.case.listing.seller, allegation.case.listing.marketplace
    told = []
    if tells_seller and (seller.email or notices.tells_sellers(marketplace)):
        told.append(f"판매자 {seller.shop_name}에게 알립니다({seller.get_language_display()}).")
    elif tells_seller:
        told.append("판매자의 연락처가 없어 알리지 못합니다. 연락할 길을 확인하는 일이 생깁니다.")
    else:
        told.append("판매자에게는 알리지 않습니다.")
    if reachable:
        told.append(f"신고인 {len(reachable):,}명에게 알립니다.")
    if len(people) > len(reachable):
        told.append(f"신고인 {len(people) - len(reachable):,}명은 이메일이 없어 알리지 못합니다.")
    return told


def _letters(
    decision: Decision,
    reachable: Sequence[Complainant],
    *,
    tells_seller: bool,
    is_still_held: bool,
    now: datetime,
) -> list[LetterView]:
    """The seller's letter, and one in each language in which complainants read."""
    kind, found = NoticeKind(decision.kind), []
    if tells_seller:
        language = letters.language_or_default(decision.allegation.case.listing.seller.language)
        values = reasons.values_for_seller(
            decision, language=language, is_still_held=is_still_held, now=now, link=_link("seller")
        )
        found.append(_letter("판매자", kind, Party.SELLER, language, values))
    by_language = {letters.language_or_default(person.language): person for person in reachable}
    for language, complainant in by_language.items():
        values = reasons.values_for_complainant(
            decision.allegation,
            complainant,
            decision=decision,
            report=None,
            language=language,
            is_still_held=is_still_held,
            extra={},
            now=now,
            link=_link("track"),
        )
        found.append(_letter("신고인", kind, Party.REPORTER, language, values))
    return found


def _link(door: str) -> str:
    return f"{settings.SITE_ORIGIN}/{door}/{_KEY}/"


def _letter(to: str, kind: NoticeKind, party: Party, language: str, values: Values) -> LetterView:
    letter = letters.compose(kind, party, language, replace(values, decision_number=_NUMBER))
    return LetterView(to, _LANGUAGES.get(language, language), letter)


_LANGUAGES: Final = {"ko": "한국어", "en": "영어", "zh-hans": "중국어"}
