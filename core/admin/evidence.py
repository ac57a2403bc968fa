"""Files kept as evidence: what they are, and their safe copy. The original is never for a page."""

from django.contrib import admin
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from core.admin_base import EMPTY, ReadOnlyAdmin, when
from core.models import EvidenceFile


def evidence_url(sha256: str) -> str:
    """Where the admin sends the working copy of a file from."""
    return f"{reverse('admin:index')}evidence/{sha256}/"


def thumbnail(file: EvidenceFile, *, about: str) -> SafeString:
    """The safe copy as a small picture with a link to itself; words where there is none."""
    if not file.has_working_copy:
        return format_html('<span class="no-picture">{}</span>', "열람본 없음")
    return format_html(
        '<a class="thumbnail" href="{}"><img src="{}" alt="{}" loading="lazy" width="96" height="96"></a>',
        evidence_url(file.sha256),
        evidence_url(file.sha256),
        about,
    )


@admin.register(EvidenceFile)
class EvidenceFileAdmin(ReadOnlyAdmin):
    """Found by the first letters of a digest: a file has no name of its own."""

    list_display = ("preview", "sha256", "media_type", "size_text", when("created_at", "보관"))
    list_filter = ("media_type", ("created_at", admin.DateFieldListFilter))
    list_display_links = ("sha256",)
    ordering = ("-id",)
    search_fields = ("sha256__startswith", "working_sha256__startswith")
    search_help_text = "SHA-256의 앞부분으로 찾습니다."
    readonly_fields = (
        "preview",
        "sha256",
        "media_type",
        "size_text",
        "measures",
        "working_sha256",
        "working_media_type",
        "problem",
        when("created_at", "보관"),
    )

    @admin.display(description="열람본")
    def preview(self, file: EvidenceFile) -> SafeString:
        return thumbnail(file, about=f"증거 파일 {file.sha256[:12]}")

    @admin.display(description="크기", ordering="size")
    def size_text(self, file: EvidenceFile) -> str:
        return f"{file.size:,}바이트"

    @admin.display(description="규격")
    def measures(self, file: EvidenceFile) -> str:
        if file.page_count:
            return f"{file.page_count}쪽"
        return f"{file.width}×{file.height}px" if file.width else EMPTY
