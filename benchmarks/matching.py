"""What the matching engine costs beside the bare thing it stands on, measured side by side in one run.

    python -m benchmarks.matching            QUICK=1 for a short run, OUT=file.json for the figures

Times are CPU times of one thread. A shared machine makes them wander; the ratios hold, because ours and the bare thing
take turns within each round and the median of the rounds counts. All pictures and titles are drawn here.
"""

import io
import json
import os
import random
import statistics
import tempfile
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path

import ahocorasick
import numpy as np
import pdqhash
from PIL import Image, ImageOps
from rapidfuzz import fuzz, process

from matching import (
    BrandSpelling,
    Engine,
    ItemPicture,
    PictureFingerprint,
    ReferencePicture,
    ScreeningItem,
    Snapshot,
    fingerprint_picture,
    screen,
)
from matching.fingerprint import HASH_BYTES
from matching.names import plain
from matching.picture_match import RADIUS
from matching.picture_rows import PictureRows, as_words

QUICK = bool(os.environ.get("QUICK"))
ROUNDS = 5 if QUICK else 11
PICTURES = 6 if QUICK else 12
REFERENCES = 20_000 if QUICK else 150_000
NAMES = 3_000 if QUICK else 12_000
TITLES = 400 if QUICK else 2_000


@dataclass(frozen=True, slots=True)
class Row:
    """One comparison. `ratio`: how often the bare thing fits into ours; under 1 ours is the faster (or the smaller)."""

    measure: str
    ours: float
    bare: float
    unit: str
    ratio: float


def main() -> None:
    """Runs everything, prints a table, and writes the figures where OUT says."""
    dice = random.Random(20_261_123)
    rows = [*_decoding(dice), _mirror_noise(dice), _look_up(dice), *_names(dice), _whole(dice)]
    print(f"{'measure':58} {'ours':>10} {'bare':>10}  {'unit':12} {'ratio':>8}")
    for row in rows:
        print(f"{row.measure:58} {row.ours:10.3f} {row.bare:10.3f}  {row.unit:12} {row.ratio:8.3f}")
    if out := os.environ.get("OUT"):
        settings = {"quick": QUICK, "references": REFERENCES, "names": NAMES, "titles": TITLES}
        figures = {"benchmark": "matching", "settings": settings, "rows": [asdict(row) for row in rows]}
        Path(out).write_text(json.dumps(figures, indent=1) + "\n", encoding="utf-8")


def _compared(measure: str, ours: Callable[[], object], bare: Callable[[], object], *, each: int) -> Row:
    """Medians of alternating rounds, in milliseconds for each of `each` things."""
    ours()
    bare()
    taken: tuple[list[float], list[float]] = ([], [])
    for _ in range(ROUNDS):
        for place, run in enumerate((ours, bare)):
            start = time.process_time()
            run()
            taken[place].append((time.process_time() - start) * 1_000 / each)
    first, second = (statistics.median(times) for times in taken)
    return Row(measure, round(first, 4), round(second, 4), "ms each", round(first / second, 4))


def _photo(dice: random.Random) -> Image.Image:
    """A picture of 800 pixels with about the detail of a photograph."""
    noise = np.random.default_rng(dice.randrange(1 << 30))
    coarse = Image.fromarray(noise.integers(0, 255, (24, 24, 3), dtype=np.uint8))
    fine = Image.fromarray(noise.integers(0, 255, (200, 200, 3), dtype=np.uint8))
    size = (800, 800)
    return Image.blend(coarse.resize(size, Image.Resampling.BICUBIC), fine.resize(size, Image.Resampling.BICUBIC), 0.25)


def _jpeg(picture: Image.Image) -> bytes:
    stream = io.BytesIO()
    picture.save(stream, "JPEG", quality=85)
    return stream.getvalue()


def _decoding(dice: random.Random) -> list[Row]:
    photos = [_jpeg(_photo(dice)) for _ in range(PICTURES)]
    bordered = [_jpeg(ImageOps.expand(_photo(dice), 60, "white")) for _ in range(PICTURES)]

    def scaled(data: bytes) -> None:
        picture = Image.open(io.BytesIO(data))
        picture.draft("L", (192, 192))
        picture.load()

    def over(run: Callable[[bytes], object], pictures: list[bytes]) -> Callable[[], object]:
        return lambda: [run(data) for data in pictures]

    return [
        _compared(
            "fingerprint : scaled decode alone", over(fingerprint_picture, photos), over(scaled, photos), each=PICTURES
        ),
        _compared(
            "fingerprint with a border : scaled decode alone",
            over(fingerprint_picture, bordered),
            over(scaled, bordered),
            each=PICTURES,
        ),
        _compared(
            "fingerprint in eight variants : full decode and one bare PDQ",
            over(fingerprint_picture, photos),
            over(lambda data: pdqhash.compute(np.asarray(Image.open(io.BytesIO(data)))), photos),
            each=PICTURES,
        ),
    ]


def _mirror_noise(dice: random.Random) -> Row:
    """How far the hash of a mirrored picture is from the mirrored hash: what a search for mirrored copies loses."""
    ours, bare = [], []
    for _ in range(PICTURES):
        photo = _photo(dice)
        one, mirrored = fingerprint_picture(_jpeg(photo)), fingerprint_picture(_jpeg(ImageOps.mirror(photo)))
        variants, other = as_words(one.whole), as_words(mirrored.whole)[0]
        ours.append(int(np.bitwise_count(variants[4] ^ other).sum()))
        small = photo.resize((256, 256))
        packaged, _ = pdqhash.compute_dihedral(np.asarray(small))
        apart, _ = pdqhash.compute(np.ascontiguousarray(np.asarray(ImageOps.mirror(small))))
        bare.append(int((packaged[5] != apart).sum()))
    first, second = statistics.mean(ours), statistics.mean(bare)
    return Row("mirrored hash : pdqhash at 256 pixels", first, second, "bits of 256", round(first / second, 4))


