"""Words that rows of this app choose from."""

from django.db.models import TextChoices


class TimeSource(TextChoices):
    """Who says when something happened. What a window is counted from must name it."""

    MARKETPLACE = "marketplace", "마켓플레이스"
    CARRIER = "carrier", "택배사"
    CONSUMER = "consumer", "소비자"
    ESTIMATED = "estimated", "추정"


class DeliveryKind(TextChoices):
    """How the goods come, by which refund windows may differ."""

    PARCEL = "parcel", "국내 택배"
    OVERSEAS = "overseas", "해외 배송"
    INSTALLED = "installed", "설치 배송"
    PICKUP = "pickup", "방문 수령"
    DIGITAL = "digital", "전자 전송"


class OrderStatus(TextChoices):
    """What has become of the line, as its marketplace says. The portal decides nothing by changing it."""

    PLACED = "placed", "주문"
    CANCELLED = "cancelled", "취소"
    RETURNED = "returned", "반품"
