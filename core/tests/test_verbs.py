"""Verbs of the journal in words."""

import re
from pathlib import Path

from core.verbs import subject_text, verb_text

ROOT = Path(__file__).resolve().parents[2]
APPS = ("core", "accounts", "brands", "sellers", "listings", "reports", "refunds", "portal")
#: A verb as it is handed to the journal, on the same line or the next.
RECORDED = re.compile(r"(?:\brecord|\bjournal)\(\s*\"([a-z_]+(?:\.[a-z_]+){2,})\"")


def test_a_verb_reads_as_its_subject_and_its_act() -> None:
    assert verb_text("listings.listing.restricted") == "상품 · 판매 제한"
    assert verb_text("accounts.webhook_secret.added") == "웹훅 비밀값 · 추가"
    assert verb_text("brands.rights_holder.changed") == "권리자 · 변경"


def test_a_verb_that_means_something_else_has_its_own_words() -> None:
    assert verb_text("reports.allegation.returned") == "주장 · 반려"
    assert verb_text("listings.version.returned") == "상품 내용 · 이전 내용으로 복귀"


def test_an_unknown_verb_is_shown_as_it_is() -> None:
    assert verb_text("moon.cheese.eaten") == "moon.cheese.eaten"
    assert subject_text("moon.cheese") == "moon.cheese"


def test_every_verb_that_the_code_records_has_words() -> None:
    sources = [path for app in APPS for path in (ROOT / app).rglob("*.py") if "tests" not in path.parts]
    verbs = {verb for path in sources for verb in RECORDED.findall(path.read_text(encoding="utf-8"))}
    assert "listings.listing.restricted" in verbs
    assert sorted(verb for verb in verbs if verb_text(verb) == verb) == []
