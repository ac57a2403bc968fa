"""What a reporter agrees to who leaves an address: four parts, apart from all else (개인정보보호법 제15조 제2항).

Changed words are a new version; each request keeps the version that it agreed to.
"""

from typing import Final

VERSION: Final = "2026-11-25"
TITLE: Final = "개인정보 수집·이용 동의"
PARTS: Final[tuple[tuple[str, str], ...]] = (
    ("목적", "신고의 접수와 처리 결과를 알리고, 필요한 때 보완을 요청합니다."),
    ("항목", "이메일 주소(선택)"),
    ("보유 기간", "사건이 끝난 날부터 3년(전자상거래법 제6조). 확인 코드를 입력하지 않으면 하루 뒤에 지웁니다."),
    (
        "거부할 권리",
        "동의하지 않아도 신고는 그대로 처리됩니다. 결과를 메일로 받지 못하고 조회 코드로만 볼 수 있습니다.",
    ),
)
LABEL: Final = "위 내용에 동의합니다"
AGE_LABEL: Final = "만 14세 이상입니다"
