"""Pictures that a marketplace sends before the listing that shows them."""

from collections.abc import Sequence

from accounts.models import Marketplace
from core.errors import DomainError
from core.evidence.services import keep_file
from core.models import EvidenceFile
from listings.models import UploadedPicture
from listings.records import KeptImage


def upload_picture(data: bytes, *, marketplace: Marketplace) -> EvidenceFile:
    """Keep a picture, and that this marketplace sent it. Twice is once.

    Call it outside a transaction: decoding takes time. Raises ``FileRefused``, ``IntakeUnavailable``, and
    ``DomainError`` for a document, which is no picture.
    """
    file = keep_file(data)
    if not file.has_working_copy:
        raise DomainError(
            "사진을 받지 않았습니다.",
            "문서(PDF)는 사진으로 비교할 수 없습니다.",
            "JPEG, PNG, WebP, GIF, HEIC 사진으로 저장해 다시 보내 주세요.",
        )
    UploadedPicture.objects.get_or_create(marketplace=marketplace, file=file)
    return file


def uploaded(digests: Sequence[str], *, marketplace: Marketplace) -> dict[str, KeptImage]:
    """Those of the digests that this marketplace has sent, ready to be shown by its listings."""
    rows = UploadedPicture.objects.filter(marketplace=marketplace, file__sha256__in=set(digests)).select_related("file")
    return {row.file.sha256: KeptImage(row.file) for row in rows}
