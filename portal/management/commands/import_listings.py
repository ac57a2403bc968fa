"""``import_listings FILE --images DIR``: a marketplace's listings from JSON Lines or CSV."""

from portal.imports.command import ImportCommand
from portal.imports.importers import ListingImporter
from portal.imports.marketplaces import require_marketplace


class Command(ImportCommand):
    help = (
        "상품을 JSON Lines 또는 CSV 파일에서 가져옵니다. 다시 실행해도 두 번 들어가지 않고, 내용이 바뀐 상품은 "
        "새 판으로 저장됩니다. 잘못된 행은 줄 번호와 이유를 알리고, 나머지는 그대로 가져옵니다."
    )
    subject = "상품"
    name = "import_listings"

    def importer(self, marketplace: str | None) -> ListingImporter:
        return ListingImporter(actor=self.actor(), marketplace=require_marketplace(marketplace))
