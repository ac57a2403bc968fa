"""Text messages that the marketplace sends for us: an adapter of ``core.texts`` over its own webhook (``text``)."""

from typing import Final

from django.db import transaction

from accounts import webhooks
from accounts.models import Marketplace
from core.outbox import DeliveryFailed
from core.texts import Text

EVENT: Final = "text"


class WebhookTexts:
    """Hands the text on as a webhook of its own, with the waits of webhooks; asked again it is the same message."""

    def send(self, text: Text, *, key: str) -> None:
        """Raises ``DeliveryFailed`` where the text belongs to no marketplace, or none of its addresses sends texts."""
        place = Marketplace.objects.filter(slug=text.by, is_active=True).first()
        if place is None:
            raise DeliveryFailed("문자를 맡길 마켓플레이스가 없습니다.", permanent=True)
        with transaction.atomic():
            told = webhooks.tell(place, EVENT, _payload(text), key=f"{key}:webhook", expires_at=text.expires_at)
        if not told:
            raise DeliveryFailed(f"마켓플레이스 {place.slug}에 문자 발송 요청을 받는 웹훅 주소가 없습니다.")


def _payload(text: Text) -> dict[str, object]:
    return {
        "to": text.to,
        "kind": text.kind,
        "body": text.body,
        "sender": text.sender,
        "template": text.template,
        "variables": dict(text.variables),
    }
