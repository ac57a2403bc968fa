"""Korean mobile numbers, however they are written, and everything that is none."""

import pytest

from core.korean import NotMobile, as_dialled, korean_mobile, masked_mobile


@pytest.mark.parametrize(
    "text",
    [
        "010-1234-5678",
        "01012345678",
        "010 1234 5678",
        "010.1234.5678",
        "(010) 1234-5678",
        "+82 10-1234-5678",
        "+821012345678",
        "+82 (0)10 1234 5678",
        "0082-10-1234-5678",
        "０１０-１２３４-５６７８",
        "＋８２１０１２３４５６７８",
        " 010 – 1234 — 5678 ",
    ],
)
def test_a_mobile_number_has_one_form_however_it_is_written(text: str) -> None:
    assert korean_mobile(text) == "+821012345678"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "010",
        "02-1234-5678",
        "031-123-4567",
        "070-1234-5678",
        "1588-1234",
        "011-123-4567",
        "016-1234-5678",
        "012-1234-5678",
        "050-1234-5678",
        "010-1234-567",
        "010-1234-56789",
        "+1 10 1234 5678",
        "+86 138 1234 5678",
        "82-10-1234-5678",
        "010-1234-5678 내선 2",
        "010-1234-5678\n",
        "010-1234-5678\0",
        "010١٢٣٤٥٦٧٨",
        "010-1234-5678" + " " * 40,
        "\ud80001012345678",
        "비밀번호",
    ],
)
def test_what_is_no_mobile_is_refused_and_not_repeated(text: str) -> None:
    with pytest.raises(NotMobile) as refused:
        korean_mobile(text)
    assert not text.strip() or text.strip() not in str(refused.value)


def test_a_number_is_shown_as_it_is_dialled_and_hidden_in_logs() -> None:
    assert as_dialled("+821012345678") == "010-1234-5678"
    assert masked_mobile("+821012345678") == "010-****-5678"
