"""Brings the demonstration in by the commands that an operator would use, and screens it."""

import os
import shutil
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any, Final

from django.core.management import call_command

from accounts.models import Marketplace
from listings.models import Listing
from portal.demo.files import DemoFiles, write_files, write_orders
from portal.demo.listings import COUNTS, ID_PREFIX
from portal.demo.marketplace import SLUG, STATE_FILE
from portal.demo.orders import demo_orders
from refunds.models import OrderLine

__all__ = ["DemoFiles", "belongs_to_others", "forget", "load"]

LISTINGS: Final = sum(COUNTS.values())
PROCESSES: Final = min(os.cpu_count() or 1, 4)


def belongs_to_others() -> bool:
    """Whether the database is somebody's own: it has marketplaces, and the demonstration's is not among them."""
    return Marketplace.objects.exists() and not Marketplace.objects.filter(slug=SLUG).exists()


def forget(folder: Path) -> None:
    """Drop what an earlier database left behind: pictures of another set of listings, and what the stand-in knew."""
    for name in ("brands", "listings"):
        shutil.rmtree(folder / name, ignore_errors=True)
    (folder / STATE_FILE).unlink(missing_ok=True)


def load(folder: Path, today: date, *, tell: Callable[[str], None], **streams: Any) -> None:
    """Draw, import, screen: what is not there yet. A load that broke off goes on where it was; a whole one is kept."""
    theirs = Listing.objects.filter(marketplace__slug=SLUG, external_id__startswith=ID_PREFIX)
    if theirs.count() < LISTINGS:
        tell("상품 사진을 그립니다…")
        files = write_files(folder, today)
        given = {"images": files.folder, "marketplace": SLUG, **streams}
        tell("브랜드와 상품을 가져옵니다…")
        call_command("import_brands", files.brands, **given)
        call_command("import_listings", files.listings, **given)
    orders = demo_orders(today)
    if OrderLine.objects.filter(marketplace__slug=SLUG).count() < len(orders):
        tell("주문을 가져옵니다…")
        call_command("import_orders", write_orders(folder, orders), marketplace=SLUG, **streams)
    if theirs.filter(current_version__runs__isnull=True).exists():
        tell("상품을 브랜드 자료와 비교합니다…")
        call_command("screen_listings", pending=True, jobs=PROCESSES, **streams)
