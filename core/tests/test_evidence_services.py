"""Keeping files: one row for one content, both copies in the store, nothing of what is refused."""

import hashlib
import os
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.core.files.base import ContentFile
from django.core.files.storage import storages
from django.db import connection, transaction
from django.http import Http404
from django.test import RequestFactory
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from PIL import Image

from core.errors import DomainError
from core.evidence import decoding, errors, rules, services
from core.evidence.decoding import DecodingFailed
from core.evidence.errors import EvidenceDamaged, FileRefused, IntakeUnavailable, NoWorkingCopy
from core.evidence.services import IncomingFile, glance_at, keep_file, keep_files, open_original, read_working
from core.evidence.views import working_copy_response
from core.models import EvidenceFile
from core.tests import hostile

STORAGE = "core.evidence.storage.ContentAddressedStorage"


def use_store(settings: Any, folder: Path, backend: str = STORAGE) -> None:
    settings.STORAGES = {**settings.STORAGES, "evidence": {"BACKEND": backend, "OPTIONS": {"location": str(folder)}}}


@pytest.fixture
def store(settings: Any, tmp_path: Path) -> Path:
    """The folder that the evidence of this test is kept in."""
    use_store(settings, tmp_path / "store")
    return tmp_path / "store"


def stored(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file())


def sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


# -- keeping --------------------------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_a_photo_is_kept_as_it_came_beside_a_safe_copy(store: Path) -> None:
    data = hostile.phone_jpeg(6)
    evidence = keep_file(data, name="가방.jpg")
    evidence.refresh_from_db()
    assert (evidence.sha256, evidence.size, evidence.media_type) == (sha256(data), len(data), "image/jpeg")
    assert (evidence.width, evidence.height, evidence.page_count, evidence.problem) == (64, 96, None, "")
    with open_original(evidence) as original:
        assert original.read() == data
    copy = read_working(evidence)
    assert (evidence.working_sha256, evidence.working_media_type) == (sha256(copy), "image/jpeg")
    assert Image.open(BytesIO(copy)).size == (64, 96)
    assert b"Secret" not in copy
    assert [path.relative_to(store).as_posix() for path in stored(store)] == sorted(
        [rules.original_key(sha256(data)), rules.working_key(sha256(copy))]
    )


@pytest.mark.django_db
def test_a_document_is_kept_without_a_copy_to_show(store: Path) -> None:
    evidence = keep_file(hostile.pdf(3), name="등록증.pdf")
    assert (evidence.media_type, evidence.page_count) == ("application/pdf", 3)
    assert (evidence.width, evidence.working_name, evidence.has_working_copy) == (None, "", False)
    assert len(stored(store)) == 1
    with pytest.raises(NoWorkingCopy):
        read_working(evidence)


@pytest.mark.django_db
def test_an_animation_says_that_only_its_first_frame_is_shown(store: Path) -> None:
    assert keep_file(hostile.gif_of_frames(3)).problem == rules.FIRST_FRAME_ONLY


@pytest.mark.django_db
def test_a_heic_under_the_name_of_a_jpeg_is_kept_as_what_it_is(store: Path) -> None:
    assert keep_file(hostile.phone_heic(), name="IMG_0001.JPG").media_type == "image/heic"


