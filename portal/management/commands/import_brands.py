"""``import_brands FILE --images DIR``: brands' material from JSON Lines or CSV."""

from listings.screening import enqueue_pending
from portal.imports.command import ImportCommand
from portal.imports.importers import BrandImporter
from portal.imports.marketplaces import named_marketplace, only_marketplace


class Command(ImportCommand):
    help = (
        "브랜드 자료를 JSON Lines 또는 CSV 파일에서 가져옵니다. 다시 실행해도 두 번 들어가지 않습니다. "
        "잘못된 행은 줄 번호와 이유를 알리고, 나머지는 그대로 가져옵니다."
    )
    subject = "브랜드"
    name = "import_brands"

    def importer(self, marketplace: str | None) -> BrandImporter:
        chosen = named_marketplace(marketplace) if marketplace else only_marketplace()
        return BrandImporter(actor=self.actor(), marketplace=chosen)

    def closing_lines(self) -> list[str]:
        """What is there already is compared with the new material by the worker."""
        jobs = enqueue_pending()
        if not jobs:
            return []
        line = f"이미 있는 상품을 새 자료와 비교하는 작업 {jobs:,}개를 예약했습니다."
        return [line, "기다리지 않으려면 screen_listings --pending 을 실행해 주세요."]
