"""What parties are told of errors, in the language of the page. Services speak Korean; their codes are worded here.

A text in which numbers or names stand cannot be found in a catalogue, so each code has a sentence of its own.
"""

from typing import Final

from django.utils.translation import get_language, gettext_noop
from django.utils.translation import gettext as _

from core.errors import DomainError
from core.evidence import decoding, errors

_UNKNOWN: Final = gettext_noop(
    "지금은 이 일을 할 수 없습니다. 그사이 상태가 바뀌었을 수 있습니다. 화면을 새로 열어 지금 상태를 확인해 주세요."
)
_TEXTS: Final = {
    "link_invalid": gettext_noop(
        "링크를 열 수 없습니다. 기한이 지났거나 이미 사용한 링크입니다. 가장 최근에 받은 메일의 링크를 눌러 주세요."
    ),
    "entry_invalid": gettext_noop(
        "링크를 열 수 없습니다. 기한이 지났거나 이미 사용한 링크입니다. 마켓플레이스 화면에서 다시 눌러 들어와 주세요."
    ),
    "entry_too_many": gettext_noop(
        "링크를 열지 않았습니다. 열 수 없는 링크를 너무 자주 눌렀습니다. 1분 뒤에 마켓플레이스 화면에서 다시 눌러 "
        "들어와 주세요."
    ),
    "code_too_soon": gettext_noop(
        "확인 코드를 다시 보내지 않았습니다. 방금 코드를 보냈습니다. 받은 코드를 입력하거나 1분 뒤 다시 요청해 주세요."
    ),
    "code_too_often": gettext_noop(
        "확인 코드를 다시 보내지 않았습니다. 한 시간에 5번까지만 보냅니다. 마지막으로 받은 코드를 입력하거나 한 시간 "
        "뒤 "
        "다시 요청해 주세요."
    ),
    "code_wrong": gettext_noop(
        "확인 코드로 열지 못했습니다. 입력한 코드가 다릅니다. 가장 최근에 받은 코드를 확인해 주세요."
    ),
    "code_over": gettext_noop(
        "확인 코드로 열지 못했습니다. 코드의 유효 시간이 지났거나 입력할 수 있는 횟수를 넘었습니다. 새 코드를 받아 "
        "주세요."
    ),
    "no_contact": gettext_noop(
        "확인 코드를 보내지 않았습니다. 마켓플레이스에 등록된 이메일이 없습니다. 마켓플레이스에 판매자 이메일을 "
        "등록한 뒤 "
        "다시 시도해 주세요."
    ),
    "given_already": gettext_noop(
        "이번에 보낸 내용은 받지 않았습니다. 이미 제출한 내용이 있습니다. 아래에서 제출한 내용을 확인해 주세요."
    ),
    "too_late": gettext_noop(
        "기한을 연장하지 않았습니다. 연장할 수 있는 기간이 아닙니다. 지금 가지고 계신 자료로 소명해 주세요."
    ),
    "extended_already": gettext_noop(
        "기한을 연장하지 않았습니다. 연장은 한 번만 할 수 있습니다. 연장된 기한까지 소명해 주세요."
    ),
    "not_contestable": gettext_noop(
        "이의제기를 받지 않았습니다. 이의를 제기할 수 있는 결정이나 기간이 아니거나, 이미 이의를 제기했습니다. "
        "아래에서 "
        "지금 상태를 확인해 주세요."
    ),
}
_FILE_TEXTS: Final = {
    errors.EMPTY: gettext_noop(
        "빈 파일입니다. 파일에 내용이 없습니다. 원본을 열어 내용을 확인하신 뒤 다시 올려 주세요."
    ),
    errors.TOO_LARGE: gettext_noop(
        "파일이 너무 큽니다. 한 파일에 20MB까지 받습니다. 크기를 줄이거나 나누어 다시 올려 주세요."
    ),
    errors.WRONG_KIND: gettext_noop(
        "받을 수 없는 형식의 파일입니다. 내용이 사진이나 PDF가 아닙니다. JPEG, PNG, WebP, GIF, HEIC, PDF 가운데 "
        "하나로 "
        "저장해 다시 올려 주세요."
    ),
    errors.DISGUISED: gettext_noop(
        "파일의 이름과 내용이 다릅니다. 내용이 이름이 나타내는 형식이 아닙니다. 원본을 열어 JPEG, PNG, WebP, GIF, "
        "HEIC, "
        "PDF 가운데 하나로 저장해 다시 올려 주세요."
    ),
    decoding.DAMAGED: gettext_noop(
        "손상된 파일입니다. 내용이 잘렸거나 깨져 있어 열 수 없습니다. 원본이 잘 열리는지 확인하시고 다시 올려 주세요."
    ),
    decoding.TOO_MANY_PIXELS: gettext_noop(
        "사진의 화소가 너무 많습니다. 한 장에 5,000만 화소까지 받습니다. 가로세로 크기를 줄여 다시 올려 주세요."
    ),
    decoding.TOO_MUCH_MEMORY: gettext_noop(
        "파일을 열 수 없습니다. 여는 데 필요한 메모리가 허용량을 넘습니다. 가로세로 크기를 줄이거나 JPEG로 저장해 "
        "다시 올려 "
        "주세요."
    ),
    decoding.PASSWORD: gettext_noop(
        "암호가 걸린 PDF입니다. 암호 없이는 내용을 확인할 수 없습니다. 암호를 풀어 저장한 PDF를 올려 주세요."
    ),
    decoding.TOO_MANY_PAGES: gettext_noop(
        "PDF의 쪽수가 너무 많습니다. 한 파일에 2,000쪽까지 받습니다. 필요한 쪽만 남기거나 나누어 다시 올려 주세요."
    ),
    decoding.TOO_SLOW: gettext_noop(
        "파일을 여는 데 너무 오래 걸립니다. 정해진 처리 시간을 넘겨 중단했습니다. JPEG 또는 PDF로 다시 저장해 올려 "
        "주세요."
    ),
    errors.UNPROCESSABLE: gettext_noop(
        "파일을 안전하게 열 수 없습니다. 파일을 여는 처리기가 멈추었습니다. 다른 프로그램으로 열어 다시 저장한 "
        "파일을 올려 "
        "주세요."
    ),
    errors.IntakeUnavailable.code: gettext_noop(
        "지금은 파일을 받을 수 없습니다. 파일을 확인하는 처리기가 모두 사용 중입니다. 잠시 뒤 다시 올려 주세요."
    ),
    "too_many": gettext_noop(
        "파일을 받지 않았습니다. 한 번에 10개까지 받습니다. 가장 중요한 자료부터 내고, 나머지는 제출한 뒤에 추가해 "
        "주세요."
    ),
}


def said(error: DomainError) -> str:
    """What happened, why, and what to do: the service's own words in Korean, the same by its code in another "
    "language."""
    if get_language() == "ko":
        return str(error)
    return _(_TEXTS.get(error.code, _UNKNOWN))


def said_of_file(name: str, error: DomainError) -> str:
    """Of one file that was not kept; its owner's name for it stands before."""
    if get_language() == "ko" and name in str(error):
        return str(error)
    text = str(error) if get_language() == "ko" else _(_FILE_TEXTS.get(error.code, _UNKNOWN))
    return f"{name}: {text}" if name else text