def _random_references(dice: random.Random, count: int) -> list[ReferencePicture]:
    hashes = dice.randbytes(count * HASH_BYTES)
    return [
        ReferencePicture(
            f"r{place}",
            f"b{place % 500}",
            PictureFingerprint(
                800,
                800,
                100,
                100,
                (0.0, 0.0, 1.0, 1.0),
                hashes[place * HASH_BYTES : (place + 1) * HASH_BYTES] * 8,
                hashes[place * HASH_BYTES : (place + 1) * HASH_BYTES] * 8,
            ),
        )
        for place in range(count)
    ]


def _look_up(dice: random.Random) -> Row:
    """Eight variants of one picture at our radius, beside one variant of 64 bits in the loop that tutorials show."""
    rows = PictureRows.of(_random_references(dice, REFERENCES))
    query = as_words(dice.randbytes(8 * HASH_BYTES))
    hashes = [dice.getrandbits(64) for _ in range(REFERENCES)]
    wanted = hashes[0]
    return _compared(
        f"look-up of 8 x 256 bit : loop over whole numbers of 64 bit, {REFERENCES:,} refs",
        lambda: rows.search(query, RADIUS),
        lambda: [place for place, each in enumerate(hashes) if (each ^ wanted).bit_count() <= 10],
        each=1,
    )


_SYLLABLES = "가나다라마바사아자차카타파하누벨하니크넬도트레설린모루강코르비올토담온빛결"
_LETTERS = ("ba", "co", "di", "fo", "gu", "ka", "li", "mo", "ne", "pa", "ra", "su", "ta", "ve", "zi")
_ORDINARY = (
    "여름", "원피스", "크림", "세트", "운동화", "가방", "정품", "남성", "여성", "무료배송", "black", "shoes",
    "for", "men", "with", "50ml", "270", "new", "leather", "case", "usb", "cable", "2.0", "x-large", "set",
)  # fmt: skip


def _spellings(dice: random.Random) -> list[str]:
    korean = {"".join(dice.choices(_SYLLABLES, k=dice.randint(3, 5))) for _ in range(NAMES // 2)}
    latin = {"".join(dice.choices(_LETTERS, k=dice.randint(3, 4))).title() for _ in range(NAMES // 2)}
    return sorted(korean | latin)


def _titles(dice: random.Random, spellings: list[str]) -> list[str]:
    """Ordinary titles; a third of them names a brand, one in twenty in disguise."""
    titles = []
    for _ in range(TITLES):
        words = dice.choices(_ORDINARY, k=dice.randint(5, 10))
        if dice.random() < 1 / 3:
            words[0] = dice.choice(spellings)
        if dice.random() < 1 / 20:
            words[0] = ".".join(words[0])
        titles.append(" ".join(words))
    return titles


def _names(dice: random.Random) -> list[Row]:
    spellings = _spellings(dice)
    titles = _titles(dice, spellings)
    automaton = ahocorasick.Automaton()
    for spelling in spellings:
        automaton.add_word(plain(spelling), spelling)
    automaton.make_automaton()
    few = titles[:10]
    with tempfile.TemporaryDirectory() as folder:
        engine = _engine(Path(folder), [], spellings, titles[: TITLES // 2])
        return [
            _compared(
                f"match_text : bare Aho-Corasick, {len(spellings):,} names",
                lambda: [engine.match_text(title) for title in titles],
                lambda: [list(automaton.iter(plain(title))) for title in titles],
                each=TITLES,
            ),
            _compared(
                f"match_text : rapidfuzz over all names, {len(spellings):,} names",
                lambda: [engine.match_text(title) for title in few],
                lambda: [process.extractOne(title, spellings, scorer=fuzz.partial_ratio) for title in few],
                each=len(few),
            ),
        ]


def _engine(folder: Path, pictures: list[ReferencePicture], spellings: list[str], clean: list[str]) -> Engine:
    named = [BrandSpelling(f"b{place}", spelling) for place, spelling in enumerate(spellings)]
    return Engine(Snapshot.build(folder, pictures=pictures, spellings=named, clean_titles=clean))


def _whole(dice: random.Random) -> Row:
    """A listing with five photographs, from bytes to verdict, beside decoding the five alone."""
    spellings = _spellings(dice)
    titles = _titles(dice, spellings)[:5]
    photos = [_jpeg(_photo(dice)) for _ in range(5)]
    with tempfile.TemporaryDirectory() as folder:
        engine = _engine(Path(folder), _random_references(dice, REFERENCES), spellings, [])

        def ours() -> None:
            for title in titles:
                pictures = tuple(
                    ItemPicture(str(place), fingerprint_picture(data)) for place, data in enumerate(photos)
                )
                screen(engine, ScreeningItem(title, pictures=pictures))

        def bare() -> None:
            for _ in titles:
                for data in photos:
                    Image.open(io.BytesIO(data)).load()

        return _compared(
            f"listing of 5 photos, bytes to verdict : full decodes, {REFERENCES:,} refs", ours, bare, each=len(titles)
        )


if __name__ == "__main__":
    main()
