"""Text of strangers, as it may stand in a letter: it can forge neither a heading, nor a section, nor a link of ours.

A listing's title, a shop's name and a seller's summary are written by people who may want the other side to read
something that the house never said. So a value is either one line inside a line of ours, or a block of which every
line is set apart; marks that turn, hide or split text are taken out, and an address in it is no address any more.
"""

import re
import unicodedata
from typing import Final

from core.korean import normalise_text

#: The sign of our own headings, and the ones that pass for it.
_HEADING_SIGNS: Final = re.compile("[■▪◼◾⬛▮█]")
#: Letters and signs that show as nothing, though Unicode counts them among the visible.
_BLANKS: Final = re.compile("[\u115f\u1160\u2800\u3164\uffa0]")
_SPACES: Final = re.compile(r"\s+")
#: Mail programs make a link of this even without a scheme.
_WWW: Final = re.compile(r"\bwww\.", re.IGNORECASE)
_ADDRESS: Final = re.compile(r"https?://[^\s<>\"'\\^`{|}]+")
#: As much of a title as a reader needs to know the listing [ours].
_LINE_LENGTH: Final = 200
#: Marks over one letter; more than these are a drawing over the lines around it.
_MARK_FLOOD: Final = re.compile(
    r"([\u0300-\u036f\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f]{3})"
    r"[\u0300-\u036f\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f]+"
)

#: How a paragraph of the house's own reasoning is set apart, and how what a party wrote is.
INDENT: Final = "  "
QUOTE: Final = "> "


def one_line(text: str, limit: int = _LINE_LENGTH) -> str:
    """The text in one line without what could break out of it, cut at ``limit`` characters."""
    line = _SPACES.sub(" ", _plain(text)).strip()
    return line if len(line) <= limit else line[: limit - 1].rstrip() + "…"


def block(text: str, mark: str) -> str:
    """The text in its paragraphs, each line after ``mark``; empty where there is nothing to read."""
    paragraphs = re.split(r"\n\s*\n", _plain(text).strip())
    return "\n\n".join(_marked(paragraph, mark) for paragraph in paragraphs if paragraph.strip())


def address(text: str) -> str:
    """The address if it is one of the web and nothing else, else nothing. It may be written in any script."""
    is_plain = text.isprintable() and not _BLANKS.search(text) and not _HEADING_SIGNS.search(text)
    return text if is_plain and _ADDRESS.fullmatch(text) else ""


def _marked(paragraph: str, mark: str) -> str:
    lines = (_SPACES.sub(" ", line).strip() for line in paragraph.split("\n"))
    return "\n".join(f"{mark}{line}" for line in lines if line)


def _plain(text: str) -> str:
    text = _BLANKS.sub(" ", normalise_text(text).replace("\u2028", "\n").replace("\u2029", "\n"))
    text = "".join(map(_shown, text))
    text = _MARK_FLOOD.sub(r"\1", _HEADING_SIGNS.sub("□", text))
    return _WWW.sub("www[.]", text.replace("://", "[://]"))


def _shown(character: str) -> str:
    """Direction marks, zero widths and tags are format characters (Cf): they are left out. What no font shows is
    replaced, so that the reader sees that something stood there."""
    category = unicodedata.category(character)
    if category == "Cf":
        return ""
    return "�" if category in {"Cn", "Co", "Cs"} else character
