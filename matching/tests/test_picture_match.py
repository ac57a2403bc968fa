"""Altered copies are found with the transform that undoes them; other pictures are not."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageEnhance, ImageFilter, ImageOps

from matching import Engine, PictureCandidate, ReferencePicture, fingerprint_picture
from matching.fingerprint import HASH_BYTES
from matching.picture_rows import PictureRows, as_words
from matching.tests.factories import engine, fingerprint, jpeg, png, product_picture, references
from matching.transform import WHOLE

COUNT = 24
Alteration = Callable[[Image.Image], Image.Image]

ALTERATIONS: dict[str, Alteration] = {
    "nothing": lambda picture: picture,
    "smaller": lambda picture: picture.resize((picture.width // 2, picture.height // 2)),
    "larger": lambda picture: picture.resize((picture.width * 2, picture.height * 2)),
    "stretched": lambda picture: picture.resize((picture.width * 4 // 3, picture.height)),
    "brighter": lambda picture: ImageEnhance.Brightness(picture).enhance(1.25),
    "darker": lambda picture: ImageEnhance.Brightness(picture).enhance(0.7),
    "contrast": lambda picture: ImageEnhance.Contrast(picture).enhance(1.3),
    "colours": lambda picture: ImageEnhance.Color(picture).enhance(1.6),
    "grey": lambda picture: ImageOps.grayscale(picture).convert("RGB"),
    "blurred": lambda picture: picture.filter(ImageFilter.GaussianBlur(1.5)),
    "cut by a hair": lambda picture: picture.crop((2, 2, picture.width - 2, picture.height - 2)),
}
TRANSFORMS: dict[str, tuple[Alteration, int, bool]] = {
    "mirrored": (ImageOps.mirror, 0, True),
    "upside down": (ImageOps.flip, 180, True),
    "turned right": (lambda picture: picture.rotate(-90, expand=True), 270, False),
    "turned left": (lambda picture: picture.rotate(90, expand=True), 90, False),
    "turned over": (lambda picture: picture.rotate(180), 180, False),
    "turned right, then mirrored": (lambda picture: ImageOps.mirror(picture.rotate(-90, expand=True)), 270, True),
    "turned left, then mirrored": (lambda picture: ImageOps.mirror(picture.rotate(90, expand=True)), 90, True),
}


@pytest.fixture(scope="module")
def matcher(tmp_path_factory: pytest.TempPathFactory) -> Engine:
    return engine(tmp_path_factory.mktemp("pictures"), pictures=references(COUNT), spellings=())


def best(matcher: Engine, picture: Image.Image) -> PictureCandidate:
    found = matcher.match_picture(fingerprint(picture))
    assert [candidate.reference for candidate in found][:1], "nothing was found"
    return found[0]


@pytest.mark.parametrize("seed", [0, 7, 13])
@pytest.mark.parametrize("alteration", ALTERATIONS)
def test_an_altered_copy_is_found_as_it_lies(matcher: Engine, alteration: str, seed: int) -> None:
    found = best(matcher, ALTERATIONS[alteration](product_picture(seed)))
    assert (found.reference, found.brand) == (f"ref-{seed}", f"brand-{seed % 3}")
    assert (found.transform.rotation, found.transform.mirrored) == (0, False)
    assert found.distance <= 31
    assert found.score >= 0.85


@pytest.mark.parametrize("seed", [1, 8, 14])
@pytest.mark.parametrize("name", TRANSFORMS)
def test_the_transform_tells_how_to_lay_the_copy_back(matcher: Engine, name: str, seed: int) -> None:
    alteration, rotation, mirrored = TRANSFORMS[name]
    picture = product_picture(seed)
    found = best(matcher, alteration(picture))
    assert found.reference == f"ref-{seed}"
    assert (found.transform.rotation, found.transform.mirrored) == (rotation, mirrored)
    assert mean_difference(laid_back(alteration(picture), found), picture) < 3


def laid_back(copy: Image.Image, found: PictureCandidate) -> Image.Image:
    """Follows the transform's steps as its docstring gives them."""
    left, top, right, bottom = found.transform.source_box
    size = (copy.width, copy.height)
    picture = copy.crop((round(left * size[0]), round(top * size[1]), round(right * size[0]), round(bottom * size[1])))
    if found.transform.mirrored:
        picture = ImageOps.mirror(picture)
    return picture.rotate(-found.transform.rotation, expand=True)


def mean_difference(one: Image.Image, other: Image.Image) -> float:
    same_size = one.resize(other.size).convert("L")
    return float(np.abs(np.asarray(same_size, dtype=float) - np.asarray(other.convert("L"), dtype=float)).mean())


@pytest.mark.parametrize("colour", ["white", "black", "#d04070"])
def test_a_border_is_seen_through_and_the_box_tells_where_the_copy_is(matcher: Engine, colour: str) -> None:
    picture = product_picture(4)
    found = best(matcher, ImageOps.mirror(ImageOps.expand(picture, (50, 20), colour)))
    assert (found.reference, found.transform.mirrored) == ("ref-4", True)
    assert found.transform.source_box == pytest.approx((50 / 420, 20 / 300, 370 / 420, 280 / 300), abs=0.025)
    assert found.transform.reference_box == WHOLE
    assert found.why == f"브랜드 사진과 테두리를 빼고 좌우를 뒤집으면 거의 같습니다(차이 {found.distance}/256)."


