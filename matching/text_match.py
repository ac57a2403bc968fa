"""From a text to scored candidates. Promises offsets in the original text, and that text[start:end] == found."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import islice
from typing import Final, Literal

from matching.disguises import Disguise
from matching.name_index import Entry, NameIndex
from matching.names import Name
from matching.readings import Reading, readings
from matching.slips import find_slips
from matching.spans import Evidence, evidence_of
from matching.text_reasons import why
from matching.vocabulary import Vocabulary
from matching.words import Edge, edge

Field = Literal["title", "description"]

# What naming a brand plainly says: sellers of the genuine article do it too.
PLAIN_SCORE: Final = 0.3
COMMON_SCORE: Final = 0.05
# A description is read up to here; a longer one repeats itself.
MOST_CHARACTERS: Final = 20_000
_MOST_OF_ONE_SPELLING: Final = 3
# A text that is nothing but names costs no more than this.
_MOST_FINDS: Final = 1_000
# How much is left of the evidence where the span is written together with other letters.
_SHARES: Final = {Edge.CLEAN: 1.0, Edge.ATTACHED: 0.9, Edge.RUNNING_ON: 0.8}
_GAPS: Final = {Disguise.SPACES, Disguise.SPACED_WORDS, Disguise.SPACED_OUT, Disguise.HYPHENS}
# A disguise lower down speaks as loudly; a plain name in a description speaks less than in the title.
_PLAIN_IN_DESCRIPTION: Final = 0.2


@dataclass(frozen=True, slots=True)
class TextCandidate:
    """A name that was found. `found` == text[start:end] of the field, in characters of the original.

    `score` 0..1; `disguises`: how it was hidden, none where it was written plainly; `is_common`: the spelling is an
    everyday word and says nothing alone; `why` in Korean.
    """

    brand: str
    spelling: str
    found: str
    field: Field
    start: int
    end: int
    score: float
    disguises: tuple[str, ...]
    is_common: bool
    why: str


def match_field(
    text: str, field: Field, indexes: Iterable[NameIndex], vocabulary: Vocabulary, category: str
) -> list[TextCandidate]:
    """Every name in one text, best first; of overlapping finds the longer one stays."""
    text = text[:MOST_CHARACTERS]
    ways = list(readings(text))
    found: dict[tuple[str, str, int, int], TextCandidate] = {}
    for index in indexes:
        for candidate in islice(_candidates(text, ways, field, index, vocabulary, category), _MOST_FINDS):
            key = (candidate.brand, candidate.spelling, candidate.start, candidate.end)
            if key not in found or candidate.score > found[key].score:
                found[key] = candidate
    return _thinned(sorted(found.values(), key=_rank)) if found else []


def _rank(candidate: TextCandidate) -> tuple[float, int, int, str, str]:
    return (-candidate.score, candidate.start, -candidate.end, candidate.brand, candidate.spelling)


def _candidates(
    text: str, ways: Iterable[Reading], field: Field, index: NameIndex, vocabulary: Vocabulary, category: str
) -> Iterator[TextCandidate]:
    for reading in ways:
        for start, end, entries in index.find(reading.skeleton):
            places = reading.places(start, end)
            if places is None:
                continue
            standing = edge(reading.text, *places)
            if standing is not Edge.INSIDE:
                for entry in entries:
                    yield from _candidate(text, field, reading, places, standing, entry, vocabulary, category)
    for name, start, end, evidence in find_slips(text, index, vocabulary):
        yield _scored(text, field, name, (start, end), evidence, category)


def _candidate(
    text: str,
    field: Field,
    reading: Reading,
    places: tuple[int, int],
    standing: Edge,
    entry: Entry,
    vocabulary: Vocabulary,
    category: str,
) -> Iterator[TextCandidate]:
    evidence = evidence_of(reading, places, entry, vocabulary)
    if evidence is None or not _may_stand_so(entry.name, evidence, standing):
        return
    evidence = replace(evidence, weight=evidence.weight * _SHARES[standing])
    yield _scored(text, field, entry.name, reading.original(*places), evidence, category)


def _may_stand_so(name: Name, evidence: Evidence, standing: Edge) -> bool:
    """False where the span is likelier two words beside each other (담화 온라인 is no 담화온)."""
    if standing is Edge.CLEAN:
        return not (name.is_short and evidence.disguises)
    if name.is_short:
        return False
    only_gaps = bool(evidence.disguises) and set(evidence.disguises) <= _GAPS
    return not only_gaps or (standing is Edge.ATTACHED and not name.is_brief)


def _scored(
    text: str, field: Field, name: Name, span: tuple[int, int], evidence: Evidence, category: str
) -> TextCandidate:
    is_common = name.is_common and not evidence.disguises and category not in name.categories
    return TextCandidate(
        brand=name.brand,
        spelling=name.spelling,
        found=text[span[0] : span[1]],
        field=field,
        start=span[0],
        end=span[1],
        score=_score(name, evidence, field, is_common=is_common),
        disguises=tuple(each.value for each in evidence.disguises),
        is_common=is_common,
        why=why(name.spelling, text[span[0] : span[1]], evidence, is_common=is_common),
    )


def _score(name: Name, evidence: Evidence, field: Field, *, is_common: bool) -> float:
    if evidence.is_ordinary or is_common:
        return COMMON_SCORE
    if evidence.disguises:
        return round(evidence.weight * name.weight, 4)
    return round((PLAIN_SCORE if field == "title" else _PLAIN_IN_DESCRIPTION) * name.weight, 4)


def _thinned(candidates: list[TextCandidate]) -> list[TextCandidate]:
    """The best few of each spelling, without finds that lie inside a longer one.

    What is one brand's name as spelled is no disguise of another's, and no part of it is a disguise: a name that ends
    like a particle (크로넬도) would else be its own name with a syllable dropped.
    """
    plainly = {(each.start, each.end) for each in candidates if not each.disguises and each.score > COMMON_SCORE}
    candidates = [each for each in candidates if not each.disguises or not _is_inside(each, plainly)]
    kept: list[TextCandidate] = []
    counts: dict[tuple[str, str], int] = {}
    for candidate in candidates:
        of_spelling = (candidate.brand, candidate.spelling)
        if counts.get(of_spelling, 0) >= _MOST_OF_ONE_SPELLING or _is_covered(candidate, candidates):
            continue
        counts[of_spelling] = counts.get(of_spelling, 0) + 1
        kept.append(candidate)
    return kept


def _is_inside(candidate: TextCandidate, spans: Iterable[tuple[int, int]]) -> bool:
    return any(start <= candidate.start and candidate.end <= end for start, end in spans)


def _is_covered(candidate: TextCandidate, others: Iterable[TextCandidate]) -> bool:
    length = candidate.end - candidate.start
    return any(
        other.start <= candidate.start
        and candidate.end <= other.end
        and other.end - other.start > length
        and other.score >= candidate.score
        for other in others
    )
