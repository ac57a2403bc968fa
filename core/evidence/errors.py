"""Why a file was not kept, in words for the person who brought it."""

import math
from dataclasses import dataclass
from typing import Final

from core.errors import DomainError
from core.evidence import decoding, rules

# Codes of ``FileRefused`` that are not a decoder's own.
EMPTY: Final = "empty"
TOO_LARGE: Final = "too_large"
WRONG_KIND: Final = "wrong_kind"
DISGUISED: Final = "disguised"
UNPROCESSABLE: Final = "unprocessable"


class FileRefused(DomainError):
    """The file itself cannot be kept; nothing was stored. ``code`` says why, and trying again changes nothing."""

    code = "file_refused"


class IntakeUnavailable(DomainError):
    """The portal could not look at the file just now; nothing was stored, and trying again later may help."""

    code = "intake_unavailable"


class EvidenceDamaged(DomainError):
    """What the store gave back is not what was kept. Staff must be told."""

    code = "evidence_damaged"


class NoWorkingCopy(DomainError):
    """The file has no copy that may be shown: it is a document."""

    code = "no_working_copy"


@dataclass(frozen=True, slots=True)
class Words:
    """The three parts of a refusal. ``what`` takes the file's name."""

    what: str
    why: str
    action: str


_MEGABYTE: Final = 1024 * 1024
_PIXELS_TEXT: Final = f"{rules.MAX_PIXELS // 10_000:,}만 화소"

#: A sentence for each code; a test holds that none is missing.
WORDS: Final = {
    EMPTY: Words(
        "빈 파일입니다: {name}",
        "파일에 내용이 없습니다(0바이트).",
        "원본을 열어 내용을 확인하신 뒤 다시 올려 주세요.",
    ),
    TOO_LARGE: Words(
        "파일이 너무 큽니다: {name}",
        "파일 크기가 {size}MB로, 한 파일에 받을 수 있는 {limit}MB를 넘습니다.",
        "크기를 줄이거나 나누어 다시 올려 주세요.",
    ),
    WRONG_KIND: Words(
        "받을 수 없는 형식의 파일입니다: {name}",
        "파일의 내용이 {content}입니다.",
        f"{rules.ALLOWED_TEXT} 가운데 하나로 저장해 다시 올려 주세요.",
    ),
    DISGUISED: Words(
        "파일의 이름과 내용이 다릅니다: {name}",
        "이름은 .{extension}인데 내용은 {content}입니다.",
        f"원본을 열어 {rules.ALLOWED_TEXT} 가운데 하나로 저장해 다시 올려 주세요.",
    ),
    decoding.DAMAGED: Words(
        "손상된 파일입니다: {name}",
        "{kind}이지만 내용이 잘렸거나 깨져 있어 열 수 없습니다.",
        "원본이 잘 열리는지 확인하시고, 다시 저장하거나 내려받아 올려 주세요.",
    ),
    decoding.TOO_MANY_PIXELS: Words(
        "사진의 화소가 너무 많습니다: {name}",
        f"한 장에 {_PIXELS_TEXT}까지만 받습니다.",
        "가로세로 크기를 줄여 다시 올려 주세요.",
    ),
    decoding.TOO_MUCH_MEMORY: Words(
        "파일을 열 수 없습니다: {name}",
        "여는 데 필요한 메모리가 허용량을 넘습니다.",
        "가로세로 크기를 줄이거나 JPEG로 저장해 다시 올려 주세요.",
    ),
    decoding.PASSWORD: Words(
        "암호가 걸린 PDF입니다: {name}",
        "암호 없이는 내용을 확인할 수 없습니다.",
        "암호를 풀어 저장한 PDF를 올려 주세요.",
    ),
    decoding.TOO_MANY_PAGES: Words(
        "PDF의 쪽수가 너무 많습니다: {name}",
        f"한 파일에 {rules.MAX_PDF_PAGES:,}쪽까지만 받습니다.",
        "필요한 쪽만 남기거나 나누어 다시 올려 주세요.",
    ),
    decoding.TOO_SLOW: Words(
        "파일을 여는 데 너무 오래 걸립니다: {name}",
        "정해진 처리 시간을 넘겨 중단했습니다.",
        "JPEG 또는 PDF로 다시 저장해 올려 주세요.",
    ),
    UNPROCESSABLE: Words(
        "파일을 안전하게 열 수 없습니다: {name}",
        "파일을 여는 처리기가 두 번 멈추었습니다.",
        "다른 프로그램으로 열어 다시 저장한 파일을 올려 주세요.",
    ),
}


def refusal(code: str, name: str, **facts: str) -> FileRefused:
    """The refusal of that code. ``name`` is the name as it was uploaded; only its clean form is shown."""
    words = WORDS[code]
    return FileRefused(
        words.what.format(name=rules.clean_name(name)), words.why.format(**facts), words.action, code=code
    )


def unavailable(name: str) -> IntakeUnavailable:
    return IntakeUnavailable(
        f"지금은 파일을 받을 수 없습니다: {rules.clean_name(name)}",
        "파일을 확인하는 처리기가 모두 사용 중이거나 시작되지 않았습니다.",
        "잠시 뒤 다시 올려 주세요.",
    )


def refuse_content(data: bytes, name: str) -> FileRefused:
    """The refusal of content that is not on the allow-list, whatever its name claims."""
    content = rules.describe_content(data)
    if rules.expected_kind(name) is not None:
        return refusal(DISGUISED, name, extension=rules.extension_of(name), content=content)
    return refusal(WRONG_KIND, name, content=content)


def refuse_size(size: int, name: str) -> FileRefused:
    # Rounded up, or a file that is one byte too large would read as exactly as large as allowed.
    shown = math.ceil(size / _MEGABYTE * 10) / 10
    return refusal(TOO_LARGE, name, size=f"{shown:.1f}", limit=f"{rules.MAX_FILE_BYTES / _MEGABYTE:g}")


def no_picture(kind: rules.Kind, name: str) -> FileRefused:
    """The refusal of a file that may be kept, where a picture is wanted."""
    pictures = ", ".join(each.label.split()[0] for each in rules.ALLOWED if each is not rules.PDF)
    return FileRefused(
        f"사진이 아닌 파일입니다: {rules.clean_name(name)}",
        f"파일의 내용이 {kind.label}입니다.",
        f"{pictures} 가운데 하나로 저장한 사진을 보내 주세요.",
        code=WRONG_KIND,
    )
