"""What may be kept, told by its bytes; names that are safe to show."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.evidence import decoding, errors, rules
from core.tests import hostile


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (hostile.packed(hostile.quarters(), "JPEG"), rules.JPEG),
        (hostile.packed(hostile.quarters(), "PNG"), rules.PNG),
        (hostile.packed(hostile.quarters(), "WEBP"), rules.WEBP),
        (hostile.packed(hostile.quarters(), "GIF"), rules.GIF),
        (hostile.phone_heic(), rules.HEIC),
        (b"\x00\x00\x00\x18ftypmif1\x00\x00\x00\x00mif1heic", rules.HEIC),
        (hostile.pdf(), rules.PDF),
        (b"\xef\xbb\xbf" + hostile.pdf(), rules.PDF),
    ],
)
def test_allowed_kinds_are_told_by_their_bytes(data: bytes, kind: rules.Kind) -> None:
    assert rules.kind_of(data) is kind


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (hostile.HTML, "웹 문서(HTML)"),
        (b"\n <html><body>", "웹 문서(HTML)"),
        (hostile.SVG, "SVG 그림"),
        (b"<?xml version='1.0'?><a/>", "XML 문서"),
        (hostile.ZIP, "ZIP 압축 파일(또는 오피스 문서)"),
        (hostile.BLP, "BLP 그림"),
        (hostile.AVIF, "AVIF 그림"),
        (b"\x00\x00\x00\x18ftypisom\x00\x00\x02\x00isommp42", "동영상"),
        (hostile.packed(hostile.quarters(), "BMP"), "BMP 그림"),
        (hostile.packed(hostile.quarters(), "TIFF"), "TIFF 그림"),
        (b"MZ\x90\x00", "실행 파일"),
        ("안녕하세요".encode(), "글"),
        (b"\x89PNG", "알 수 없는 형식"),
        (b"%PD", "글"),
        (b"RIFF\x00\x00\x00\x00WAVEfmt ", "알 수 없는 형식"),
        (b"\x00\x00\x00\x00", "알 수 없는 형식"),
    ],
)
def test_everything_else_is_refused_and_described(data: bytes, words: str) -> None:
    assert rules.kind_of(data) is None
    assert rules.describe_content(data) == words


@given(st.binary(max_size=300))
def test_any_bytes_have_a_kind_or_a_description(data: bytes) -> None:
    assert rules.kind_of(data) in (None, *rules.ALLOWED)
    assert rules.describe_content(data) != ""


@pytest.mark.parametrize(
    ("name", "clean"),
    [
        ("사진.jpg", "사진.jpg"),
        (unicodedata.normalize("NFD", "정품 가방.png"), "정품 가방.png"),
        ("../../etc/passwd", "passwd"),
        ("..\\..\\windows\\win.ini", "win.ini"),
        ("C:\\Users\\kim\\영수증.pdf", "영수증.pdf"),
        ("folder/", "folder"),
        ("a\x00b.jpg", "ab.jpg"),
        ("invoice\u202egpj.exe", "invoicegpj.exe"),
        ("줄\n바꿈\t이름.jpg", "줄 바꿈 이름.jpg"),
        (".htaccess", "htaccess"),
        (". .a. ", "a"),
        ("0\r\ud7fc 0", "0 0"),
        ("a\ud800.jpg", "a.jpg"),
        ("", rules.UNNAMED),
        ("..", rules.UNNAMED),
        ("/", rules.UNNAMED),
        ("\x00\x00", rules.UNNAMED),
    ],
)
def test_names_lose_what_is_dangerous(name: str, clean: str) -> None:
    assert rules.clean_name(name) == clean


def test_long_names_keep_their_extension() -> None:
    assert rules.clean_name("가" * 300 + ".jpeg") == "가" * 74 + "….jpeg"
    assert rules.clean_name("가" * 300) == "가" * 79 + "…"
    assert rules.clean_name("가" * 300 + ".verylongextension") == "가" * 79 + "…"


@given(st.text(max_size=200))
def test_a_clean_name_is_never_a_path_and_stays_as_it_is(name: str) -> None:
    clean = rules.clean_name(name)
    assert 0 < len(clean) <= rules.MAX_NAME_CHARACTERS
    assert not any(sign in clean for sign in "/\\\x00\n\u202e")
    assert clean not in (".", "..")
    assert clean.encode().decode() == clean
    assert rules.clean_name(clean) == clean


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("a.JPG", rules.JPEG),
        ("a.heif", rules.HEIC),
        ("a.pdf", rules.PDF),
        ("a.exe", None),
        (".jpg", None),
        ("jpg", None),
        ("", None),
    ],
)
def test_a_name_claims_a_kind_by_its_extension(name: str, kind: rules.Kind | None) -> None:
    assert rules.expected_kind(name) is kind


def test_storage_keys_come_from_digests_alone() -> None:
    digest = "ab" * 32
    assert rules.original_key(digest) == f"evidence/ab/ab/{digest}"
    assert rules.working_key(digest) == f"working/ab/ab/{digest}"


@pytest.mark.parametrize("digest", ["", "../" + "a" * 61, "AB" * 32, "ab" * 31, "ab" * 32 + "\n"])
def test_nothing_but_a_digest_becomes_a_key(digest: str) -> None:
    with pytest.raises(ValueError, match="not a SHA-256"):
        rules.original_key(digest)


def test_every_code_of_a_decoder_has_its_words() -> None:
    not_the_files_fault = {decoding.BUSY, decoding.UNAVAILABLE}
    becomes_unprocessable = {decoding.CRASHED}
    assert (
        set(errors.WORDS)
        == {
            errors.EMPTY,
            errors.TOO_LARGE,
            errors.WRONG_KIND,
            errors.DISGUISED,
            errors.UNPROCESSABLE,
        }
        | decoding.CODES - not_the_files_fault - becomes_unprocessable
    )


@pytest.mark.parametrize("code", sorted(errors.WORDS))
def test_every_refusal_has_three_parts_and_leaves_no_gap(code: str) -> None:
    facts = {"size": "21.0", "limit": "20", "content": "SVG 그림", "extension": "jpg", "kind": "JPEG 사진"}
    error = errors.refusal(code, "../a\x00b{x}.jpg", **facts)
    assert error.code == code
    assert error.what.endswith(": ab{x}.jpg")
    assert error.why.endswith(("다.", "다(0바이트)."))
    assert error.action.endswith("주세요.")
    assert "{" not in error.why + error.action


def test_a_file_one_byte_too_large_does_not_read_as_exactly_as_large_as_allowed() -> None:
    assert errors.refuse_size(rules.MAX_FILE_BYTES + 1, "a.jpg").why == (
        "파일 크기가 20.1MB로, 한 파일에 받을 수 있는 20MB를 넘습니다."
    )


def test_a_name_that_promises_a_picture_is_answered_with_what_the_content_is() -> None:
    error = errors.refuse_content(hostile.HTML, "가방.jpg")
    assert error.code == errors.DISGUISED
    assert str(error) == (
        "파일의 이름과 내용이 다릅니다: 가방.jpg. 이름은 .jpg인데 내용은 웹 문서(HTML)입니다. "
        "원본을 열어 JPEG, PNG, WebP, GIF, HEIC, PDF 가운데 하나로 저장해 다시 올려 주세요."
    )
    assert errors.refuse_content(hostile.HTML, "page.html").code == errors.WRONG_KIND
