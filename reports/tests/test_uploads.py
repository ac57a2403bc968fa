"""Files of a form: each kept or refused by itself, and what was kept is carried to the next try."""

from datetime import timedelta

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils.datastructures import MultiValueDict

from core.evidence import rules
from core.models import EvidenceFile
from core.tests import hostile
from core.tests.factories import draw_picture, make_evidence_file
from reports import uploads
from reports.choices import DocumentKind
from reports.parties.forms import ACCEPT
from reports.tests.factories import NOW
from reports.uploads import MOST_FILES, TakenIn, take_in

pytestmark = pytest.mark.django_db
SCOPE = "seller:explanation:1"


def file(name: str = "사진.png", data: bytes | None = None, seed: int = 1) -> SimpleUploadedFile:
    return SimpleUploadedFile(name, draw_picture(seed) if data is None else data)


def take(*files: SimpleUploadedFile, marks: tuple[str, ...] = (), scope: str = SCOPE) -> TakenIn:
    given = MultiValueDict({"files_photo": list(files)})
    return take_in(given, marks, scope=scope, kinds=list(DocumentKind))


def test_each_file_is_kept_under_its_kind_and_its_clean_name() -> None:
    given = MultiValueDict({"files_invoice": [file("../../인보이스.png")], "files_capture": [file("화면.png", seed=2)]})
    taken = take_in(given, (), scope=SCOPE, kinds=list(DocumentKind))
    assert [(each.kind, each.name) for each in taken.handed_in] == [
        (DocumentKind.INVOICE, "인보이스.png"),
        (DocumentKind.CAPTURE, "화면.png"),
    ]
    assert taken.refused == ()


def test_a_field_that_the_form_does_not_offer_is_not_read() -> None:
    given = MultiValueDict({"files_invoice": [file()], "files_made_up": [file()]})
    taken = take_in(given, (), scope=SCOPE, kinds=[DocumentKind.PHOTO])
    assert taken.handed_in == []
    assert not EvidenceFile.objects.exists()


@pytest.mark.parametrize(
    ("name", "data", "what", "action"),
    [
        ("빈.png", b"", "빈 파일입니다", "다시 올려 주세요"),
        ("바이러스.exe", b"MZ\x90\x00" + bytes(200), "받을 수 없는 형식", "저장해 다시 올려 주세요"),
        ("문서.pdf", b"hello, this is text", "이름과 내용이 다릅니다", "저장해 다시 올려 주세요"),
        ("잘린.png", draw_picture(1)[:100], "손상된 파일", "다시 저장하거나"),
        ("그림.svg", b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>", "받을 수 없는 형식", "다시 올려"),
    ],
)
def test_a_bad_file_is_refused_in_three_parts_and_the_others_are_kept(
    name: str, data: bytes, what: str, action: str
) -> None:
    taken = take(file(name, data), file("좋은.png"))
    [refused] = taken.refused
    assert (refused.name, [each.name for each in taken.handed_in]) == (name, ["좋은.png"])
    assert what in refused.error.what and refused.error.why and action in refused.error.action
    assert EvidenceFile.objects.count() == 1


def test_a_picture_that_would_burst_memory_is_refused() -> None:
    [refused] = take(file("폭탄.png", hostile.png_bomb(20_000, 20_000))).refused
    assert refused.error.what


def test_a_file_over_twenty_megabytes_is_refused_unread() -> None:
    big = file("큰.png", b"x")
    big.size = rules.MAX_FILE_BYTES + 1
    [refused] = take(big).refused
    assert "파일이 너무 큽니다: 큰.png" in refused.error.what
    assert big.tell() == 0


def test_more_than_ten_are_refused_one_by_one() -> None:
    kept = [make_evidence_file(seed=number) for number in range(12)]
    taken = take(*(file(f"{number}.png", draw_picture(number)) for number in range(12)))
    assert len(taken.kept) == MOST_FILES
    assert [each.name for each in taken.refused] == ["10.png", "11.png"]
    assert EvidenceFile.objects.count() == len(kept)


def test_what_was_kept_comes_back_by_its_mark_without_a_second_upload() -> None:
    mark = take(file("처음.png")).kept[0].mark
    taken = take(file("다음.png", seed=2), marks=(mark,))
    assert [each.name for each in taken.handed_in] == ["처음.png", "다음.png"]


def test_marks_and_files_together_are_ten_at_most() -> None:
    marks = tuple(take(file(f"{number}.png", seed=number)).kept[0].mark for number in range(9))
    taken = take(file("10.png", seed=10), file("11.png", seed=11), marks=marks)
    assert (len(taken.kept), [each.name for each in taken.refused]) == (10, ["11.png"])


def test_a_mark_holds_for_its_own_party_and_for_a_day() -> None:
    with time_machine.travel(NOW, tick=False):
        mark = take(file()).kept[0].mark
        assert take(marks=(mark,), scope="seller:explanation:2").kept == ()
        assert take(marks=(mark,), scope="track:1:answer:1").kept == ()
    with time_machine.travel(NOW + timedelta(hours=25), tick=False):
        assert take(marks=(mark,)).kept == ()


@pytest.mark.parametrize("mark", ["", "x", "a:b:c", "0" * 10_000, "ㄱ"])
def test_a_forged_mark_is_nothing(mark: str) -> None:
    assert take(marks=(mark,)).kept == ()


def test_the_same_bytes_twice_are_one_file() -> None:
    mark = take(file("하나.png")).kept[0].mark
    taken = take(file("둘.png"), file("셋.png"), marks=(mark,))
    assert [each.name for each in taken.handed_in] == ["하나.png"]


def test_a_mark_says_nothing_in_plain_that_another_party_could_use() -> None:
    taken = take(file())
    assert taken.handed_in[0].file.sha256 not in taken.kept[0].mark


def test_the_accept_list_names_every_kind_that_is_kept() -> None:
    assert {kind.media_type for kind in rules.ALLOWED} <= set(ACCEPT.split(","))
    assert uploads.MOST_FILES == 10
