"""What a visitor writes: the address of a listing, and what they add to a report, each for itself."""

from typing import Any, Final

from django import forms

from accounts.models import Marketplace
from core.korean import normalise_text
from reports.models import Ground
from reports.parties.forms import CodeForm, PartyForm
from reports.public import consent
from reports.public.targets import marketplaces, pasted
from reports.services.filing import TEXT_LENGTH

#: What a buyer or a passer-by can know. The other reasons need a right or a court (``/rights/``).
REASONS: Final = ("counterfeit", "nonexistent_model", "test_purchase", "trademark_use", "copyright")
#: The same in the words of somebody who shops.
REASON_WORDS: Final = {
    "counterfeit": "정품과 다른 점이 보입니다",
    "nonexistent_model": "브랜드에 없는 모델이나 색상입니다",
    "test_purchase": "직접 사서 받아 보니 가품입니다",
    "trademark_use": "브랜드 이름이나 로고를 함부로 썼습니다",
    "copyright": "다른 사람의 사진이나 글을 훔쳐 썼습니다",
}


class AddressForm(PartyForm):
    """A pasted address, or a number and its marketplace."""

    listing = forms.CharField(
        label="상품 주소 또는 상품 번호",
        help_text="상품 화면의 주소를 복사해 그대로 붙여 넣어 주세요.",
        max_length=2_000,
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false"}),
        error_messages={
            "required": "주소가 비어 있습니다. 어떤 상품인지 알 수 없습니다. 상품 화면의 주소를 붙여 넣어 주세요.",
            "max_length": "주소를 읽을 수 없습니다. 2,000자보다 깁니다. 상품 화면의 주소만 붙여 넣어 주세요.",
        },
    )
    marketplace = forms.ModelChoiceField(
        label="마켓플레이스",
        queryset=Marketplace.objects.none(),
        required=False,
        empty_label="주소로 찾기",
        help_text="번호만 알 때 골라 주세요.",
        error_messages={"invalid_choice": "마켓플레이스를 찾지 못했습니다. 목록에 없는 값입니다. 다시 골라 주세요."},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["marketplace"].queryset = Marketplace.objects.filter(is_active=True)  # type: ignore[attr-defined]
        if len(marketplaces()) < 2:
            del self.fields["marketplace"]

    def find(self) -> tuple[str, str]:
        """Call it on a form that is valid. Raises ``DomainError``."""
        return pasted(self.cleaned_data["listing"].strip(), self.cleaned_data.get("marketplace"))


class ReasonForm(PartyForm):
    """What is wrong with the goods."""

    ground = forms.ModelChoiceField(
        label="신고 사유",
        queryset=Ground.objects.none(),
        to_field_name="code",
        empty_label=None,
        widget=forms.RadioSelect,
        error_messages={
            "required": "사유를 고르지 않았습니다. 저장할 것이 없습니다. 하나를 골라 주세요.",
            "invalid_choice": "사유를 저장하지 않았습니다. 고를 수 없는 사유입니다. 목록에서 하나를 골라 주세요.",
        },
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["ground"]
        field.queryset = Ground.objects.in_use().filter(code__in=REASONS)  # type: ignore[attr-defined]
        field.label_from_instance = lambda ground: REASON_WORDS[ground.code]  # type: ignore[attr-defined]


class NoteForm(PartyForm):
    """What the reporter saw."""

    text = forms.CharField(
        label="메모",
        help_text=(
            "담당자만 읽고 판매자에게 보이지 않습니다. 주민등록번호나 개인통관고유부호는 적지 마세요. "
            f"{TEXT_LENGTH:,}자까지 적을 수 있습니다."
        ),
        max_length=TEXT_LENGTH,
        widget=forms.Textarea(attrs={"rows": 4}),
        error_messages={
            "required": "메모가 비어 있습니다. 저장할 것이 없습니다. 알려 주실 내용을 적어 주세요.",
            "max_length": f"메모가 너무 깁니다. {TEXT_LENGTH:,}자까지 적을 수 있습니다. 줄여서 적어 주세요.",
        },
    )

    def clean_text(self) -> str:
        return normalise_text(self.cleaned_data["text"])


class MailForm(PartyForm):
    """An address alone: where a code goes that lets a visitor through a flood."""

    email = forms.EmailField(
        label="이메일",
        widget=forms.EmailInput(attrs={"autocomplete": "email", "inputmode": "email"}),
        error_messages={
            "required": "이메일이 비어 있습니다. 코드를 보낼 곳이 필요합니다. 이메일을 적어 주세요.",
            "invalid": "이메일 주소가 아닙니다. @ 앞뒤를 읽을 수 없습니다. 확인해 다시 적어 주세요.",
            "max_length": "이메일 주소가 너무 깁니다. 저장할 수 없는 주소입니다. 다른 주소를 적어 주세요.",
        },
        max_length=254,
    )


class NewsForm(MailForm):
    """Where news of the report goes, with the consent that this takes."""

    agrees = forms.BooleanField(
        label=consent.LABEL,
        error_messages={
            "required": "동의하지 않았습니다. 동의 없이는 이메일을 저장할 수 없습니다. 내용을 읽고 표시해 주세요."
        },
    )
    is_old_enough = forms.BooleanField(
        label=consent.AGE_LABEL,
        error_messages={
            "required": (
                "만 14세 이상인지 확인하지 않았습니다. 14세 미만은 보호자의 동의가 필요합니다. "
                "해당하면 표시하고, 아니면 이메일 없이 조회 코드를 써 주세요."
            )
        },
    )


__all__ = ["AddressForm", "CodeForm", "MailForm", "NewsForm", "NoteForm", "ReasonForm"]
