"""Words that rows of this app choose from."""

from django.db.models import TextChoices


class Channel(TextChoices):
    """How a report came in. Later issues open the other doors; the words stand from the start."""

    SCREENING = "screening", "자동 검사"
    ONE_CLICK = "one_click", "원클릭 신고"
    RIGHTS = "rights", "권리자 신고"
    MAIL = "mail", "메일"
    STAFF = "staff", "접수 대행"
    REFUND = "refund", "환불 신청"
    TEST_PURCHASE = "test_purchase", "시험구매"
    FEED = "feed", "협력기관"
    STAY_DOWN = "stay_down", "재등록 감지"
    MARKETPLACE = "marketplace", "마켓플레이스 전달"


class AllegationStatus(TextChoices):
    """The two steps of design.md: an interim restriction first, a final decision after the seller was heard."""

    RECEIVED = "received", "접수"
    UNDER_REVIEW = "under_review", "심사 중"
    MORE_INFO_REQUESTED = "more_info_requested", "보완 요청"
    RESTRICTED = "restricted", "임시 판매제한"
    EXPLANATION_REQUESTED = "explanation_requested", "소명 요청"
    EXPLANATION_REVIEW = "explanation_review", "소명 검토 중"
    UPHELD = "upheld", "판매중지 확정"
    REINSTATED = "reinstated", "판매 재개"
    DISMISSED = "dismissed", "기각"
    CLOSED = "closed", "종결"
    RETURNED = "returned", "반려"
    WITHDRAWN = "withdrawn", "철회"
    TRANSFERRED = "transferred", "이관"
    DUPLICATE = "duplicate", "중복"


class FindingKind(TextChoices):
    """What a final decision found."""

    COUNTERFEIT_CONFIRMED = "counterfeit_confirmed", "가품 확인"
    OTHER_INFRINGEMENT = "other_infringement", "그 밖의 침해"
    NOT_INFRINGING = "not_infringing", "침해 아님"
    INCONCLUSIVE = "inconclusive", "판단 불가"


class DecisionKind(TextChoices):
    """What was decided on an allegation. ``undone`` takes back another decision before its effects have left."""

    INTERIM_RESTRICTION = "interim_restriction", "임시 판매제한"
    UPHELD = "upheld", "판매중지 확정"
    REINSTATED = "reinstated", "판매 재개"
    DISMISSED = "dismissed", "기각"
    RETURNED = "returned", "반려"
    TRANSFERRED = "transferred", "이관"
    DUPLICATE = "duplicate", "중복"
    WITHDRAWN = "withdrawn", "철회"
    UNDONE = "undone", "되돌림"


class EffectKind(TextChoices):
    """What a decision may set off. Those of apps that are not built yet are recorded, and carried out when they are."""

    LISTING_RESTRICT = "listing.restrict", "임시 판매제한"
    LISTING_REMOVE = "listing.remove", "판매중지"
    LISTING_REINSTATE = "listing.reinstate", "판매 재개"
    FINGERPRINT = "fingerprint.keep", "재등록 방지 지문"
    SELLER_STRIKE = "seller.strike", "벌점"
    SELLER_SUSPEND = "seller.suspend", "상점 판매정지"
    SELLER_CLOSE = "seller.close", "상점 폐쇄"
    PAYOUT_HOLD = "payout.hold", "정산 보류"
    BUYERS_INVITE = "buyers.invite", "다른 구매자 환불 안내"
    RECOURSE = "recourse.open", "판매자 구상"


class Party(TextChoices):
    SELLER = "seller", "판매자"
    REPORTER = "reporter", "신고인"


class NoticeKind(TextChoices):
    """What a party is told. The first are news of a decision, once a decision and party; the rest are steps between."""

    INTERIM_RESTRICTION = "interim_restriction", "임시 판매제한 통지"
    UPHELD = "upheld", "판매중지 확정 통지"
    REINSTATED = "reinstated", "판매 재개 통지"
    DISMISSED = "dismissed", "기각 통지"
    RETURNED = "returned", "반려 통지"
    TRANSFERRED = "transferred", "이관 통지"
    DUPLICATE = "duplicate", "중복 통지"
    WITHDRAWN = "withdrawn", "철회 통지"
    RECEIVED = "received", "신고 접수 확인"
    MORE_INFO = "more_info", "보완 요청"
    ANSWER_ASKED = "answer_asked", "답변 요청"
    ANSWER_REMINDER = "answer_reminder", "답변 기한 안내"
    EXPLANATION_RECEIVED = "explanation_received", "소명 접수 확인"
    EXPLANATION_EXTENDED = "explanation_extended", "소명 기한 연장"
    APPEAL_RECEIVED = "appeal_received", "이의제기 접수 확인"
    APPEAL_OPENED = "appeal_opened", "상대방 이의제기 안내"
    RELISTED = "relisted", "재등록 감지 안내"


