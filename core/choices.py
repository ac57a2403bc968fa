"""Words that rows of the ground floor choose from."""

from django.db.models import TextChoices


class OutboxStatus(TextChoices):
    """Where a message stands. ``parked``: it kept failing and waits for a person."""

    PENDING = "pending", "대기"
    SENDING = "sending", "보내는 중"
    DELIVERED = "delivered", "전달됨"
    PARKED = "parked", "멈춤"
    CANCELLED = "cancelled", "취소"


class AttemptOutcome(TextChoices):
    """How one delivery ended. ``vanished``: the process that tried it was gone before it could say."""

    DELIVERED = "delivered", "전달"
    FAILED = "failed", "실패"
    VANISHED = "vanished", "중단"


class TextKind(TextChoices):
    """How a text message goes: short, long, or by Kakao's 알림톡."""

    SMS = "sms", "단문(SMS)"
    LMS = "lms", "장문(LMS)"
    ALIMTALK = "alimtalk", "알림톡"


class EffectStatus(TextChoices):
    """Where an effect stands. In flight are ``queued`` (a message is under way) and ``sent`` (not confirmed yet)."""

    ASKED = "asked", "요청됨"
    QUEUED = "queued", "보내는 중"
    SENT = "sent", "전달됨"
    CONFIRMED = "confirmed", "확인됨"
    FAILED = "failed", "실패"
    PARKED = "parked", "멈춤"
    SUPERSEDED = "superseded", "대체됨"


class ApprovalStatus(TextChoices):
    REQUESTED = "requested", "승인 대기"
    APPROVED = "approved", "승인"
    REFUSED = "refused", "거부"
    WITHDRAWN = "withdrawn", "철회"


class HolidayKind(TextChoices):
    TEMPORARY = "temporary", "임시공휴일"
    SUBSTITUTE = "substitute", "대체공휴일"
    ELECTION = "election", "선거일"
    OTHER = "other", "기타"


class JobStatus(TextChoices):
    """Where a job stands. ``given_up``: its attempts are used up and a person is asked."""

    WAITING = "waiting", "대기"
    RUNNING = "running", "실행 중"
    DONE = "done", "완료"
    GIVEN_UP = "given_up", "포기"
