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
