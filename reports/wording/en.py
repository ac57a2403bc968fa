"""English, for sellers and complainants who do not read Korean. Plain words; legal terms as in Korean practice."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import Final

from core import korean
from reports.wording.base import (
    COUNTERFEIT_GROUNDS,
    SEOUL_NAME,
    GroundWords,
    Headings,
    Offered,
    Periods,
    PolicyWords,
    StageWords,
    Wording,
    in_zone,
    last_moment,
    other_clock,
)

_WEEKDAYS: Final = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_MONTHS: Final = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)


class English(Wording):
    """British spelling, dates in full so that no reader swaps day and month."""

    code = "en"

    grounds = {
        "counterfeit": GroundWords(
            "Counterfeit (shown by its features)",
            "Goods that bear a registered trade mark without authority, where the pictures or the description show "
            "how they differ from the genuine article.",
        ),
        "nonexistent_model": GroundWords(
            "Model that does not exist",
            "A model, colour or type that the rights holder never made is sold as goods of that brand.",
        ),
        "test_purchase": GroundWords(
            "Counterfeit confirmed by test purchase",
            "Goods that were bought and found to be counterfeit by the rights holder or an independent body.",
        ),
        "trademark_use": GroundWords(
            "Unauthorised use of a trade mark",
            "A sign identical or similar to a registered trade mark is used without authority for identical or similar "
            "goods.",
        ),
        "design": GroundWords(
            "Design infringement",
            "Goods of a design identical or similar to a registered design are sold without authority.",
        ),
        "copyright": GroundWords(
            "Copyright infringement",
            "Photographs, drawings, text or other works are used without permission. The procedure of Article 103 of "
            "the Korean Copyright Act applies.",
        ),
        "dead_copy": GroundWords(
            "Imitation of shape",
            "Goods imitate the shape of goods first sold less than three years ago (Korean Unfair Competition "
            "Prevention Act, Article 2(1)(i)).",
        ),
        "patent": GroundWords("Patent infringement", "Goods work a registered patent without authority."),
        "utility_model": GroundWords(
            "Utility model infringement", "Goods work a registered utility model without authority."
        ),
        "trade_secret": GroundWords(
            "Trade secret infringement", "Goods were made by the improper use of a trade secret."
        ),
        "publicity_right": GroundWords(
            "Unauthorised use of a person's likeness or name",
            "The likeness, name or similar of a widely known person is used commercially without permission.",
        ),
    }
    policies = {
        "counterfeit_sale": PolicyWords(
            "No sale of counterfeit goods",
            "A seller may not list or sell goods that bear another person's registered trade mark without authority. "
            "Where there are specific grounds to suspect counterfeit goods, the sale is restricted for the time being "
            "and the seller is heard.",
        ),
        "nonexistent_model": PolicyWords(
            "No sale of models that do not exist",
            "Goods that the rights holder never made may not be sold as goods of that brand.",
        ),
        "test_purchase": PolicyWords(
            "No sale of counterfeits confirmed by test purchase",
            "Goods confirmed as counterfeit by a test purchase may not be sold. A sanction before the final decision "
            "is approved by two people.",
        ),
        "trademark_use": PolicyWords(
            "No unauthorised use of trade marks",
            "A sign identical or similar to a registered trade mark may not be used without authority in a listing's "
            "title, description or pictures. Resale of genuine goods, and what is needed to say that goods are "
            "compatible, are excepted.",
        ),
        "design": PolicyWords(
            "No infringement of designs",
            "Goods of a design identical or similar to a registered design may not be sold without authority.",
        ),
        "copyright": PolicyWords(
            "No unauthorised use of works",
            "Another person's photographs, drawings, text or other works may not be used in a listing without "
            "permission.",
        ),
        "dead_copy": PolicyWords(
            "No imitation of shape", "Goods that imitate the shape of another person's goods may not be sold."
        ),
        "patent": PolicyWords(
            "No infringement of patents", "Goods that work a patent without authority may not be sold."
        ),
        "utility_model": PolicyWords(
            "No infringement of utility models", "Goods that work a utility model without authority may not be sold."
        ),
        "trade_secret": PolicyWords(
            "No infringement of trade secrets",
            "Goods made by the improper use of a trade secret may not be sold.",
        ),
        "publicity_right": PolicyWords(
            "No unauthorised use of a person's likeness or name",
            "Another person's likeness, name or similar may not be used in goods or a listing without permission.",
        ),
    }
    kinds = {
        "interim_restriction": "Interim restriction of sale",
        "upheld": "Removal from sale confirmed",
        "reinstated": "Listing reinstated",
        "dismissed": "Report dismissed",
        "returned": "Report returned",
        "transferred": "Report transferred",
        "duplicate": "Duplicate report",
        "withdrawn": "Report withdrawn",
        "undone": "Decision undone",
    }
    findings = {
        "counterfeit_confirmed": "The goods were found to be counterfeit.",
        "other_infringement": "The goods were not found to be counterfeit, but they infringe a right.",
        "not_infringing": "The goods were found not to infringe the right.",
        "inconclusive": "On the material submitted it could not be decided whether the goods infringe.",
    }
    effects = {
        "listing.restrict": "The sale of this listing is restricted for the time being.",
        "listing.remove": "This listing is removed from sale.",
        "listing.reinstate": "The restriction in question is lifted.",
        "fingerprint.keep": "It is checked whether the same goods are listed again.",
        "seller.strike": "Penalty points are recorded against the shop.",
        "seller.suspend": "The shop's sales are suspended for a time.",
        "seller.close": "The shop is closed.",
        "payout.hold": "Payouts to the shop are held back.",
        "buyers.invite": "Other buyers of this listing are told how to get a refund.",
        "recourse.open": "Amounts refunded to buyers may be claimed from the seller.",
    }
    repairs = {
        "listing.reinstate": "The restriction of the listing was lifted.",
        "listing.restrict": "The restriction of the listing was lifted.",
        "listing.remove": "The removal of the listing was cancelled.",
        "fingerprint.keep": "The listing's material is no longer used to detect goods that are listed again.",
        "seller.strike": "The penalty points were cancelled.",
        "seller.suspend": "The suspension of the shop was cancelled.",
        "seller.close": "The closure of the shop was cancelled.",
        "payout.hold": "The hold on payouts was lifted.",
        "buyers.invite": "Buyers who were told of the first decision are told of the change.",
        "recourse.open": "The claim for refunded amounts was cancelled.",
        "record": "The record of the report's accuracy was corrected.",
    }
    claims = {
        "genuine": "The goods are genuine and their supply chain can be shown",
        "parallel_import": "The goods are genuine parallel imports",
        "authorised": "The rights holder has given permission",
        "not_infringing": "There is no infringement",
        "corrected": "The fault has been corrected",
        "other": "Another explanation",
    }
    documents = {
        "invoice": "transaction statement or invoice",
        "import_declaration": "import declaration",
        "authorisation": "proof of authority to sell",
        "photo": "photograph",
        "capture": "screen capture",
        "other": "other material",
    }
    stages = {
        "received": StageWords("Received", "The report has arrived. It will be examined shortly."),
        "under_review": StageWords("Under review", "A member of staff is examining the report."),
        "more_info_requested": StageWords(
            "More information", "The complainant was asked for more information; the answer is awaited."
        ),
        "restricted": StageWords("Sale restricted", "The sale is restricted until there is a final decision."),
        "explanation_requested": StageWords(
            "Explanation requested", "The seller was asked for an explanation; the answer is awaited."
        ),
        "explanation_review": StageWords(
            "Explanation under review", "A member of staff is examining the seller's explanation."
        ),
        "upheld": StageWords("Removed from sale", "The report was upheld and the listing removed from sale."),
        "reinstated": StageWords("Reinstated", "The restriction was lifted."),
        "dismissed": StageWords("Dismissed", "The report was examined and not upheld."),
        "closed": StageWords("Closed", "The matter is closed."),
        "returned": StageWords("Returned", "The report was returned because a requirement was not met."),
        "withdrawn": StageWords("Withdrawn", "The report was withdrawn."),
        "transferred": StageWords("Transferred", "The matter was passed on to another procedure."),
        "duplicate": StageWords("Duplicate", "The report is handled together with another one on the same matter."),
    }
    rights = {
        "trademark": "Trade mark",
        "design": "Design",
        "copyright": "Copyright",
        "patent": "Patent",
        "utility_model": "Utility model",
        "unregistered": "Unregistered sign (unfair competition)",
    }
    zones = {"Asia/Seoul": "Korea"}
    headings = Headings(
        listing="Restricted listing",
        rights_holder="Rights holder",
        ground="Ground",
        clause="Clause",
        facts="Facts",
        reasoning="Reasons for the decision",
        detection="How it was found and decided",
        restriction="What is restricted, and for how long",
        contest="How to contest it, and until when",
    )
    final_headings = replace(headings, listing="Listing", restriction="What was decided, and for how long")
    fields = {"title": "title", "description": "description"}

    def day(self, day: date) -> str:
        return f"{_WEEKDAYS[day.weekday()]} {day.day} {_MONTHS[day.month - 1]} {day.year}"

    def moment(self, moment: datetime, zone: str = SEOUL_NAME) -> str:
        local = in_zone(moment, zone)
        return f"{local:%H:%M} on {self.day(local.date())}"

    def deadline(self, bound: datetime, zone: str = SEOUL_NAME) -> str:
        last, other = last_moment(bound), other_clock(bound, zone)
        there = f", which is {other.time} on {self.day(other.day)} in {self.zone(zone)}" if other else ""
        return f"by {last.time} on {self.day(last.day)} (Korea time){there}"

    def money(self, minor: int, currency: str) -> str:
        return f"KRW {minor:,}" if currency == "KRW" else korean.money(minor, currency)

    def business_days(self, count: int) -> str:
        return f"{count} business {_plural('day', count)}"

    def days(self, count: int) -> str:
        return f"{count} {_plural('day', count)}"

    def months(self, count: int) -> str:
        return f"{count} {_plural('month', count)}"

    def counted(self, label: str, count: int) -> str:
        return f"{label}: {count}"

    def pictures_alike(self, places: Sequence[int]) -> str:
        which = ", ".join(f"no. {place}" for place in places)
        return (
            f"{_plural('Picture', len(places))} of the listing ({which}) {'is' if len(places) == 1 else 'are'} "
            "identical or very similar to brand material registered by the rights holder."
        )

    def names_found(self, field: str, found: Sequence[tuple[str, str]], more: int) -> str:
        shown = ", ".join(f"“{as_written}” (“{name}”)" for as_written, name in found)
        where = f"The listing's {self.fields[field]}"
        return f"{where} contains spellings that point to the brand's name: {shown}{_more(more)}."

    def code_words_found(self, field: str, found: Sequence[str], more: int) -> str:
        shown = ", ".join(f"“{word}”" for word in found)
        return (
            f"The listing's {self.fields[field]} contains words commonly used for counterfeits: {shown}{_more(more)}."
        )

    def price_is_low(self) -> str:
        return "The price is far below what goods of this brand usually cost."

    def reported(self, count: int, *, by_rights_holder: bool) -> str:
        if by_rights_holder:
            return "The rights holder reported that this listing infringes its right."
        return f"{count} {_plural('report', count)} about this listing {'was' if count == 1 else 'were'} received."

    def detection(self, *, found_by_machine: bool, decided_by_machine: bool) -> str:
        if decided_by_machine:
            found = "An automatic check found it" if found_by_machine else "It was reported"
            return f"{found}, and the measure was taken automatically by set rules. A person makes the final decision."
        if found_by_machine:
            return (
                "An automatic check compared the listing's text and pictures with the rights holder's material and "
                "found it; a member of staff examined it and decided."
            )
        return (
            "It was reported; a member of staff examined the listing and the material and decided. The decision was "
            "not made automatically."
        )

    def restriction(self, kind: str, since: datetime | None) -> tuple[str, str]:
        by = f"By a decision made at {self.moment(since)} (Korea time), " if since else ""
        if kind == "interim_restriction":
            return _begun(
                f"{by}the sale of this listing is restricted for the time being. Your other listings, your shop and "
                "your payouts are not affected."
            ), (
                "It lasts until there is a final decision and can be lifted at any time. It brings no penalty and no "
                "points by itself."
            )
        if kind == "upheld":
            return (
                _begun(f"{by}the removal of this listing from sale is confirmed."),
                "It has no end date. If an appeal changes the decision, the listing goes back on sale.",
            )
        if kind in {"reinstated", "withdrawn"}:
            return (
                _begun(f"{by}the restriction in question is lifted."),
                "The listing is not restricted again for the same reason unless there is something new.",
            )
        return _begun(f"{by}the examination is closed."), "This decision restricts nothing new."

    def correction(self, number: str) -> str:
        return f"This decision corrects the earlier decision {number}."

    def listing_line(self, title: str, number: str) -> str:
        return f"{title} (listing no. {number})"

    def clause_line(self, title: str, clause: str) -> str:
        return f"{title}: {clause}"

    def contest_restriction(self, periods: Periods) -> list[str]:
        return [
            f"Explanation: you may explain within {self.business_days(periods.explanation)} from receipt of the "
            "notice, not counting the day of receipt. On request this is extended once, by "
            f"{self.business_days(periods.extension)}.",
            "You may submit material showing that the goods are genuine (import declaration, invoices, transaction "
            "statements, tax invoices), material showing your authority to sell, or your view why there is no "
            "infringement.",
            f"After your explanation we decide within {self.business_days(periods.decision)}. Goods are never found to "
            "be counterfeit merely because no explanation came. You may appeal once against the final decision within "
            f"{self.months(periods.appeal_months)}; another person decides.",
            f"Contact: {periods.contact}",
        ]

    def contest_decision(self, periods: Periods) -> list[str]:
        return [
            f"Appeal: you may appeal once within {self.months(periods.appeal_months)} from the day of the decision. "
            "Another person examines everything again from the start.",
            f"Contact: {periods.contact}",
        ]

    def reasoning(self, kind: str, finding: str, offered: Offered) -> str:
        if kind == "interim_restriction":
            return " ".join(_restricts(offered))
        if kind == "upheld":
            return " ".join(_upholds(finding, offered))
        return _ENDINGS[kind, finding]


def _plural(noun: str, count: int) -> str:
    return noun if count == 1 else f"{noun}s"


def _more(count: int) -> str:
    return f" and {count} more" if count else ""


def _begun(sentence: str) -> str:
    return sentence[0].upper() + sentence[1:]


def _goods(offered: Offered) -> str:
    return f"counterfeit {offered.brand} goods" if offered.brand else "counterfeit goods"


def _without_authority(offered: Offered) -> list[str]:
    if offered.is_authorised or not offered.brand:
        return []
    return [f"There is no record that the seller's authority to sell {offered.brand} goods was confirmed."]


def _restricts(offered: Offered) -> list[str]:
    if offered.ground_code in COUNTERFEIT_GROUNDS:
        suspected = f"This listing is suspected of offering {_goods(offered)}."
    else:
        suspected = f"This listing is suspected of falling under the ground “{offered.ground_title}”."
    return [
        suspected,
        *offered.facts,
        *_without_authority(offered),
        "Its sale is therefore restricted for the time being, until the facts are established.",
    ]


def _upholds(finding: str, offered: Offered) -> list[str]:
    if finding == "counterfeit_confirmed":
        found = f"This listing was found to offer {_goods(offered)}."
    else:
        found = f"This listing was found to infringe a right on the ground “{offered.ground_title}”."
    return [
        found,
        *offered.facts,
        *_without_authority(offered),
        f"This is contrary to the clause “{offered.policy_title}”. The removal from sale is therefore confirmed.",
    ]


_UNCLEAR: Final = "On the material submitted it cannot be decided whether this listing infringes the right."
_NOT_GENUINE: Final = "This decision does not confirm that the goods are genuine."
_ENDINGS: Final = {
    ("reinstated", "not_infringing"): (
        "Having examined the material submitted, we cannot find that this listing infringes the right. The restriction "
        "is therefore lifted."
    ),
    ("reinstated", "inconclusive"): (
        f"{_UNCLEAR} As no infringement was established, the restriction is lifted. {_NOT_GENUINE}"
    ),
    ("dismissed", "not_infringing"): (
        "Having examined the report and the listing, we cannot find that this listing infringes the right. The report "
        "is therefore dismissed."
    ),
    ("dismissed", "inconclusive"): (
        f"{_UNCLEAR} As no infringement was established, the report is dismissed. {_NOT_GENUINE} A new report may be "
        "made if there is new material."
    ),
    ("returned", ""): (
        "What is needed to examine the report was not there. Its substance was not judged, and it may be made again "
        "with the necessary material."
    ),
    ("transferred", ""): (
        "This report raises matters that are hard to judge here. It is passed on to a suitable procedure, such as a "
        "court or dispute mediation."
    ),
    ("duplicate", ""): (
        "A report of the same content about the same listing is already there; this one is handled together with it."
    ),
    ("withdrawn", ""): "The complainant has withdrawn the report, so the examination ends here.",
    ("undone", ""): "The earlier decision is undone before its effects have left.",
}
