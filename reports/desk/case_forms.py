"""What a moderator fills in on the case page."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from django import forms

from core.korean import normalise_text
from reports.choices import EffectKind
from reports.desk.case_offers import Answer
from reports.desk.forms import NoteForm
from reports.models import Policy
from reports.rules import REASONING_LENGTH, left_out_penalties
from reports.services.decisions import Ruling
from reports.services.filing import TEXT_LENGTH
from reports.statements import LANGUAGE

#: A decision of its kind without this would be none.
FIXED_EFFECTS: Final = frozenset({EffectKind.LISTING_RESTRICT, EffectKind.LISTING_REMOVE, EffectKind.LISTING_REINSTATE})
LANGUAGE_NAMES: Final = {"en": "영어", "zh-hans": "중국어(간체)"}
#: Why a case is let pass, to choose from; the last one asks for words.
SKIP_REASONS: Final = (
    "다른 담당자의 전문 분야입니다",
    "외국어 자료를 읽을 수 없습니다",
    "이해관계가 있습니다",
    "지금 있는 자료로는 판단하기 어렵습니다",
)
_TOO_LONG: Final = "%(limit_value)d자까지 쓸 수 있습니다. 줄여서 적어 주세요."


class DecisionForm(NoteForm):
    """One answer with its clause, reasons, effects and note. The parties read the reasons, never the note."""

    field_order = ("policy", "reasoning", "translation", "effects", "left_out", "private_note")

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
        help_text="당사자가 그대로 읽습니다.",
        max_length=REASONING_LENGTH,
        widget=forms.Textarea(attrs={"rows": 4}),
        error_messages={
            "required": "결정 이유가 비어 있습니다. 당사자는 구체적인 이유를 알 권리가 있습니다. 이유를 적어 주세요.",
            "max_length": f"결정 이유가 너무 깁니다. {_TOO_LONG}",
        },
    )
    translation = forms.CharField(
        max_length=REASONING_LENGTH,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        error_messages={"max_length": f"번역한 이유가 너무 깁니다. {_TOO_LONG}"},
    )
    effects = forms.MultipleChoiceField(
        label="함께 하는 조치", required=False, widget=forms.CheckboxSelectMultiple, choices=()
    )
    left_out = forms.CharField(
        label="정해진 제재를 빼는 사유",
        required=False,
        max_length=REASONING_LENGTH,
        widget=forms.Textarea(attrs={"rows": 2}),
        error_messages={"max_length": f"사유가 너무 깁니다. {_TOO_LONG}"},
    )

    def __init__(
        self, *arguments: Any, answer: Answer, policies: Sequence[Policy], language: str, **options: Any
    ) -> None:
        super().__init__(*arguments, **options)
        self.answer, self.language = answer, language
        self.fields["private_note"].widget.attrs |= {"rows": 1, "placeholder": " "}
        self.fields["private_note"].help_text = "직원만 봅니다. 당사자에게 나가지 않습니다."
        self.fields["policy"].queryset = Policy.objects.in_use()  # type: ignore[attr-defined]
        self.fields["policy"].choices = [(policy.pk, str(policy)) for policy in policies]  # type: ignore[attr-defined]
        offered = [effect for effect in answer.possible_effects if effect not in FIXED_EFFECTS]
        self.fields["effects"].choices = [  # type: ignore[attr-defined]
            (effect.value, f"{effect.label}(정해진 제재)" if effect == EffectKind.SELLER_STRIKE else effect.label)
            for effect in offered
        ]
        if not offered:
            del self.fields["effects"]
        if EffectKind.SELLER_STRIKE not in answer.effects:
            del self.fields["left_out"]
        if language == LANGUAGE:
            del self.fields["translation"]
        else:
            field = self.fields["translation"]
            field.label = f"같은 이유, {LANGUAGE_NAMES.get(language, language)}로"
            field.help_text = "위를 고치면 여기도 고치거나 비워 주세요."

    @property
    def fixed_effects(self) -> list[str]:
        """What the decision does whatever is ticked."""
        return [effect.label for effect in self.answer.possible_effects if effect in FIXED_EFFECTS]

    def clean_reasoning(self) -> str:
        return normalise_text(self.cleaned_data["reasoning"])

    def clean_translation(self) -> str:
        return normalise_text(self.cleaned_data["translation"])

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        answer = self.answer
        leaves_out = not answer.confirms and left_out_penalties(answer.kind, answer.finding, self._effects(cleaned))
        if leaves_out and "left_out" in self.fields and not cleaned.get("left_out", "").strip():
            self.add_error(
                "left_out",
                "정해진 제재를 빼는 사유가 비어 있습니다. 두 번째 사람이 보고 승인합니다. 왜 빼는지 적어 주세요.",
            )
        is_stale = "reasoning" in self.changed_data and "translation" not in self.changed_data
        if is_stale and cleaned.get("translation"):
            self.add_error(
                "translation",
                "번역이 한국어 이유와 다릅니다. 한국어 이유만 고치셨습니다. 번역도 고치거나 비워 주세요.",
            )
        return cleaned

    def ruling(self) -> Ruling:
        """What was filled in, as the services take it. Only of a form that is valid."""
        data, answer = self.cleaned_data, self.answer
        translation = data.get("translation", "")
        return Ruling(
            answer.kind,
            data["policy"],
            data["reasoning"],
            finding=answer.finding,
            effects=self._effects(data),
            left_out=data.get("left_out", ""),
            private_note=data["private_note"],
            translations={self.language: translation} if translation else {},
            confirms=answer.confirms,
        )

    def _effects(self, data: Mapping[str, Any]) -> frozenset[EffectKind]:
        """The ticked ones and those that the answer cannot be without. Where nothing can be ticked, the usual ones."""
        if "effects" not in self.fields:
            return self.answer.effects
        return frozenset(EffectKind(name) for name in data.get("effects", ())) | (self.answer.effects & FIXED_EFFECTS)


class SkipForm(forms.Form):
    """Why a case is let pass."""

    reason = forms.CharField(
        label="건너뛰는 사유",
        max_length=300,
        widget=forms.TextInput(attrs={"list": "skip-reasons", "autocomplete": "off"}),
        error_messages={
            "required": "건너뛰지 않았습니다. 사유가 비어 있습니다. 왜 건너뛰는지 짧게 적어 주세요.",
            "max_length": f"건너뛰지 않았습니다. 사유가 너무 깁니다. {_TOO_LONG}",
        },
    )

    def clean_reason(self) -> str:
        return normalise_text(self.cleaned_data["reason"])


class AskForm(forms.Form):
    """What the complainants are asked for."""

    question = forms.CharField(
        label="필요한 자료",
        help_text="신고인이 그대로 읽습니다.",
        max_length=TEXT_LENGTH,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={
            "required": "보완을 요청하지 않았습니다. 무엇이 필요한지 적지 않았습니다. 필요한 자료를 적어 주세요.",
            "max_length": f"보완을 요청하지 않았습니다. 내용이 너무 깁니다. {_TOO_LONG}",
        },
    )

    def clean_question(self) -> str:
        return normalise_text(self.cleaned_data["question"])


class SecondPersonForm(forms.Form):
    """Why a second person agrees, or does not."""

    reason = forms.CharField(
        label="승인하거나 거부하는 사유",
        max_length=REASONING_LENGTH,
        widget=forms.Textarea(attrs={"rows": 2}),
        error_messages={
            "required": "결정하지 않았습니다. 사유가 비어 있습니다. 결정의 사유를 적어 주세요.",
            "max_length": f"결정하지 않았습니다. 사유가 너무 깁니다. {_TOO_LONG}",
        },
    )
