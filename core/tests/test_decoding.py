"""The pool of limited children: what comes out of good files, hostile files and dying children."""

import multiprocessing
import os
import select
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image, ImageOps

from core.evidence import decoding
from core.evidence.decoding import BrokenChild, Decoded, DecodingFailed, Limits, Pool
from core.tests import hostile

JPEG = hostile.packed(hostile.quarters(), "JPEG")
Corners = list[tuple[int, ...]]
on_linux = pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")


@pytest.fixture(scope="module")
def pool() -> Iterator[Pool]:
    shared = Pool(Limits(), size=2)
    yield shared
    shared.close()


@pytest.fixture
def make_pool(tmp_path: Path) -> Iterator[Callable[..., Pool]]:
    """Pools of a test's own: with other limits, or whose children run another program."""
    pools = []

    def make(*, size: int = 1, program: str = "", **limits: float) -> Pool:
        path = tmp_path / "program.py"
        path.write_text(CHILD_THAT_ANSWERS + program)
        chosen = {"program": path} if program else {}
        pools.append(Pool(Limits(**limits), size, **chosen))  # type: ignore[arg-type]  # one dict, many types
        return pools[-1]

    yield make
    for each in pools:
        each.close()


#: The beginning of a child that keeps to the protocol. What is appended to it answers the jobs, or does not.
CHILD_THAT_ANSWERS = """
import json, os, signal, socket, struct, sys
channel = socket.socket(fileno=0)
def send(header, data=b"", lengths=None):
    text = header if isinstance(header, bytes) else json.dumps(header).encode()
    channel.sendall(struct.pack(">II", *(lengths or (len(text), len(data)))) + text + data)
def receive(stream=channel.makefile("rb")):
    lengths = struct.unpack(">II", stream.read(8))
    return stream.read(lengths[0]), stream.read(lengths[1])
"""


def failure(pool: Pool, data: bytes, decoder: str) -> str:
    with pytest.raises(DecodingFailed) as caught:
        pool.decode(data, decoder)
    return caught.value.code


def opened(decoded: Decoded) -> Image.Image:
    picture = Image.open(BytesIO(decoded.copy))
    picture.load()
    return picture


def corners(picture: Image.Image) -> Corners:
    """Colours at the corners, rounded so that JPEG's small losses do not show."""
    width, height = picture.size
    places = ((4, 4), (width - 5, 4), (width - 5, height - 5), (4, height - 5))
    colours = picture.convert("RGB")
    return [tuple(round(value / 20) for value in colours.getpixel(place)) for place in places]  # type: ignore[union-attr]  # tuples in RGB


RED, GREEN, BLUE, GREY = ((11, 1, 1), (1, 10, 1), (1, 1, 11), (6, 6, 6))


# -- good files -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("picture_format", ["JPEG", "PNG", "WEBP", "GIF"])
def test_a_good_picture_becomes_a_jpeg_of_the_same_look(pool: Pool, picture_format: str) -> None:
    decoded = pool.decode(hostile.packed(hostile.quarters(), picture_format), picture_format)
    assert (decoded.media_type, decoded.width, decoded.height) == ("image/jpeg", 96, 64)
    assert (decoded.page_count, decoded.has_more_frames) == (None, False)
    assert corners(opened(decoded)) == [RED, GREEN, BLUE, GREY]


def test_a_phones_heic_is_read_the_right_way_up(pool: Pool) -> None:
    decoded = pool.decode(hostile.phone_heic(), "HEIF")
    assert (decoded.media_type, decoded.width, decoded.height) == ("image/jpeg", 64, 96)
    # Drawn with a blue quarter at the top left, then turned by a quarter to the right.
    assert [colour[2] > colour[0] for colour in corners(opened(decoded))] == [False, True, False, False]


@pytest.mark.parametrize("orientation", range(1, 9))
def test_every_orientation_is_applied(pool: Pool, orientation: int) -> None:
    data = hostile.phone_jpeg(orientation)
    expected = ImageOps.exif_transpose(Image.open(BytesIO(data)))
    decoded = pool.decode(data, "JPEG")
    assert (decoded.width, decoded.height) == expected.size == opened(decoded).size
    assert corners(opened(decoded)) == corners(expected)


