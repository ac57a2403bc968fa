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
    """What was decided. Final kinds come with the next issue; these are the ones that match review takes."""

    INTERIM_RESTRICTION = "interim_restriction", "임시 판매제한"
    UNDONE = "undone", "되돌림"


class Party(TextChoices):
    SELLER = "seller", "판매자"
    REPORTER = "reporter", "신고인"


class NoticeStatus(TextChoices):
    """``owed``: recorded with the decision, to be sent. ``void``: the decision was undone before it left."""

    OWED = "owed", "보낼 통지"
    SENT = "sent", "보냄"
    VOID = "void", "취소"
