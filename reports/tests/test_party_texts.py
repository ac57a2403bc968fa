"""Every sentence of the parties' pages stands in both other languages; the compiled catalogues are the written ones.

Nothing here needs gettext: a fresh machine has none.
"""

import ast
import gettext
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest
from django.conf import settings
from django.test import Client
from django.utils.translation import override
from django.utils.translation.template import templatize

from core.errors import DomainError
from core.evidence import errors
from reports.parties import words
from reports.parties.languages import NAMES
from reports.wording import LANGUAGES

ROOT: Final = Path(settings.ROOT)
FOLDERS: Final = {"en": "en", "zh-hans": "zh_Hans"}
MARKERS: Final = {"_", "gettext", "gettext_lazy", "gettext_noop", "ngettext"}
HANGUL: Final = re.compile("[가-힣]")
#: What templates of the house mark; Django's own admin is another's catalogue.
TEMPLATES: Final = sorted(path for path in (ROOT / "templates").rglob("*.html") if "admin" not in path.parts)
MODULES: Final = sorted(
    path
    for app in ("reports", "accounts", "portal")
    for path in (ROOT / app).rglob("*.py")
    if "tests" not in path.parts
)


def _calls(source: str) -> Iterator[str]:
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call) and node.args and isinstance(node.func, ast.Name) and node.func.id in MARKERS:
            message = node.args[0]
            if isinstance(message, ast.Constant) and isinstance(message.value, str):
                yield message.value


def _of_template(path: Path) -> Iterator[str]:
    """Django writes a template as calls for its own tool to read; those are read here."""
    for call in re.finditer(
        r"n?gettext\((u?'(?:[^'\\]|\\.)*'|u?\"(?:[^\"\\]|\\.)*\")", templatize(path.read_text("utf-8"))
    ):
        yield ast.literal_eval(call.group(1))


def messages() -> set[str]:
    """Everything that is marked for translation and Korean."""
    found = {message for path in TEMPLATES for message in _of_template(path)}
    found |= {message for path in MODULES for message in _calls(path.read_text("utf-8"))}
    return {message for message in found if HANGUL.search(message)}


def catalogue(language: str) -> gettext.GNUTranslations:
    with (ROOT / "locale" / FOLDERS[language] / "LC_MESSAGES" / "django.mo").open("rb") as file:
        return gettext.GNUTranslations(file)


def written(language: str) -> str:
    return (ROOT / "locale" / FOLDERS[language] / "LC_MESSAGES" / "django.po").read_text("utf-8")


def _entries(language: str) -> dict[str, str]:
    """Each entry of the written catalogue: the message and its (first) translation."""
    found = {}
    for block in written(language).split("\n\n")[1:]:
        named = dict(re.findall(r'^(msgid|msgstr(?:\[0\])?) (".*")$', block, re.MULTILINE))
        if "msgid" in named:
            found[ast.literal_eval(named["msgid"])] = ast.literal_eval(named.get("msgstr") or named["msgstr[0]"])
    return found


def test_the_markers_of_templates_modules_badges_and_plurals_are_found() -> None:
    plural = "입력한 내용을 확인해 주세요. 고칠 곳이 %(number)s개 있습니다."
    assert {"소명 제출하기", "신고를 철회했습니다.", "판매제한", plural} <= messages()


@pytest.mark.parametrize("language", FOLDERS)
def test_no_sentence_is_missing(language: str) -> None:
    known = catalogue(language)._catalog  # type: ignore[attr-defined]  # it has no other way to be asked for all
    names = {key if isinstance(key, str) else key[0] for key in known}
    assert sorted(messages() - names) == []


@pytest.mark.parametrize("language", FOLDERS)
def test_no_sentence_is_empty_fuzzy_or_left_over(language: str) -> None:
    entries = _entries(language)
    assert [message for message, text in entries.items() if not text.strip()] == []
    assert "fuzzy" not in written(language)
    assert sorted(set(entries) - messages()) == []


@pytest.mark.parametrize("language", FOLDERS)
def test_the_compiled_catalogue_says_what_is_written(language: str) -> None:
    compiled = catalogue(language)
    wrong = [
        message
        for message, text in _entries(language).items()
        if compiled.ngettext(message, message, 1) != text and compiled.gettext(message) != text
    ]
    assert wrong == []


@pytest.mark.parametrize("language", FOLDERS)
def test_a_translation_keeps_the_values_and_brings_no_korean(language: str) -> None:
    names = re.compile(r"%\((\w+)\)s")
    odd = [
        message
        for message, text in _entries(language).items()
        if set(names.findall(message)) != set(names.findall(text)) or HANGUL.search(text)
    ]
    assert odd == []


def test_every_language_of_the_letters_has_its_name_and_its_catalogue() -> None:
    assert set(NAMES) == set(LANGUAGES) == {"ko", *FOLDERS}


@pytest.mark.parametrize("code", [*errors.WORDS, errors.IntakeUnavailable.code, "too_many"])
@pytest.mark.parametrize("language", FOLDERS)
def test_every_refusal_of_a_file_is_said_in_each_language(language: str, code: str) -> None:
    with override(language):
        text = words.said_of_file("a.png", DomainError("무엇", "왜", "어떻게", code=code))
        unknown = words.said_of_file("a.png", DomainError("무엇", code="no such code"))
    assert text.startswith("a.png: ")
    assert not HANGUL.search(text)
    assert text != unknown


@pytest.mark.django_db
@pytest.mark.parametrize(
    "path", ["/seller/", "/seller/made-up-secret/", "/track/", "/seller/confirm/", "/seller/cases/1/"]
)
@pytest.mark.parametrize("language", FOLDERS)
def test_a_page_in_another_language_has_no_korean_but_what_says_so(language: str, path: str) -> None:
    page = Client().get(f"{path}?lang={language}").content.decode()
    rest = re.sub(r'<(\w+)[^>]*\slang="ko"[^>]*>.*?</\1>', "", page, flags=re.DOTALL)
    assert f'<html lang="{language}">' in page
    assert HANGUL.findall(rest.replace(settings.OPERATOR["name"], "")) == []
