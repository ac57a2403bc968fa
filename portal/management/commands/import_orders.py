"""``import_orders FILE``: what consumers bought, from JSON Lines or CSV. ``portal.imports.order_rows`` says how."""

from portal.imports.command import ImportCommand
from portal.imports.importers import OrderImporter
from portal.imports.marketplaces import require_marketplace


class Command(ImportCommand):
    help = (
        "주문 품목을 JSON Lines 또는 CSV 파일에서 가져옵니다. 다시 실행해도 두 번 들어가지 않고, 새로 알려진 시각과 "
        "상태가 더해집니다. 산 내용과 금액은 정정 사유(correction)가 있어야 바뀝니다. "
        "구매자의 연락처는 해시로만 남습니다."
    )
    subject = "주문 품목"
    name = "import_orders"
    has_pictures = False

    def importer(self, marketplace: str | None) -> OrderImporter:
        return OrderImporter(actor=self.actor(), marketplace=require_marketplace(marketplace))