@pytest.mark.django_db
def test_the_same_bytes_are_one_row_whatever_they_are_called(store: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    data = hostile.phone_jpeg()
    first = keep_file(data, name="a.jpg")
    monkeypatch.setattr(decoding.Pool, "decode", None)  # The second time nothing is decoded.
    assert keep_file(data, name="../b.png") == first
    assert EvidenceFile.objects.count() == 1


@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif(
    connection.vendor != "postgresql", reason="SQLite has one writer at a time; the race is PostgreSQL's"
)
def test_the_same_bytes_from_many_threads_at_once_are_one_row(store: Path) -> None:
    data = hostile.phone_jpeg()
    start = threading.Barrier(8)

    def keep(number: int) -> int:
        try:
            start.wait(30)
            return keep_file(data, name=f"{number}.jpg").pk
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as threads:
        assert len(set(threads.map(keep, range(8)))) == 1
    assert EvidenceFile.objects.count() == 1
    assert len(stored(store)) == 2


@pytest.mark.django_db
def test_losing_the_race_gives_the_winners_row(store: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    data = hostile.phone_jpeg()
    winner = keep_file(data)
    monkeypatch.setattr(services, "_find", lambda _: None)
    assert keep_file(data) == winner
    assert EvidenceFile.objects.count() == 1


@pytest.mark.django_db
def test_a_row_that_failed_leaves_a_file_that_the_next_try_finds(store: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    data = hostile.phone_jpeg()
    with monkeypatch.context() as broken:
        broken.setattr(services, "_record", _raise(RuntimeError("power cut")))
        with pytest.raises(RuntimeError):
            keep_file(data)
    before = {path: path.stat().st_ino for path in stored(store)}
    assert (EvidenceFile.objects.count(), len(before)) == (0, 2)
    assert read_working(keep_file(data))[:3] == b"\xff\xd8\xff"
    assert {path: path.stat().st_ino for path in stored(store)} == before


def _raise(error: BaseException) -> Callable[..., Any]:
    def raiser(*_: object, **__: object) -> None:
        raise error

    return raiser


# -- refusing -------------------------------------------------------------------------------------------------------

HALF_A_PHOTO = hostile.phone_jpeg()[:-200]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("data", "name", "code", "why"),
    [
        (b"", "빈.jpg", errors.EMPTY, "파일에 내용이 없습니다(0바이트)."),
        (HALF_A_PHOTO, "a.jpg", "damaged", "JPEG 사진이지만 내용이 잘렸거나 깨져 있어 열 수 없습니다."),
        (hostile.HTML, "a.jpg", errors.DISGUISED, "이름은 .jpg인데 내용은 웹 문서(HTML)입니다."),
        (hostile.SVG, "a.png", errors.DISGUISED, "이름은 .png인데 내용은 SVG 그림입니다."),
        (hostile.ZIP, "a.pdf", errors.DISGUISED, "이름은 .pdf인데 내용은 ZIP 압축 파일(또는 오피스 문서)입니다."),
        (hostile.SVG, "logo.svg", errors.WRONG_KIND, "파일의 내용이 SVG 그림입니다."),
        (hostile.BLP, "a.blp", errors.WRONG_KIND, "파일의 내용이 BLP 그림입니다."),
        (hostile.AVIF, "", errors.WRONG_KIND, "파일의 내용이 AVIF 그림입니다."),
        (hostile.png_that_claims(60_000, 60_000), "a.png", "too_many_pixels", "한 장에 5,000만 화소까지만 받습니다."),
        (hostile.pdf(user_password="kim"), "a.pdf", "password", "암호 없이는 내용을 확인할 수 없습니다."),
        (b"%PDF-1.7 and nothing else", "a.pdf", "damaged", "PDF 문서이지만 내용이 잘렸거나 깨져 있어 열 수 없습니다."),
        (hostile.HTML, "../../a\x00.jpg", errors.DISGUISED, "이름은 .jpg인데 내용은 웹 문서(HTML)입니다."),
    ],
)
def test_what_is_refused_is_explained_and_nothing_of_it_is_stored(
    store: Path, data: bytes, name: str, code: str, why: str
) -> None:
    with pytest.raises(FileRefused) as refused:
        keep_file(data, name=name)
    assert (refused.value.code, refused.value.why) == (code, why)
    assert "\x00" not in str(refused.value) and ".." not in str(refused.value)
    assert EvidenceFile.objects.count() == 0
    assert stored(store) == []


@pytest.mark.django_db
def test_twenty_megabytes_are_accepted_and_one_byte_more_is_not(store: Path) -> None:
    photo = hostile.phone_jpeg()
    largest = photo + bytes(rules.MAX_FILE_BYTES - len(photo))
    assert keep_file(largest).size == rules.MAX_FILE_BYTES
    with pytest.raises(FileRefused) as refused:
        keep_file(largest + b"\x00")
    assert refused.value.code == errors.TOO_LARGE
    assert EvidenceFile.objects.count() == 1


@pytest.mark.django_db
def test_a_picture_that_is_only_looked_at_leaves_nothing(store: Path) -> None:
    assert glance_at(hostile.phone_jpeg()).startswith(b"P5 96 64 255\n")
    assert (stored(store), EvidenceFile.objects.count()) == ([], 0)


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", errors.EMPTY),
        (hostile.HTML, errors.DISGUISED),
        (hostile.pdf(), errors.WRONG_KIND),
        (hostile.phone_jpeg()[:-40], decoding.DAMAGED),
        (hostile.png_that_claims(60_000, 60_000), decoding.TOO_MANY_PIXELS),
    ],
)
def test_what_could_not_be_kept_is_not_looked_at(data: bytes, code: str) -> None:
    with pytest.raises(FileRefused) as refused:
        glance_at(data, name="가방.jpg")
    assert refused.value.code == code
    assert "가방.jpg" in refused.value.what