@pytest.mark.parametrize("orientation", [0, 9, 255])
def test_an_orientation_that_does_not_exist_means_upright(pool: Pool, orientation: int) -> None:
    assert corners(opened(pool.decode(hostile.phone_jpeg(orientation), "JPEG"))) == [RED, GREEN, BLUE, GREY]


@pytest.mark.parametrize("picture_format", ["JPEG", "PNG", "WEBP"])
def test_no_metadata_survives(pool: Pool, picture_format: str) -> None:
    phone = Image.open(BytesIO(hostile.phone_jpeg(6)))
    data = hostile.packed(phone, picture_format, exif=phone.info["exif"], icc_profile=hostile.swapped_profile())
    assert b"SecretMaker" in data
    decoded = pool.decode(data, picture_format)
    assert b"Secret" not in decoded.copy
    assert dict(opened(decoded).getexif()) == {}
    assert set(opened(decoded).info) <= {"jfif", "jfif_version", "jfif_unit", "jfif_density"}


def test_colours_are_brought_to_srgb_by_the_pictures_own_profile(pool: Pool) -> None:
    data = hostile.packed(hostile.quarters(), "PNG", icc_profile=hostile.swapped_profile())
    red_was_meant_as_green, green_was_meant_as_red, blue, _ = corners(opened(pool.decode(data, "PNG")))
    assert red_was_meant_as_green == (1, 11, 1)
    assert green_was_meant_as_red == (10, 1, 1)
    assert blue == BLUE


def test_a_broken_colour_profile_costs_nothing_but_itself(pool: Pool) -> None:
    data = hostile.packed(hostile.quarters(), "JPEG", icc_profile=b"rubbish" * 40)
    assert corners(opened(pool.decode(data, "JPEG"))) == [RED, GREEN, BLUE, GREY]


@pytest.mark.parametrize(("mode", "picture_format"), [("CMYK", "JPEG"), ("P", "PNG"), ("RGBA", "WEBP"), ("LA", "PNG")])
def test_every_mode_becomes_rgb(pool: Pool, mode: str, picture_format: str) -> None:
    decoded = pool.decode(hostile.packed(hostile.quarters(mode=mode), picture_format), picture_format)
    assert opened(decoded).mode == "RGB"
    assert decoded.media_type == "image/jpeg"


def test_sixteen_bits_are_scaled_down_and_not_cut_off(pool: Pool) -> None:
    grey = Image.new("I;16", (40, 40), 0x8080)
    assert opened(pool.decode(hostile.packed(grey, "PNG"), "PNG")).getpixel((20, 20)) == (128, 128, 128)


def test_a_white_logo_on_nothing_stays_visible(pool: Pool) -> None:
    logo = Image.new("RGBA", (40, 40), (255, 255, 255, 0))
    logo.paste((255, 255, 255, 255), (10, 10, 30, 30))
    decoded = pool.decode(hostile.packed(logo, "PNG"), "PNG")
    assert decoded.media_type == "image/png"
    assert opened(decoded).getpixel((20, 20)) == (255, 255, 255, 255)
    assert opened(decoded).getpixel((2, 2))[3] == 0  # type: ignore[index]  # a tuple in RGBA


def test_transparency_that_would_grow_too_large_is_laid_on_white(make_pool: Callable[..., Pool]) -> None:
    clear = Image.new("RGBA", (40, 40), (0, 0, 0, 0))
    decoded = make_pool(png_max_bytes=10).decode(hostile.packed(clear, "PNG"), "PNG")
    assert decoded.media_type == "image/jpeg"
    assert opened(decoded).getpixel((20, 20)) == (255, 255, 255)


def test_a_large_picture_is_scaled_to_the_working_size_and_its_full_size_told(pool: Pool) -> None:
    decoded = pool.decode(hostile.packed(hostile.quarters((3200, 2000)), "JPEG"), "JPEG")
    assert (decoded.width, decoded.height) == (3200, 2000)
    assert opened(decoded).size == (1600, 1000)
    assert corners(opened(decoded)) == [RED, GREEN, BLUE, GREY]


def test_only_the_first_frame_of_an_animation_is_kept_and_that_is_told(pool: Pool) -> None:
    decoded = pool.decode(hostile.gif_of_frames(3000), "GIF")
    assert decoded.has_more_frames is True
    assert (decoded.width, decoded.height) == (8, 8)


