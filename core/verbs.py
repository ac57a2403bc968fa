"""What a verb of the journal reads like in Korean: the subject by its model's name, the act from one table.

The journal keeps verbs as stable English words; people read them here. A verb that no table knows is shown as it is:
a raw word is better than an entry that cannot be seen.
"""

from typing import Final

from django.apps import apps

#: Acts, by the last part of a verb.
_ACTS: Final = {
    "added": "추가",
    "answered": "답변",
    "approved": "승인",
    "arrived": "들어옴",
    "asked": "요청",
    "cancelled": "취소",
    "captured": "내용 저장",
    "changed": "변경",
    "claimed": "맡음",
    "cleared": "해제",
    "closed": "종결",
    "confirmed": "확인",
    "corrected": "정정",
    "created": "등록",
    "decided": "결정",
    "delivered": "전달",
    "details_erased": "상세 파기",
    "dismissed": "기각",
    "documents_added": "자료 추가",
    "duplicate": "중복 처리",
    "expired": "기한 지남",
    "explanation_received": "소명 접수",
    "explanation_requested": "소명 요청",
    "extended": "기한 연장",
    "failed": "실패",
    "filed": "접수",
    "found": "찾음",
    "given_up": "포기",
    "held": "보류",
    "imported": "가져오기",
    "invited": "초대",
    "kept": "보관",
    "lapsed": "기한 지남",
    "left": "결정하지 못함",
    "listed": "목록 반영",
    "made": "결정",
    "marked_duplicate": "중복 처리",
    "more_info_requested": "보완 요청",
    "opened": "시작",
    "owed": "통지 예정",
    "parked": "멈춤",
    "password_changed": "비밀번호 변경",
    "period_begun": "기간 시작",
    "placed": "상품 확인",
    "protected": "보호",
    "protection_lifted": "보호 해제",
    "published": "게시",
    "reappeared": "재등록 발견",
    "received": "접수",
    "recovery_codes_written": "복구 코드 발급",
    "redeemed": "첫 사용",
    "refused": "거부",
    "reinstated": "판매 재개",
    "rejected": "문제없음 처리",
    "released": "놓음",
    "remembered": "기억",
    "reminded": "다시 알림",
    "reopened": "다시 열기",
    "requested": "요청",
    "resent": "다시 보냄",
    "restored": "복원",
    "restricted": "판매 제한",
    "restriction_lifted": "판매 제한 해제",
    "resumed": "재개",
    "retried": "다시 시도",
    "returned": "반려",
    "review_started": "심사 시작",
    "revoked": "철회",
    "second_factor_added": "2단계 인증 등록",
    "second_factor_removed": "2단계 인증 해제",
    "second_factor_reset": "2단계 인증 초기화",
    "sent": "전달",
    "skipped": "건너뜀",
    "submitted": "제출",
    "superseded": "대체",
    "switched_off": "끔",
    "switched_on": "켬",
    "tested": "시험 이벤트 보냄",
    "transferred": "이관",
    "undeliverable": "전달 불가",
    "undone": "되돌림",
    "unlocked": "로그인 잠금 해제",
    "upheld": "판매중지 확정",
    "voided": "취소",
    "withdrawn": "철회",
    "withdrew": "신고 철회",
    "written": "새 판 작성",
}
#: Verbs whose act means something else than the table says.
_WHOLE: Final = {
    "accounts.api_key.created": "API 키 · 발급",
    "accounts.api_key.revoked": "API 키 · 폐기",
    "accounts.link.revoked": "접근 링크 · 폐기",
    "accounts.webhook_secret.revoked": "웹훅 비밀값 · 폐기",
    "listings.preflight.published": "사전 심사 · 보류된 뒤 게시",
    "listings.preflight.released": "사전 심사 · 보류 해제",
    "listings.version.returned": "상품 내용 · 이전 내용으로 복귀",
    "listings.match.confirmed": "일치 · 가품 의심 확인",
    "reports.decision.made": "결정 · 내림",
    "reports.repair.made": "바로잡음 · 기록",
    "sellers.authorisations.listed": "판매 권한 · 브랜드 목록 반영",
}
#: Subjects that are no model's own name.
_SUBJECTS: Final = {
    "accounts.link": "접근 링크",
    "core.journal": "기록",
    "core.outbox": "발신",
    "listings.content": "상품 내용",
    "listings.index": "색인",
    "listings.preflight": "사전 심사",
    "listings.version": "상품 내용",
}


def verb_text(verb: str) -> str:
    """``상품 · 판매 제한`` for ``listings.listing.restricted``; the verb itself where it has no words."""
    if verb in _WHOLE:
        return _WHOLE[verb]
    subject, _, act = verb.rpartition(".")
    noun = _SUBJECTS.get(subject) or _model_name(subject)
    return f"{noun} · {_ACTS[act]}" if noun and act in _ACTS else verb


def subject_text(subject_type: str) -> str:
    """The Korean name of a subject's type, or the type itself."""
    return _model_name(subject_type) or subject_type


def _model_name(subject: str) -> str:
    app, _, name = subject.partition(".")
    try:
        return str(apps.get_model(app, name.replace("_", ""))._meta.verbose_name)
    except LookupError:
        return ""
