"""Words that rows of this app choose from."""

from django.db.models import TextChoices


class Restriction(TextChoices):
    """What the portal has asked for a listing. Whether the marketplace has confirmed it, the effect says."""

    NONE = "none", "없음"
    INTERIM = "interim", "임시 판매제한"
    FINAL = "final", "판매중지"


class Verdict(TextChoices):
    """What screening says. ``stop``: would be held before it is published."""

    PASS = "pass", "통과"
    REVIEW = "review", "검토"
    STOP = "stop", "보류"


class MatchStatus(TextChoices):
    """Where a match stands. ``outdated``: a newer screening no longer finds it, or its listing has changed."""

    OPEN = "open", "검토 대기"
    CONFIRMED = "confirmed", "가품 의심 확인"
    REJECTED = "rejected", "문제없음"
    OUTDATED = "outdated", "지난 내용"


class ContentKind(TextChoices):
    IMAGE = "image", "사진"
    TEXT = "text", "글"


class Weakness(TextChoices):
    """Why a fingerprint of a confirmed counterfeit says little alone: others show or write the same for good reasons.

    ``brands_own``: the brand's own picture, or one that its authorised sellers show. ``common``: it also stands beside
    other goods, as a shop's banner does, or the text is too short or too usual to know a listing by.
    """

    NONE = "", "없음"
    BRANDS_OWN = "brands_own", "브랜드 자료와 같음"
    COMMON = "common", "다른 상품에도 쓰임"


class ArrivalStatus(TextChoices):
    """Where a listing that was told with pictures by address stands."""

    WAITING = "waiting", "사진 기다림"
    ARRIVED = "arrived", "들어옴"
    SUPERSEDED = "superseded", "새 자료로 대체"
    GIVEN_UP = "given_up", "들이지 못함"


class PictureStatus(TextChoices):
    """Where one of its pictures stands. ``dropped``: nobody needs it any more."""

    WAITING = "waiting", "받는 중"
    KEPT = "kept", "받음"
    MISSING = "missing", "받지 못함"
    DROPPED = "dropped", "그만둠"


class FetchOutcome(TextChoices):
    """What came of fetching an address. ``refused``: trying again changes nothing; ``failed``: it may."""

    FETCHED = "fetched", "받음"
    UNCHANGED = "unchanged", "그대로임"
    REFUSED = "refused", "받지 않음"
    FAILED = "failed", "실패"