def test_two_pictures_in_one_jpeg_are_read_as_the_first(pool: Pool) -> None:
    second = Image.new("RGB", (96, 64))
    pair = hostile.packed(hostile.quarters(), "MPO", save_all=True, append_images=[second])
    assert Image.open(BytesIO(pair)).format == "MPO"
    decoded = pool.decode(pair, "JPEG")
    assert corners(opened(decoded)) == [RED, GREEN, BLUE, GREY]
    assert decoded.has_more_frames is False  # The reader that knows of more pictures was never asked.


def test_a_broken_index_of_further_pictures_is_ignored(pool: Pool) -> None:
    assert corners(opened(pool.decode(hostile.jpeg_with_broken_index(), "JPEG"))) == [RED, GREEN, BLUE, GREY]


@pytest.mark.parametrize("passwords", [{}, {"user_password": "", "owner_password": "owner"}])
def test_a_pdf_that_opens_without_a_password_has_its_pages_counted(pool: Pool, passwords: dict[str, str]) -> None:
    assert pool.decode(hostile.pdf(3, **passwords), "PDF") == Decoded(page_count=3)


# -- hostile files --------------------------------------------------------------------------------------------------


def test_a_pdf_with_a_password_is_told_apart_from_a_broken_one(pool: Pool) -> None:
    assert failure(pool, hostile.pdf(user_password="kim", owner_password="lee"), "PDF") == decoding.PASSWORD
    assert failure(pool, hostile.pdf()[:200], "PDF") == decoding.DAMAGED
    assert failure(pool, hostile.pdf(0), "PDF") == decoding.DAMAGED


def test_a_pdf_of_too_many_pages_is_refused(make_pool: Callable[..., Pool]) -> None:
    small = make_pool(max_pages=4)
    assert small.decode(hostile.pdf(4), "PDF").page_count == 4
    assert failure(small, hostile.pdf(5), "PDF") == decoding.TOO_MANY_PAGES


