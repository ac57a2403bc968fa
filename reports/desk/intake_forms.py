"""The form for reports that come by phone or letter."""

from collections.abc import Sequence
from typing import Any, Final

from django import forms
from django.core import signing
from django.db.models import Q

from accounts.addresses import is_address, listing_of
from accounts.models import Marketplace
from brands.models import Brand
from core.errors import DomainError
from core.evidence.errors import refuse_size
from core.evidence.rules import MAX_FILE_BYTES
from core.evidence.services import IncomingFile, keep_files
from core.korean import normalise_text
from core.models import EvidenceFile
from listings.models import Listing
from reports.choices import DocumentKind
from reports.models import Ground
from reports.services.filing import TEXT_LENGTH, Contact, HandedIn, Wanted

#: Issue 5: as many files at a time.
MOST_FILES: Final = 10
LANGUAGES: Final = (("ko", "한국어"), ("en", "영어"), ("zh-hans", "중국어(간체)"))
_SALT: Final = "reports.intake.files"
_SUGGESTED: Final = 5


class ManyFiles(forms.ClearableFileInput):
    allow_multiple_selected = True


class FilesField(forms.FileField):
    """Several files at once; each is looked at by itself."""

    widget = ManyFiles

    def clean(self, data: Any, initial: Any = None) -> list[Any]:
        files = data if isinstance(data, list | tuple) else [data] if data else []
        return [super(FilesField, self).clean(file, initial) for file in files]


class IntakeForm(forms.Form):
    """Who complains of which listing, why, and with what. Files that can be kept are kept even where something else of
    the form is refused, so that nobody has to choose them again."""

    listing = forms.CharField(
        label="상품 주소 또는 상품 번호",
        max_length=1_000,
        help_text="예: https://shop.example/item/12345 또는 12345",
        error_messages={"required": "상품을 알 수 없습니다. 주소나 번호가 비어 있습니다. 신고인에게 물어 적어 주세요."},
    )
    marketplace = forms.ModelChoiceField(
        label="마켓플레이스",
        queryset=Marketplace.objects.none(),
        required=False,
        empty_label="주소로 찾기",
        help_text="번호만 알 때 골라 주세요.",
    )
    ground = forms.ModelChoiceField(
        label="신고 사유",
        queryset=Ground.objects.none(),
        empty_label=None,
        error_messages={"required": "신고 사유를 고르지 않았습니다. 하나를 골라 주세요."},
    )
    brand = forms.CharField(
        label="브랜드", required=False, max_length=200, help_text="등록된 브랜드의 이름. 모르면 비워 두세요."
    )
    is_holder = forms.BooleanField(
        label="권리자 본인이나 대리인의 신고입니다",
        required=False,
        help_text="권리자가 결과를 받고, 신고 정확도에 들어갑니다.",
    )
    text = forms.CharField(
        label="신고 내용",
        max_length=TEXT_LENGTH,
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text="신고인이 말한 대로 적어 주세요.",
        error_messages={
            "required": "신고 내용이 비어 있습니다. 심사할 것이 없습니다. 무엇이 문제인지 적어 주세요.",
            "max_length": "신고 내용이 너무 깁니다. %(limit_value)d자까지 쓸 수 있습니다. 줄여서 적어 주세요.",
        },
    )
    name = forms.CharField(label="신고인 성명", required=False, max_length=100)
    email = forms.EmailField(
        label="이메일",
        required=False,
        help_text="비우면 결과를 메일로 알리지 못합니다. 조회 코드를 꼭 불러 주세요.",
        error_messages={"invalid": "이메일 주소가 아닙니다. @ 앞뒤를 확인해 다시 적어 주세요."},
    )
    phone = forms.CharField(label="전화번호", required=False, max_length=30)
    address = forms.CharField(label="우편 주소", required=False, max_length=300)
    language = forms.ChoiceField(label="신고인의 언어", choices=LANGUAGES, initial="ko")
    documents = FilesField(
        label="자료",
        required=False,
        help_text=f"사진이나 PDF, {MOST_FILES}개까지, 한 파일에 20MB까지.",
        widget=ManyFiles(attrs={"multiple": True}),
    )
    kept = forms.CharField(required=False, widget=forms.HiddenInput)
    once = forms.CharField(widget=forms.HiddenInput, max_length=64)

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.fields["marketplace"].queryset = Marketplace.objects.filter(is_active=True)  # type: ignore[attr-defined]
        self.fields["ground"].queryset = Ground.objects.in_use()  # type: ignore[attr-defined]
        self.handed_in: list[HandedIn] = []

    def clean_text(self) -> str:
        return normalise_text(self.cleaned_data["text"])

    def clean_brand(self) -> Brand | None:
        name = self.cleaned_data["brand"].strip()
        return _brand(name) if name else None

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        self._keep_files(cleaned.get("documents") or [])
        if cleaned.get("listing"):
            self._find_listing(cleaned)
        if cleaned.get("is_holder") and "brand" not in self.errors and cleaned.get("brand") is None:
            self.add_error(
                "brand", "권리자를 알 수 없습니다. 브랜드가 비어 있습니다. 권리자의 브랜드 이름을 적어 주세요."
            )
        return cleaned

    # -- the listing --------------------------------------------------------------------------------------------------

    def _find_listing(self, cleaned: dict[str, Any]) -> None:
        """The listing that the portal knows, or the one that its marketplace is to be asked for."""
        text, chosen = cleaned["listing"].strip(), cleaned.get("marketplace")
        places = [chosen] if chosen is not None else list(self.fields["marketplace"].queryset)  # type: ignore[attr-defined]
        named = listing_of(text, places)
        if named is None and is_address(text):
            self.add_error(
                "listing",
                "상품을 찾지 못했습니다. 등록된 마켓플레이스의 상품 주소가 아닙니다. 주소를 확인하거나 마켓플레이스를 "
                "고르고 번호를 적어 주세요.",
            )
            return
        if named is None and (chosen or len(places) == 1):
            named = (chosen or places[0]), text[:100]
        if named is None:
            self.add_error(
                "marketplace", "상품 번호가 어느 마켓플레이스의 것인지 알 수 없습니다. 마켓플레이스를 골라 주세요."
            )
            return
        marketplace, number = named
        known = Listing.objects.filter(marketplace=marketplace, external_id=number, current_version__isnull=False)
        cleaned["about"] = known.first() or Wanted(marketplace, number)

    # -- files --------------------------------------------------------------------------------------------------------

    def _keep_files(self, files: Sequence[Any]) -> None:
        """Those that came before stay; new ones are looked at one by one, and each that is refused says why."""
        self.handed_in = _unsigned(self.data.get(self.add_prefix("kept"), ""))
        room = MOST_FILES - len(self.handed_in)
        if len(files) > room:
            self.add_error(
                "documents", f"파일이 너무 많습니다. 모두 {MOST_FILES}개까지 받습니다. 중요한 것만 골라 주세요."
            )
        taken = files[: max(room, 0)]
        for file in taken:
            if file.size > MAX_FILE_BYTES:
                self.add_error("documents", str(refuse_size(file.size, file.name)))
        incoming = (IncomingFile(file.name, file.read()) for file in taken if file.size <= MAX_FILE_BYTES)
        for outcome in keep_files(incoming):
            if outcome.evidence is not None:
                self.handed_in.append(HandedIn(outcome.evidence, _kind(outcome.evidence), outcome.name))
            else:
                self.add_error("documents", str(outcome.error))

    @property
    def kept_token(self) -> str:
        """What has been kept, signed, for the hidden field of the form that is shown again."""
        return signing.dumps([[each.file.pk, each.name] for each in self.handed_in], salt=_SALT)

    # -- the rest -----------------------------------------------------------------------------------------------------

    def contact(self) -> Contact | None:
        data = self.cleaned_data
        brand: Brand | None = data["brand"]
        said = {name: normalise_text(data[name]) for name in ("name", "email", "phone", "address")}
        if not any(said.values()) and not data["is_holder"]:
            return None
        holder = brand.rights_holder if data["is_holder"] and brand is not None else None
        return Contact(**said, language=data["language"], rights_holder=holder)