@pytest.fixture
def failing_pool(monkeypatch: pytest.MonkeyPatch) -> Callable[..., list[str]]:
    """Lets the pool fail with the codes that are given, one for each call, before it works again."""
    real = decoding.Pool.decode

    def fail_with(*codes: str) -> list[str]:
        ahead = list(codes)

        def decode(pool: decoding.Pool, data: bytes, decoder: str) -> decoding.Decoded:
            if ahead:
                raise DecodingFailed(ahead.pop(0))
            return real(pool, data, decoder)

        monkeypatch.setattr(decoding.Pool, "decode", decode)
        return ahead

    return fail_with


@pytest.mark.django_db
def test_a_file_gets_a_second_chance_when_its_child_died(store: Path, failing_pool: Callable[..., list[str]]) -> None:
    failing_pool(decoding.CRASHED)
    assert keep_file(hostile.phone_jpeg()).width == 96


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("codes", "refused_as"),
    [
        ((decoding.CRASHED, decoding.CRASHED), errors.UNPROCESSABLE),
        ((decoding.CRASHED, decoding.DAMAGED), decoding.DAMAGED),
        ((decoding.TOO_SLOW,), decoding.TOO_SLOW),
        ((decoding.TOO_MUCH_MEMORY,), decoding.TOO_MUCH_MEMORY),
    ],
)
def test_a_file_that_cannot_be_opened_safely_is_refused(
    store: Path, failing_pool: Callable[..., list[str]], codes: tuple[str, ...], refused_as: str
) -> None:
    ahead = failing_pool(*codes)
    with pytest.raises(FileRefused) as refused:
        keep_file(hostile.phone_jpeg())
    assert (refused.value.code, ahead) == (refused_as, [])
    assert stored(store) == []


@pytest.mark.django_db
def test_a_file_that_crashes_its_decoder_twice_is_refused(store: Path) -> None:
    with pytest.raises(FileRefused, match="처리기가 두 번 멈추었습니다") as refused:
        keep_file(hostile.heic_that_crashes_its_decoder(), name="a.heic")
    assert refused.value.code == errors.UNPROCESSABLE
    assert (EvidenceFile.objects.count(), stored(store)) == (0, [])


@pytest.mark.django_db
@pytest.mark.parametrize("code", [decoding.BUSY, decoding.UNAVAILABLE])
def test_a_busy_portal_is_not_the_files_fault(store: Path, failing_pool: Callable[..., list[str]], code: str) -> None:
    failing_pool(code)
    with pytest.raises(IntakeUnavailable, match="잠시 뒤 다시 올려 주세요"):
        keep_file(hostile.phone_jpeg(), name="a.jpg")
    assert keep_file(hostile.phone_jpeg(), name="a.jpg").width == 96


GOOD = {
    "a.jpg": hostile.phone_jpeg(),
    "a.png": hostile.packed(hostile.quarters(mode="P"), "PNG"),
    "a.webp": hostile.packed(hostile.quarters(), "WEBP"),
    "a.gif": hostile.gif_of_frames(3),
    "a.heic": hostile.phone_heic(),
    "a.pdf": hostile.pdf(2),
}


@st.composite
def spoiled(draw: st.DrawFn) -> tuple[str, bytes]:
    """A good file with some bytes changed, cut out, doubled or cut off."""
    name = draw(st.sampled_from(sorted(GOOD)))
    data = bytearray(GOOD[name])
    for _ in range(draw(st.integers(1, 6))):
        at = draw(st.integers(0, max(len(data) - 1, 0)))
        length = draw(st.integers(1, 40))
        kind = draw(st.sampled_from(["change", "remove", "double", "cut"]))
        if kind == "change":
            new = draw(st.binary(min_size=1, max_size=8))
            data[at : at + len(new)] = new
        elif kind == "remove":
            del data[at : at + length]
        elif kind == "double":
            data[at:at] = data[at : at + length]
        else:
            del data[at + length :]
    return name, bytes(data)