@pytest.mark.parametrize("picture_format", ["JPEG", "PNG", "WEBP", "GIF"])
def test_a_truncated_picture_is_refused(pool: Pool, picture_format: str) -> None:
    noise = Image.effect_noise((300, 200), 80).convert("RGB")
    data = hostile.packed(noise, picture_format)
    assert failure(pool, data[: len(data) // 2], picture_format) == decoding.DAMAGED


def test_a_large_jpeg_that_lacks_its_end_is_refused_though_it_is_decoded_reduced(pool: Pool) -> None:
    data = hostile.packed(hostile.quarters((4000, 3000)), "JPEG")
    assert failure(pool, data[:-300], "JPEG") == decoding.DAMAGED


@pytest.mark.parametrize("data", [hostile.HTML, hostile.SVG, hostile.ZIP, hostile.BLP, b"\xff\xd8\xff", b""])
@pytest.mark.parametrize("decoder", ["JPEG", "PNG", "WEBP", "GIF", "HEIF", "PDF"])
def test_content_is_only_ever_read_as_the_kind_it_was_announced_as(pool: Pool, data: bytes, decoder: str) -> None:
    assert failure(pool, data, decoder) == decoding.DAMAGED


@pytest.mark.parametrize(
    ("data", "decoder"),
    [
        (hostile.png_that_claims(60_000, 60_000), "PNG"),
        (hostile.png_that_claims(7_072, 7_072), "PNG"),
        (b"RIFF\x40\x00\x00\x00WEBPVP8X\x0a\x00\x00\x00\x10\x00\x00\x00\xff\x3f\x00\xff\x3f\x00" + bytes(40), "WEBP"),
        (b"GIF89a\xff\xff\xff\xff\x00\x00\x00,\x00\x00\x00\x00\xff\xff\xff\xff\x00\x02\x02\x44\x01\x00;", "GIF"),
    ],
)
def test_a_picture_that_claims_too_many_pixels_is_refused_unread(pool: Pool, data: bytes, decoder: str) -> None:
    assert failure(pool, data, decoder) == decoding.TOO_MANY_PIXELS


def test_a_picture_that_eats_memory_is_refused_and_its_child_works_on(make_pool: Callable[..., Pool]) -> None:
    small = make_pool(memory_mb=256)
    bomb = hostile.png_bomb(7_000, 7_000)
    assert len(bomb) < 200_000
    small.decode(JPEG, "JPEG")
    before = small.child_pids()
    assert failure(small, bomb, "PNG") == decoding.TOO_MUCH_MEMORY
    assert small.decode(JPEG, "JPEG").width == 96
    assert small.child_pids() == before


def test_a_jpeg_of_endless_scans_runs_out_of_processor_time(make_pool: Callable[..., Pool]) -> None:
    small = make_pool(processor_seconds=1)
    assert small.decode(hostile.jpeg_of_many_scans(1), "JPEG").width == 6000
    assert failure(small, hostile.jpeg_of_many_scans(20_000), "JPEG") == decoding.TOO_SLOW
    assert small.decode(JPEG, "JPEG").width == 96


# -- pictures that are only looked at -------------------------------------------------------------------------------


@pytest.mark.parametrize("picture_format", ["JPEG", "PNG", "WEBP", "GIF"])
def test_a_glance_is_the_picture_in_grey_and_nothing_else(pool: Pool, picture_format: str) -> None:
    seen = pool.glance(hostile.packed(hostile.quarters(), picture_format), picture_format)
    picture = opened(seen)
    assert (seen.media_type, seen.width, seen.height) == (decoding.PGM, 96, 64)
    assert (picture.mode, picture.size) == ("L", (96, 64))
    expected = hostile.quarters().convert("L")
    assert [round(value / 20) for value in (picture.getpixel((4, 4)), picture.getpixel((90, 60)))] == [  # type: ignore[operator]  # one band
        round(value / 20)  # type: ignore[operator]  # the same
        for value in (expected.getpixel((4, 4)), expected.getpixel((90, 60)))
    ]


@pytest.mark.parametrize("orientation", range(1, 9))
def test_a_glance_is_the_right_way_up(pool: Pool, orientation: int) -> None:
    data = hostile.phone_jpeg(orientation)
    expected = ImageOps.exif_transpose(Image.open(BytesIO(data)))
    seen = pool.glance(data, "JPEG")
    assert (seen.width, seen.height) == expected.size == opened(seen).size
    assert corners(opened(seen)) == corners(expected.convert("L"))


@pytest.mark.parametrize(
    ("size", "glanced"), [((4000, 3000), (256, 192)), ((380, 380), (380, 380)), ((300, 9000), (53, 1600))]
)
def test_a_glance_comes_no_larger_than_comparing_needs(
    pool: Pool, size: tuple[int, int], glanced: tuple[int, int]
) -> None:
    seen = pool.glance(hostile.packed(hostile.quarters(size), "PNG"), "PNG")
    assert ((seen.width, seen.height), opened(seen).size) == (size, glanced)


def test_a_glance_at_a_white_logo_on_nothing_sees_white(pool: Pool) -> None:
    logo = Image.new("RGBA", (60, 60), (0, 0, 0, 0))
    assert opened(pool.glance(hostile.packed(logo, "PNG"), "PNG")).getextrema() == (255, 255)


def test_a_glance_is_refused_like_a_picture_that_is_kept(pool: Pool) -> None:
    for data, decoder, code in (
        (hostile.HTML, "JPEG", decoding.DAMAGED),
        (JPEG[:-40], "JPEG", decoding.DAMAGED),
        (hostile.png_that_claims(60_000, 60_000), "PNG", decoding.TOO_MANY_PIXELS),
    ):
        with pytest.raises(DecodingFailed) as refused:
            pool.glance(data, decoder)
        assert refused.value.code == code


@pytest.mark.parametrize(
    "lie",
    [
        'send({"columns": 2, "rows": 2, "width": 2, "height": 2}, b"123")',
        'send({"columns": -2, "rows": -2, "width": 2, "height": 2}, b"1234")',
        'send({"columns": 2, "rows": 2, "width": 2}, b"1234")',
        'send({"media_type": "image/png", "width": 2, "height": 2}, b"1234")',
        'send({"refused": "because"})',
    ],
)
def test_a_child_that_lies_of_a_glance_is_not_believed(make_pool: Callable[..., Pool], lie: str) -> None:
    small = make_pool(program=f'send({{"ready": True}})\nreceive()\n{lie}\nreceive()\n')
    with pytest.raises(DecodingFailed, match=decoding.CRASHED):
        small.glance(b"", "JPEG")
    assert small.child_pids() == []


# -- children that hang, die or lie ---------------------------------------------------------------------------------


#: Answers every job with a page count of 7, except the jobs named by what they do.
CHILD_THAT_OBEYS = """
send({"ready": True})
while True:
    _, job = receive()
    if job == b"hang":
        signal.pause()
    if job == b"die":
        os.kill(os.getpid(), signal.SIGKILL)
    if job == b"exit":
        os._exit(0)
    send({"page_count": 7})
"""


@pytest.mark.parametrize(
    ("job", "code"),
    [(b"hang", decoding.TOO_SLOW), (b"die", decoding.CRASHED), (b"exit", decoding.CRASHED)],
)
def test_a_child_that_hangs_or_dies_at_work_is_replaced(make_pool: Callable[..., Pool], job: bytes, code: str) -> None:
    small = make_pool(program=CHILD_THAT_OBEYS, wall_seconds=1.0 if job == b"hang" else 30.0)
    assert small.decode(b"", "PDF").page_count == 7
    first = small.child_pids()
    assert failure(small, job, "PDF") == code
    assert small.child_pids() == []
    assert small.decode(b"", "PDF").page_count == 7
    assert len(small.child_pids()) == 1
    assert small.child_pids() != first


def test_a_heic_that_crashes_its_decoder_harms_nothing_else(make_pool: Callable[..., Pool]) -> None:
    small = make_pool()
    # pi-heif 1.4 reads past a null pointer where the type of a metadata item is not UTF-8.
    assert failure(small, hostile.heic_that_crashes_its_decoder(), "HEIF") == decoding.CRASHED
    assert small.decode(hostile.phone_heic(), "HEIF").width == 64


def test_a_child_that_stops_reading_is_killed_in_time(make_pool: Callable[..., Pool]) -> None:
    small = make_pool(wall_seconds=1.0)
    small.decode(JPEG, "JPEG")
    (child,) = small.child_pids()
    os.kill(child, signal.SIGSTOP)
    # Far more than a socket holds, so that the job cannot even be handed over.
    assert failure(small, JPEG + bytes(8_000_000), "JPEG") == decoding.TOO_SLOW
    assert small.child_pids() == []


def test_a_child_killed_between_jobs_is_no_jobs_fault(make_pool: Callable[..., Pool]) -> None:
    small = make_pool()
    small.decode(JPEG, "JPEG")
    (child,) = small.child_pids()
    end = os.pidfd_open(child)
    os.kill(child, signal.SIGKILL)
    assert select.select([end], [], [], 10)[0] == [end]
    os.close(end)
    assert small.decode(JPEG, "JPEG").width == 96
    assert small.child_pids() != [child]


@pytest.mark.parametrize(
    "lie",
    [
        'send({"media_type": "text/html", "width": 1, "height": 1}, b"<html>")',
        'send({"media_type": "image/jpeg", "width": 1, "height": 1}, b"<html>")',
        'send({"media_type": "image/png", "width": -1, "height": 1}, b"\\x89PNG\\r\\n\\x1a\\n")',
        'send({"media_type": "image/png", "width": "1", "height": 1}, b"\\x89PNG\\r\\n\\x1a\\n")',
        'send({"page_count": 0})',
        'send({"page_count": 3000000000})',
        'send({"page_count": True})',
        'send({"refused": "because"})',
        'send({"refused": ["damaged"]})',
        "send({})",
        "send([])",
        "send(b'[' * 4000)",
        "send(b'not json')",
        "send({}, lengths=(2, 4_000_000_000))",
        "send({}, lengths=(4_000_000_000, 0))",
    ],
)
def test_a_child_that_lies_is_not_believed_and_not_used_again(make_pool: Callable[..., Pool], lie: str) -> None:
    small = make_pool(program=f'send({{"ready": True}})\nreceive()\n{lie}\nreceive()\n')
    assert failure(small, b"", "PDF") == decoding.CRASHED
    assert small.child_pids() == []


@pytest.mark.parametrize("program", ["sys.exit(0)", "send(b'x')", "signal.pause()"])
def test_a_child_that_never_gets_ready_is_not_the_files_fault(make_pool: Callable[..., Pool], program: str) -> None:
    small = make_pool(program=program, start_seconds=0.5)
    assert failure(small, b"", "PDF") == decoding.UNAVAILABLE
    assert small.child_pids() == []


def test_a_pool_whose_children_are_all_at_work_says_that_it_is_busy(make_pool: Callable[..., Pool]) -> None:
    small = make_pool(program=CHILD_THAT_OBEYS, wait_seconds=0.2)
    assert small.decode(b"", "PDF").page_count == 7
    with ThreadPoolExecutor(1) as thread:
        hanging = thread.submit(small.decode, b"hang", "PDF")
        while not small._places.empty():
            pass
        assert failure(small, b"", "PDF") == decoding.BUSY
        small.close()
        with pytest.raises(DecodingFailed, match=decoding.CRASHED):
            hanging.result()
    assert small.child_pids() == []


def test_a_closed_pool_takes_no_job(make_pool: Callable[..., Pool]) -> None:
    small = make_pool()
    small.decode(JPEG, "JPEG")
    small.close()
    assert small.child_pids() == []
    assert failure(small, JPEG, "JPEG") == decoding.UNAVAILABLE


def test_answers_are_believed_only_as_far_as_they_can_be_checked() -> None:
    copy = b"\xff\xd8\xff\xe0"
    header = {"media_type": "image/jpeg", "width": 3, "height": 4, "more_frames": "yes"}
    assert decoding.read_answer(header, copy, "JPEG") == Decoded(copy, "image/jpeg", 3, 4)
    with pytest.raises(BrokenChild):
        decoding.read_answer(header, b"\x89PNG", "JPEG")
    with pytest.raises(BrokenChild):
        decoding.read_answer({"page_count": 1}, b"", "JPEG")
    with pytest.raises(BrokenChild):
        decoding.read_answer(header, copy, "PDF")


class Interrupted(BaseException):
    """As the task queue's timeout is: no Exception."""


def _interrupt(*_: object) -> None:
    raise Interrupted


def test_an_answer_that_nobody_waited_for_never_goes_to_the_next_file(make_pool: Callable[..., Pool]) -> None:
    small = make_pool(program=CHILD_THAT_OBEYS)
    small.decode(b"", "PDF")
    before = signal.signal(signal.SIGALRM, _interrupt)
    signal.setitimer(signal.ITIMER_REAL, 0.3)
    try:
        with pytest.raises(Interrupted):
            small.decode(b"hang", "PDF")
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
    assert small.child_pids() == []
    assert small.decode(b"", "PDF").page_count == 7


# -- many jobs, many threads, many processes ------------------------------------------------------------------------


def test_fifty_threads_share_two_children(make_pool: Callable[..., Pool]) -> None:
    small = make_pool(size=2)
    sizes = [(40 + number, 90 - number) for number in range(50)]
    pictures = [hostile.packed(hostile.quarters(size), "PNG") for size in sizes]
    with ThreadPoolExecutor(50) as threads:
        decoded = list(threads.map(lambda data: small.decode(data, "PNG"), pictures))
    assert [(each.width, each.height) for each in decoded] == sizes
    assert [opened(each).size for each in decoded] == sizes
    assert len(small.child_pids()) == 2


def test_good_files_come_through_while_children_die_beside_them(make_pool: Callable[..., Pool]) -> None:
    small = make_pool(size=2, program=CHILD_THAT_OBEYS)
    jobs = [b"die" if number % 5 == 0 else b"" for number in range(50)]

    def outcome(job: bytes) -> object:
        try:
            return small.decode(job, "PDF").page_count
        except DecodingFailed as failed:
            return failed.code

    with ThreadPoolExecutor(10) as threads:
        assert list(threads.map(outcome, jobs)) == [decoding.CRASHED if job else 7 for job in jobs]


def test_one_job_at_a_time_needs_one_child(make_pool: Callable[..., Pool]) -> None:
    small = make_pool(size=4)
    assert small.child_pids() == []
    for _ in range(5):
        small.decode(JPEG, "JPEG")
    assert len(small.child_pids()) == 1


def test_a_worn_child_is_replaced(make_pool: Callable[..., Pool]) -> None:
    small = make_pool(jobs_per_child=2)
    small.decode(JPEG, "JPEG")
    first = small.child_pids()
    small.decode(JPEG, "JPEG")
    assert (len(first), small.child_pids()) == (1, [])


@on_linux
def test_a_child_that_holds_much_memory_is_replaced(make_pool: Callable[..., Pool]) -> None:
    small = make_pool(resident_mb=1)
    small.decode(JPEG, "JPEG")
    assert small.child_pids() == []


def test_a_child_outlives_the_thread_that_needed_it_first(make_pool: Callable[..., Pool]) -> None:
    small = make_pool()
    thread = threading.Thread(target=small.decode, args=(JPEG, "JPEG"))
    thread.start()
    thread.join()
    before = small.child_pids()
    assert small.decode(JPEG, "JPEG").width == 96
    assert (len(before), small.child_pids()) == (1, before)


@on_linux
def test_a_child_is_limited_and_inherits_no_secrets(
    make_pool: Callable[..., Pool], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SECRET_KEY", "not for children")
    small = make_pool(memory_mb=300)
    small.decode(JPEG, "JPEG")
    (child,) = small.child_pids()
    limits = {
        line[:26].strip(): line[26:].split()[:2] for line in Path(f"/proc/{child}/limits").read_text().splitlines()
    }
    assert limits["Max address space"] == [str(300 * 1024 * 1024)] * 2
    assert limits["Max open files"] == ["16", "16"]
    assert limits["Max file size"] == limits["Max core file size"] == ["0", "0"]
    assert 20 < int(limits["Max cpu time"][0]) < 30
    names = {entry.partition(b"=")[0] for entry in Path(f"/proc/{child}/environ").read_bytes().split(b"\0")}
    assert names <= {b"MALLOC_ARENA_MAX", b"LC_ALL", b"LD_LIBRARY_PATH", b""}


def _decode_in_a_daemon(inherited: Pool, answers: "multiprocessing.Queue[object]") -> None:
    answers.put((inherited.decode(JPEG, "JPEG").width, inherited.child_pids()))


def test_a_forked_daemonic_process_gets_children_of_its_own(make_pool: Callable[..., Pool]) -> None:
    small = make_pool()
    small.decode(JPEG, "JPEG")
    before = small.child_pids()
    forking = multiprocessing.get_context("fork")
    answers = forking.Queue()
    # As the workers of the task queue are: daemonic, and so without the right to start multiprocessing's own children.
    worker = forking.Process(target=_decode_in_a_daemon, args=(small, answers), daemon=True)
    worker.start()
    width, children_of_worker = answers.get(timeout=30)
    worker.join(30)
    assert worker.exitcode == 0
    assert width == 96
    assert len(children_of_worker) == 1
    assert children_of_worker != before
    assert small.decode(JPEG, "JPEG").width == 96
    assert small.child_pids() == before


PARENT = """
import sys, threading
sys.path.insert(0, sys.argv[1])
from core.evidence.decoding import Limits, Pool
pool = Pool(Limits(), 1)
pool.decode(bytes.fromhex(sys.argv[2]), "JPEG")
print(pool.child_pids()[0], flush=True)
sys.stdin.read()
"""


@on_linux
@pytest.mark.parametrize("end", ["killed", "finished", "killed while its child hangs"])
def test_no_child_outlives_its_parent(end: str) -> None:
    root = str(Path(decoding.__file__).parents[2])
    with subprocess.Popen(
        [sys.executable, "-c", PARENT, root, JPEG.hex()], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as parent:
        assert parent.stdout is not None and parent.stdin is not None
        child = int(parent.stdout.readline())
        child_end = os.pidfd_open(child)
        if end == "killed while its child hangs":
            os.kill(child, signal.SIGSTOP)
        if end == "finished":
            parent.stdin.close()
        else:
            parent.kill()
        is_over = select.select([child_end], [], [], 10)[0] == [child_end]
        if not is_over:
            signal.pidfd_send_signal(child_end, signal.SIGKILL)
        os.close(child_end)
        assert is_over
        assert parent.wait(10) == (0 if end == "finished" else -signal.SIGKILL)


def test_the_pool_is_shared_within_a_process_by_its_limits() -> None:
    one = decoding.shared_pool(Limits(memory_mb=500), 1)
    assert decoding.shared_pool(Limits(memory_mb=500), 1) is one
    assert decoding.shared_pool(Limits(memory_mb=501), 1) is not one
    assert one.child_pids() == []