def _unsigned(token: str) -> list[HandedIn]:
    try:
        pairs = signing.loads(token, salt=_SALT, max_age=24 * 3600) if token else []
    except signing.BadSignature:
        return []
    files = EvidenceFile.objects.in_bulk([key for key, _ in pairs])
    return [HandedIn(files[key], _kind(files[key]), name) for key, name in pairs if key in files]


def _kind(file: EvidenceFile) -> DocumentKind:
    return DocumentKind.PHOTO if file.media_type.startswith("image/") else DocumentKind.OTHER


def _brand(name: str) -> Brand:
    """The one brand of that name or spelling. Raises with what was found instead."""
    found = list(
        Brand.objects.filter(Q(name__iexact=name) | Q(names__spelling__iexact=name))
        .select_related("rights_holder")
        .distinct()[:2]
    )
    if len(found) == 1:
        return found[0]
    if found:
        why, action = "같은 이름의 브랜드가 여럿입니다.", "권리자에게 확인해 더 정확한 이름을 적어 주세요."
    else:
        near = Brand.objects.filter(name__icontains=name[:50]).values_list("name", flat=True)[:_SUGGESTED]
        why = "등록된 브랜드가 아닙니다."
        action = f"이 가운데 있는지 확인해 주세요: {', '.join(near)}." if near else "이름을 확인하거나 비워 두세요."
    raise forms.ValidationError(str(DomainError("브랜드를 찾지 못했습니다.", why, action)))
