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


class Relays(TextChoices):
    """Whose notices a marketplace delivers to its own users: what we have no address for, or all of them."""

    NOBODY = "nobody", "전하지 않음"
    WITHOUT_ADDRESS = "without_address", "이메일이 없는 판매자에게만"
    ALL = "all", "모든 판매자에게(메일이 있으면 메일도)"


class RecipientKind(TextChoices):
    """Which of its users a marketplace is asked to tell."""

    SELLER = "seller", "판매자"
    BUYER = "buyer", "구매자"


class RelayStatus(TextChoices):
    """Where a notice stands that a marketplace was asked to deliver."""

    ASKED = "asked", "요청함"
    DELIVERED = "delivered", "전달함"
    FAILED = "failed", "전하지 못함"