@pytest.mark.django_db
@settings(
    max_examples=300, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(spoiled())
@example(("a.jpg", b"\xff\xd8\xff"))
def test_a_spoiled_file_is_kept_or_refused_and_nothing_else(store: Path, file: tuple[str, bytes]) -> None:
    name, data = file
    outcome, kept = _keep_or_refuse(name, data), EvidenceFile.objects.filter(sha256=sha256(data)).count()
    assert outcome == "kept" if kept else outcome in errors.WORDS


def _keep_or_refuse(name: str, data: bytes) -> str:
    try:
        keep_file(data, name=name)
    except FileRefused as refused:
        return refused.code
    return "kept"


# -- many at once ---------------------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_one_bad_file_of_many_harms_no_other(store: Path) -> None:
    pictures = [hostile.packed(hostile.quarters((40 + number, 40)), "PNG") for number in range(12)]
    files = [IncomingFile(f"{number}.png", data) for number, data in enumerate(pictures)]
    files[5:5] = [IncomingFile("bad.png", hostile.HTML), IncomingFile("again.png", pictures[0])]
    outcomes = list(keep_files(iter(files)))
    assert [outcome.name for outcome in outcomes] == [file.name for file in files]
    assert [outcome.evidence.width if outcome.evidence else None for outcome in outcomes] == (
        [40, 41, 42, 43, 44, None, 40, *range(45, 52)]
    )
    assert [type(outcome.error) for outcome in outcomes if outcome.error] == [FileRefused]
    assert outcomes[6].evidence == outcomes[0].evidence
    assert EvidenceFile.objects.count() == 12


@pytest.mark.django_db
def test_many_files_are_not_all_read_at_once(store: Path) -> None:
    taken = []

    def source() -> Iterator[IncomingFile]:
        for number in range(40):
            taken.append(number)
            yield IncomingFile(f"{number}.png", hostile.packed(hostile.quarters((40 + number, 40)), "PNG"))

    outcomes = keep_files(source())
    assert next(outcomes).name == "0.png"
    assert len(taken) == services.pool().size * 2 + 1
    assert len(list(outcomes)) == 39


@pytest.mark.django_db
def test_many_files_in_a_transaction_go_with_it(store: Path) -> None:
    files = [IncomingFile("a.jpg", hostile.phone_jpeg(1)), IncomingFile("b.jpg", hostile.phone_jpeg(3))]
    with transaction.atomic():
        assert [outcome.error for outcome in keep_files(files)] == [None, None]
        transaction.set_rollback(True)
    assert EvidenceFile.objects.count() == 0
    assert [outcome.error for outcome in keep_files(files)] == [None, None]
    assert EvidenceFile.objects.count() == 2


@pytest.mark.django_db
def test_a_portal_without_room_left_stops_rather_than_blaming_the_file(
    store: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(services, "_put", _raise(OSError(28, "No space left on device")))
    with pytest.raises(OSError, match="No space left"):
        list(keep_files([IncomingFile("a.jpg", hostile.phone_jpeg())]))
    assert EvidenceFile.objects.count() == 0


# -- the store ------------------------------------------------------------------------------------------------------

KEY = rules.original_key("ab" * 32)


def test_a_file_that_is_there_in_full_is_never_written_again(store: Path) -> None:
    evidence_store = storages["evidence"]
    assert evidence_store.save(KEY, ContentFile(b"content")) == KEY
    before = (store / KEY).stat()
    assert evidence_store.save(KEY, ContentFile(b"content")) == KEY
    assert (store / KEY).stat() == before
    assert before.st_mode & 0o222 == 0
    assert stored(store) == [store / KEY]


def test_what_an_interrupted_copy_left_behind_is_replaced(store: Path) -> None:
    (store / KEY).parent.mkdir(parents=True)
    (store / KEY).write_bytes(b"cont")
    assert storages["evidence"].save(KEY, ContentFile(b"content")) == KEY
    assert (store / KEY).read_bytes() == b"content"


def test_a_failed_write_leaves_nothing(store: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (store / KEY).parent.mkdir(parents=True)
    monkeypatch.setattr(os, "fsync", _raise(OSError(28, "No space left on device")))
    with pytest.raises(OSError, match="No space left"):
        storages["evidence"].save(KEY, ContentFile(b"content"))
    assert stored(store) == []


def test_many_writers_of_one_content_all_succeed(store: Path) -> None:
    data = bytes(300_000)
    with ThreadPoolExecutor(8) as threads:
        names = list(threads.map(lambda _: storages["evidence"].save(KEY, ContentFile(data)), range(24)))
    assert set(names) == {KEY}
    assert stored(store) == [store / KEY]
    assert (store / KEY).read_bytes() == data


def test_the_portals_own_store_is_content_addressed() -> None:
    assert type(storages["evidence"]).__name__ in ("ContentAddressedStorage", "S3Storage")


def test_the_store_has_no_addresses(store: Path) -> None:
    with pytest.raises(ValueError, match="private"):
        storages["evidence"].url(KEY)


@pytest.mark.django_db
def test_a_store_that_renames_is_found_out(settings: Any, tmp_path: Path) -> None:
    use_store(settings, tmp_path, "django.core.files.storage.FileSystemStorage")
    data = hostile.phone_jpeg()
    (tmp_path / rules.original_key(sha256(data))).parent.mkdir(parents=True)
    (tmp_path / rules.original_key(sha256(data))).write_bytes(b"something else")
    with pytest.raises(ImproperlyConfigured, match="renames files"):
        keep_file(data)
    assert EvidenceFile.objects.count() == 0


@pytest.mark.django_db
def test_a_copy_that_was_changed_in_the_store_is_not_shown(store: Path) -> None:
    evidence = keep_file(hostile.phone_jpeg())
    path = store / evidence.working_name
    path.chmod(0o600)
    path.write_bytes(path.read_bytes()[:-1] + b"\x00")
    with pytest.raises(EvidenceDamaged) as damaged:
        read_working(evidence)
    assert evidence.sha256 in str(damaged.value)
    assert isinstance(damaged.value, DomainError)


# -- sending --------------------------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_a_copy_is_sent_privately_and_can_run_nothing(store: Path) -> None:
    evidence = keep_file(hostile.phone_jpeg(), name="비밀이름.jpg")
    response = working_copy_response(RequestFactory().get("/"), evidence)
    assert (response.status_code, response.content) == (200, read_working(evidence))
    assert dict(response.headers) == {
        "Content-Type": "image/jpeg",
        "Content-Disposition": f'inline; filename="{evidence.sha256[:12]}.jpg"',
        "ETag": f'"{evidence.working_sha256}"',
        "Cache-Control": "private, max-age=3600",
        "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'; sandbox",
        "X-Content-Type-Options": "nosniff",
        "Cross-Origin-Resource-Policy": "same-origin",
        "Vary": "Cookie",
    }


@pytest.mark.django_db
@pytest.mark.parametrize("tag", ['"{}"', 'W/"{}"', '"other", "{}"', "*"])
def test_a_browser_that_has_the_copy_is_not_sent_it_again(store: Path, tag: str) -> None:
    evidence = keep_file(hostile.phone_jpeg())
    request = RequestFactory().get("/", headers={"If-None-Match": tag.format(evidence.working_sha256)})
    response = working_copy_response(request, evidence)
    assert (response.status_code, response.content) == (304, b"")
    assert response.headers["ETag"] == f'"{evidence.working_sha256}"'
    assert response.headers["Cache-Control"] == "private, max-age=3600"


@pytest.mark.django_db
def test_a_browser_with_another_copy_gets_this_one(store: Path) -> None:
    evidence = keep_file(hostile.phone_jpeg())
    request = RequestFactory().get("/", headers={"If-None-Match": '"other"'})
    assert working_copy_response(request, evidence).status_code == 200


@pytest.mark.django_db
def test_a_document_is_not_sent_to_a_page(store: Path) -> None:
    with pytest.raises(Http404):
        working_copy_response(RequestFactory().get("/"), keep_file(hostile.pdf()))
