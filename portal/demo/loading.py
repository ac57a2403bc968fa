"""Brings the demonstration in by the commands that an operator would use, and screens it."""

import os
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any, Final

from django.core.management import call_command

from accounts.models import Marketplace
from listings.models import Listing
from portal.demo.files import write_files
from portal.demo.listings import COUNTS, ID_PREFIX
from portal.demo.marketplace import SLUG

LISTINGS: Final = sum(COUNTS.values())
_MOST_PROCESSES: Final = 4


def is_loaded() -> bool:
    """Whether every listing is in. A load that broke off before is run again; what was not yet compared by then, the
    worker looks at: the import asked for it."""
    return Listing.objects.filter(marketplace__slug=SLUG, external_id__startswith=ID_PREFIX).count() >= LISTINGS


def belongs_to_others() -> bool:
    """Whether the database is somebody's own: it has marketplaces, and the demonstration's is not among them."""
    return Marketplace.objects.exists() and not Marketplace.objects.filter(slug=SLUG).exists()


def load(folder: Path, today: date, *, tell: Callable[[str], None], **streams: Any) -> None:
    """Draw, import, screen. Run again after it broke off, it goes on where that was."""
    tell("상품 사진을 그립니다…")
    files = write_files(folder, today)
    images = {"images": files.folder, "marketplace": SLUG, **streams}
    tell("브랜드와 상품을 가져옵니다…")
    call_command("import_brands", files.brands, **images)
    call_command("import_listings", files.listings, **images)
    tell("상품을 브랜드 자료와 비교합니다…")
    call_command("screen_listings", pending=True, jobs=min(os.cpu_count() or 1, _MOST_PROCESSES), **streams)