class NoticeStatus(TextChoices):
    """``owed``: leaves with the outbox. ``void``: the decision was undone before it left. ``undeliverable``: nobody
    could be reached, and a person is asked."""

    OWED = "owed", "보낼 통지"
    SENT = "sent", "보냄"
    VOID = "void", "취소"
    UNDELIVERABLE = "undeliverable", "전달 불가"


class ExplanationStatus(TextChoices):
    """``lapsed``: nothing came in time. ``cancelled``: decided without waiting."""

    REQUESTED = "requested", "기다리는 중"
    SUBMITTED = "submitted", "제출됨"
    LAPSED = "lapsed", "기한 지남"
    CANCELLED = "cancelled", "취소"


class Claim(TextChoices):
    """What the seller says of the goods. The complainant reads this, never the documents."""

    GENUINE = "genuine", "정품이며 유통 경로를 증명합니다"
    PARALLEL_IMPORT = "parallel_import", "병행수입한 정품입니다"
    AUTHORISED = "authorised", "권리자의 허락을 받았습니다"
    NOT_INFRINGING = "not_infringing", "침해가 아닙니다"
    CORRECTED = "corrected", "잘못을 바로잡았습니다"
    OTHER = "other", "그 밖의 설명"


class DocumentKind(TextChoices):
    """What a file that a party hands in is."""

    INVOICE = "invoice", "거래명세서·인보이스"
    IMPORT_DECLARATION = "import_declaration", "수입신고필증"
    AUTHORISATION = "authorisation", "판매 권한 증빙"
    PHOTO = "photo", "사진"
    CAPTURE = "capture", "화면 캡처"
    OTHER = "other", "그 밖의 자료"


class InquiryKind(TextChoices):
    """What a complainant is asked."""

    ANSWER = "answer", "소명에 대한 답변"
    MORE_INFO = "more_info", "보완"


class InquiryStatus(TextChoices):
    ASKED = "asked", "기다리는 중"
    ANSWERED = "answered", "답변함"
    LAPSED = "lapsed", "기한 지남"
    CANCELLED = "cancelled", "취소"


class Stance(TextChoices):
    """What a complainant makes of the seller's explanation."""

    MAINTAIN = "maintain", "신고를 유지합니다"
    WITHDRAW = "withdraw", "신고를 철회합니다"


class AppealStatus(TextChoices):
    FILED = "filed", "재심사 중"
    GRANTED = "granted", "받아들임"
    REJECTED = "rejected", "받아들이지 않음"


class WorkKind(TextChoices):
    """What staff are asked to do next."""

    REVIEW = "review", "신고 심사"
    EXPLANATION = "explanation", "소명 검토"
    SILENCE = "silence", "소명 없음 결정"
    HELD = "held", "2인 승인"
    APPEAL = "appeal", "이의 재심사"
    CONTACT = "contact", "연락 불가 확인"


class BatchOutcome(TextChoices):
    """What became of one of many that were to be decided together."""

    WAITING = "waiting", "기다리는 중"
    DECIDED = "decided", "결정함"
    LEFT = "left", "결정하지 못함"
    DROPPED = "dropped", "요청이 끝남"


class Team(TextChoices):
    """Whose queue it is. Each has a permission of its own."""

    MODERATION = "moderation", "심사팀"
    KOREA = "korea", "한국 보호팀"
    LEADS = "leads", "심사 책임자"


class RecordOutcome(TextChoices):
    """How an allegation of a rights holder ended on its merits."""

    UPHELD = "upheld", "받아들여짐"
    NOT_UPHELD = "not_upheld", "받아들여지지 않음"
    COUNTERED = "countered", "이의로 뒤집힘"
