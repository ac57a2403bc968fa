"""Pictures that rows name: found in the folder and nowhere else, kept once."""

import os
import unicodedata
from pathlib import Path
from typing import Any

import pytest

from core.errors import DomainError
from core.evidence.rules import MAX_FILE_BYTES
from core.models import EvidenceFile
from core.tests import hostile
from core.tests.factories import draw_picture, make_evidence_file
from portal.imports.errors import FileUnusable
from portal.imports.pictures import ImageFolder, take_in


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder of pictures, with something beside it that is nobody's business."""
    (tmp_path / "secret.txt").write_text("secret")
    pictures = tmp_path / "pictures"
    (pictures / "2026").mkdir(parents=True)
    (pictures / "1.png").write_bytes(draw_picture(1))
    (pictures / "2026" / "2.png").write_bytes(draw_picture(2))
    return pictures


def refusal(folder: Path, name: str) -> str:
    with pytest.raises(DomainError) as error:
        ImageFolder(folder).read(name)
    return str(error.value)


def test_a_name_leads_to_a_file_in_the_folder_or_below(folder: Path) -> None:
    assert ImageFolder(folder).read("1.png") == draw_picture(1)
    assert ImageFolder(folder).read("2026/2.png") == draw_picture(2)
    assert ImageFolder(folder).read("./1.png") == draw_picture(1)


@pytest.mark.parametrize("form", ["NFC", "NFD"])
def test_hangul_names_are_found_however_the_disk_and_the_file_write_them(folder: Path, form: Any) -> None:
    (folder / unicodedata.normalize(form, "가방.png")).write_bytes(b"found")
    assert ImageFolder(folder).read(unicodedata.normalize("NFC", "가방.png")) == b"found"
    assert ImageFolder(folder).read(unicodedata.normalize("NFD", "가방.png")) == b"found"


@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("../secret.txt", "이름에 상위 폴더(..)가 들어 있습니다."),
        ("2026/../../secret.txt", "이름에 상위 폴더(..)가 들어 있습니다."),
        ("2026/../1.png", "이름에 상위 폴더(..)가 들어 있습니다."),
        ("/etc/passwd", "상대 경로(예: 2026/가방.jpg)가 아닙니다."),
        ("C:\\secret.txt", "상대 경로(예: 2026/가방.jpg)가 아닙니다."),
        ("C:secret.txt", "상대 경로(예: 2026/가방.jpg)가 아닙니다."),
        ("..\\secret.txt", "상대 경로(예: 2026/가방.jpg)가 아닙니다."),
        ("2026", "보통 파일이 아닙니다(폴더나 장치입니다)."),
        (".", "보통 파일이 아닙니다(폴더나 장치입니다)."),
        ("없음.png", "사진 폴더(--images)에 이 이름의 파일이 없습니다."),
        ("1.png/x", "사진 폴더(--images)에 이 이름의 파일이 없습니다."),
        ("가" * 900, "사진 폴더(--images)에 이 이름의 파일이 없습니다."),
        ("1.png\0", "사진 폴더(--images)에 이 이름의 파일이 없습니다."),
    ],
)
def test_a_name_that_leads_elsewhere_or_nowhere_is_refused(folder: Path, name: str, why: str) -> None:
    message = refusal(folder, name)
    assert why in message
    assert message.startswith("사진 파일 “")


def test_a_link_that_stays_in_the_folder_is_followed_and_one_that_leaves_is_not(folder: Path) -> None:
    (folder / "inside.png").symlink_to(folder / "1.png")
    (folder / "outside.png").symlink_to(folder.parent / "secret.txt")
    (folder / "above").symlink_to(folder.parent)
    (folder / "circle.png").symlink_to(folder / "circle.png")
    assert ImageFolder(folder).read("inside.png") == draw_picture(1)
    for name in ("outside.png", "above/secret.txt"):
        assert "사진 폴더 밖을 가리키는 바로 가기(심볼릭 링크)입니다." in refusal(folder, name)
    assert "이 이름의 파일이 없습니다." in refusal(folder, "circle.png")


def test_a_pipe_is_refused_and_not_waited_for(folder: Path) -> None:
    os.mkfifo(folder / "pipe.png")
    assert "보통 파일이 아닙니다" in refusal(folder, "pipe.png")


def test_a_file_beyond_the_limit_is_not_read(folder: Path) -> None:
    with (folder / "big.png").open("wb") as stream:
        stream.truncate(MAX_FILE_BYTES + 1)
    assert refusal(folder, "big.png").startswith("파일이 너무 큽니다: big.png")


def test_the_folder_itself_may_be_a_link_and_must_be_there(folder: Path) -> None:
    (folder.parent / "link").symlink_to(folder)
    assert ImageFolder(folder.parent / "link").read("1.png") == draw_picture(1)
    for path in (folder / "1.png", folder / "none"):
        with pytest.raises(FileUnusable):
            ImageFolder(path)


@pytest.mark.django_db
def test_every_name_gets_its_picture_or_its_reason_and_one_content_is_kept_once(folder: Path) -> None:
    (folder / "same.png").write_bytes(draw_picture(1))
    (folder / "page.jpg").write_bytes(b"<!doctype html><p>hello")
    found = take_in(ImageFolder(folder), ["1.png", "page.jpg", "2026/2.png", "same.png", "none.png", "1.png"])
    assert sorted(found) == ["1.png", "2026/2.png", "none.png", "page.jpg", "same.png"]
    assert found["1.png"] == found["same.png"]
    assert EvidenceFile.objects.count() == 2
    assert str(found["page.jpg"]).startswith("파일의 이름과 내용이 다릅니다: page.jpg")
    assert str(found["none.png"]).startswith("사진 파일 “none.png”을(를) 찾을 수 없습니다.")


@pytest.mark.django_db
def test_a_document_is_no_picture(folder: Path) -> None:
    (folder / "doc.pdf").write_bytes(hostile.pdf())
    found = take_in(ImageFolder(folder), ["doc.pdf"])
    assert str(found["doc.pdf"]) == (
        "“doc.pdf”은(는) 사진이 아닙니다. 문서(PDF)는 사진으로 비교할 수 없습니다. "
        "JPEG, PNG, WebP, GIF, HEIC 사진으로 저장해 다시 가져와 주세요."
    )


@pytest.mark.django_db
def test_pictures_without_a_folder_are_refused_with_what_to_do() -> None:
    assert str(take_in(None, ["1.png"])["1.png"]) == (
        "사진 파일 “1.png”을(를) 찾을 수 없습니다. 사진 폴더를 지정하지 않았습니다. "
        "--images 폴더를 지정해 다시 가져와 주세요."
    )


@pytest.mark.django_db
def test_pictures_that_are_kept_already_cost_one_query_together(folder: Path, django_assert_num_queries: Any) -> None:
    for seed in range(1, 21):
        (folder / f"{seed}.png").write_bytes(draw_picture(seed))
        make_evidence_file(seed=seed)
    with django_assert_num_queries(1):
        take_in(ImageFolder(folder), [f"{seed}.png" for seed in range(1, 21)])
