"""Words that rows of this app choose from."""

from django.db.models import TextChoices


class LinkPurpose(TextChoices):
    """What an access link lets its holder do."""

    SELLER = "seller", "판매자 방문"
    TRACK = "track", "처리 현황 조회"
    ANSWER = "answer", "답변 제출"


class EntryKind(TextChoices):
    """What a marketplace's signed link lets its holder come in to; the word stands in the link itself."""

    SELLER = "seller", "판매자 센터"
    ORDER = "order", "주문 상세"
