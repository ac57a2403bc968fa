"""What a moderator fills in."""

from typing import Any

from django import forms

from core.korean import normalise_text
from reports.models import Policy
from reports.rules import NOTE_LENGTH, REASONING_LENGTH


class NoteForm(forms.Form):
    """The staff's note, which stays in the house. A rejection asks for nothing else, so that a half-written reasoning
    never stands in its way."""

    private_note = forms.CharField(
        label="내부 메모",
        help_text="직원만 봅니다. 판매자에게 나가지 않습니다.",
        max_length=NOTE_LENGTH,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        error_messages={
            "max_length": "내부 메모가 너무 깁니다. %(limit_value)d자까지 쓸 수 있습니다. 줄여서 적어 주세요."
        },
    )

    def clean_private_note(self) -> str:
        return normalise_text(self.cleaned_data["private_note"])


class ReviewForm(NoteForm):
    """Clause, reasoning and note of a confirmation. The parties read the reasoning."""

    field_order = ("policy", "reasoning", "private_note")

    policy = forms.ModelChoiceField(
        label="정책 조항",
        queryset=Policy.objects.none(),
        empty_label=None,
        error_messages={
            "required": "조항을 고르지 않았습니다. 결정에는 근거 조항이 필요합니다. 하나를 골라 주세요.",
            "invalid_choice": "고른 조항을 쓸 수 없습니다. 목록이 바뀌었을 수 있습니다. 다른 조항을 골라 주세요.",
        },
    )
    reasoning = forms.CharField(
        label="결정 이유",
        help_text="판매자와 마켓플레이스가 그대로 읽습니다.",
        max_length=REASONING_LENGTH,
        widget=forms.Textarea(attrs={"rows": 6}),
        error_messages={
            "required": "결정 이유가 비어 있습니다. 판매자는 구체적인 이유를 알 권리가 있습니다. 이유를 적어 주세요.",
            "max_length": "결정 이유가 너무 깁니다. %(limit_value)d자까지 쓸 수 있습니다. 줄여서 적어 주세요.",
        },
    )

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        choice = self.fields["policy"]
        assert isinstance(choice, forms.ModelChoiceField)
        choice.queryset = Policy.objects.in_use()

    def clean_reasoning(self) -> str:
        return normalise_text(self.cleaned_data["reasoning"])