def test_a_reference_with_a_border_matches_the_bare_copy(tmp_path: Path) -> None:
    picture = product_picture(50)
    reference = ReferencePicture("bordered", "brand", fingerprint(ImageOps.expand(picture, 60, "white")))
    found = best(engine(tmp_path, pictures=[reference], spellings=()), picture)
    assert found.transform.source_box == WHOLE
    assert found.transform.reference_box == pytest.approx((60 / 440, 60 / 380, 380 / 440, 320 / 380), abs=0.025)


@pytest.mark.parametrize("quality", [20, 40, 75])
def test_a_recompressed_copy_is_found(matcher: Engine, quality: int) -> None:
    found = matcher.match_picture(fingerprint_picture(jpeg(product_picture(6), quality)))
    assert found[0].reference == "ref-6"
    assert found[0].score >= 0.85


@pytest.mark.parametrize(
    ("bits", "score"), [(0, 1.0), (31, 0.85), (32, 0.837), (58, 0.5), (59, 0.4667), (64, 0.3), (65, None)]
)
def test_the_score_falls_with_the_bits_that_differ(tmp_path: Path, bits: int, score: float | None) -> None:
    reference = fingerprint(product_picture(3))
    flipped = np.unpackbits(np.frombuffer(reference.whole[:HASH_BYTES], dtype=np.uint8))
    flipped[:bits] ^= 1
    # The other variants are put out of reach.
    hashes = np.packbits(flipped).tobytes() + bytes(HASH_BYTES) * 7
    query = replace(reference, whole=hashes, trimmed=hashes)
    matcher = engine(tmp_path, pictures=[ReferencePicture("r", "b", reference)], spellings=())
    found = {each.score for each in matcher.match_picture(query)}
    assert found == (set() if score is None else {score})


def test_other_pictures_have_no_candidate(matcher: Engine) -> None:
    for seed in range(1_000, 1_040):
        assert matcher.match_picture(fingerprint(product_picture(seed))) == ()


def test_a_plain_picture_scores_nothing_even_beside_itself(tmp_path: Path) -> None:
    white = fingerprint(Image.new("RGB", (300, 300), "white"))
    found = engine(tmp_path, pictures=[ReferencePicture("white", "b", white)], spellings=()).match_picture(white)
    assert [(candidate.reference, candidate.score) for candidate in found] == [("white", 0.0)]
    assert "우연히 비슷할 수 있습니다" in found[0].why


def test_candidates_come_best_first_each_once_and_no_more_than_asked(tmp_path: Path) -> None:
    picture = product_picture(60)
    copies = [
        ReferencePicture("exact", "b", fingerprint(picture)),
        ReferencePicture("blurred", "b", fingerprint(picture.filter(ImageFilter.GaussianBlur(4)))),
        ReferencePicture("mirrored", "b", fingerprint(ImageOps.mirror(picture))),
    ]
    found = engine(tmp_path, pictures=copies, spellings=()).match_picture(fingerprint(picture))
    assert {candidate.reference for candidate in found} == {"exact", "mirrored", "blurred"}
    assert len(found) == 3
    assert [candidate.score for candidate in found] == sorted((candidate.score for candidate in found), reverse=True)
    limited = engine(tmp_path, pictures=copies, spellings=()).match_picture(fingerprint(picture), limit=1)
    assert limited == found[:1]


def test_many_pictures_in_one_look_up_get_what_each_alone_gets(matcher: Engine) -> None:
    prints = [fingerprint(product_picture(seed)) for seed in (2, 900, 5)]
    assert matcher.match_pictures(prints) == [matcher.match_picture(each) for each in prints]
    assert matcher.match_pictures([]) == []


def test_a_symmetrical_picture_is_not_called_mirrored(tmp_path: Path) -> None:
    half = product_picture(70)
    picture = Image.new("RGB", (half.width * 2, half.height))
    picture.paste(half, (0, 0))
    picture.paste(ImageOps.mirror(half), (half.width, 0))
    print_ = fingerprint_picture(png(picture))
    found = engine(tmp_path, pictures=[ReferencePicture("r", "b", print_)], spellings=()).match_picture(print_)
    assert found[0].transform.is_identity


@pytest.mark.parametrize("radius", [0, 20, 44, 45, 60, 70])
def test_the_look_up_is_exact_at_every_radius(radius: int) -> None:
    dice = np.random.default_rng(7)
    rows = PictureRows.of(references(COUNT))
    seeds = rows.columns.T[dice.integers(0, rows.columns.shape[1], 12)]
    flips = np.zeros((12, HASH_BYTES * 8), dtype=np.uint8)
    for place in range(12):
        flips[place, dice.permutation(256)[: place * 7]] = 1
    queries = seeds ^ as_words(np.packbits(flips, axis=1).tobytes())
    distances = np.bitwise_count(rows.columns.T[None] ^ queries[:, None]).sum(axis=2)
    expected = {(int(q), int(r), int(distances[q, r])) for q, r in np.argwhere(distances <= radius)}
    hits = rows.search(queries, radius)
    assert set(zip(hits.query.tolist(), hits.row.tolist(), hits.distance.tolist(), strict=True)) == expected
    assert len(hits.row) == len(expected)


def test_an_empty_index_finds_nothing(tmp_path: Path) -> None:
    assert engine(tmp_path, spellings=()).match_picture(fingerprint(product_picture(1))) == ()
