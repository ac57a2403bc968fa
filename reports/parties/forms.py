"""What parties write. Files come beside the form (``reports.uploads``): each has its own field and its own outcome."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from django import forms
from django.utils.translation import gettext_lazy as _

from core.evidence.rules import ALLOWED
from core.korean import normalise_text
from reports.choices import Claim, DocumentKind, Stance
from reports.services.filing import TEXT_LENGTH
from reports.services.hearings import SUMMARY_LENGTH
from reports.uploads import field_of
from reports.wording import wording

#: What a browser offers to choose from: media types, and endings for those that a system does not know.
ACCEPT: Final = ",".join([*(kind.media_type for kind in ALLOWED), ".heic", ".heif", ".pdf"])
_REASON_LENGTH: Final = 300


class PartyForm(forms.Form):
    """The house's own messages instead of the browser's; text as it is stored."""

    use_required_attribute = False

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        return {name: normalise_text(value) if isinstance(value, str) else value for name, value in cleaned.items()}


class CodeForm(PartyForm):
    """Six digits."""

    code = forms.CharField(
        label=_("확인 코드"),
        help_text=_("숫자 6자리입니다."),
        max_length=60,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "one-time-code", "class": "code"}),
        error_messages={
            "required": _("확인 코드가 비어 있습니다. 코드가 있어야 열 수 있습니다. 받은 숫자 6자리를 입력해 주세요.")
        },
    )


class TrackForm(PartyForm):
    """A tracking code, typed."""

    code = forms.CharField(
        label=_("조회 코드"),
        help_text=_("메일에 적힌 20자리입니다. 예: 7K2M-9QXR-4TBN-C0WD-5HVP. 대소문자와 줄표는 달라도 됩니다."),
        max_length=60,
        widget=forms.TextInput(
            attrs={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false", "class": "code"}
        ),
        error_messages={
            "required": _("조회 코드가 비어 있습니다. 코드가 있어야 열 수 있습니다. 메일에 적힌 코드를 입력해 주세요."),
            "max_length": _("조회 코드를 읽을 수 없습니다. 20자리보다 깁니다. 메일에 적힌 코드만 입력해 주세요."),
        },
    )


def _text(label: Any, hint: Any, *, required: bool, longest: int, missing: Any = "", rows: int = 8) -> forms.CharField:
    return forms.CharField(
        label=label,
        help_text=hint,
        required=required,
        max_length=longest,
        widget=forms.Textarea(attrs={"rows": rows}),
        error_messages={
            "required": missing,
            "max_length": _("너무 깁니다. 적을 수 있는 글자 수를 넘었습니다. 줄여서 적거나 파일로 내 주세요."),
        },
    )


class ExplanationForm(PartyForm):
    """The seller's explanation: what the complainant reads, and what staff alone read."""

    claim = forms.ChoiceField(
        label=_("주장 요지"),
        help_text=_("신고인이 읽습니다. 가장 가까운 하나를 골라 주세요."),
        widget=forms.RadioSelect,
        error_messages={
            "required": _("주장 요지를 고르지 않았습니다. 무엇을 확인할지 정하는 데 필요합니다. 하나를 골라 주세요.")
        },
    )
    summary = _text(
        _("신고인에게 보일 요약"),
        _("신고인이 읽습니다. 거래처나 가격처럼 알리고 싶지 않은 내용은 적지 마세요. 1,000자까지 적을 수 있습니다."),
        required=False,
        longest=SUMMARY_LENGTH,
        rows=4,
    )
    text = _text(
        _("소명 내용"),
        _("담당자만 읽습니다. 상품을 어디에서 어떻게 들여왔는지 구체적으로 적어 주세요. 5,000자까지 적을 수 있습니다."),
        required=True,
        longest=TEXT_LENGTH,
        missing=_("소명 내용이 비어 있습니다. 담당자가 확인할 내용이 필요합니다. 설명을 적어 주세요."),
    )

    def __init__(self, *args: Any, language: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        words = wording(language)
        self.fields["claim"].choices = [(claim.value, words.claims[claim]) for claim in Claim]  # type: ignore[attr-defined]


class ExtensionForm(PartyForm):
    """Why the seller needs more time."""

    reason = _text(
        _("시간이 더 필요한 이유"),
        _("예: 수입신고필증을 관세사에게 요청했습니다. 자국의 공휴일도 이유가 됩니다. 300자까지 적을 수 있습니다."),
        required=True,
        longest=_REASON_LENGTH,
        missing=_("이유가 비어 있습니다. 연장에는 이유가 필요합니다. 왜 시간이 더 필요한지 적어 주세요."),
        rows=4,
    )


class AnswerForm(PartyForm):
    """What the complainant makes of the explanation."""

    stance = forms.ChoiceField(
        label=_("입장"),
        choices=[(Stance.MAINTAIN, _("신고를 유지합니다")), (Stance.WITHDRAW, _("신고를 철회합니다"))],
        widget=forms.RadioSelect,
        error_messages={
            "required": _("입장을 고르지 않았습니다. 다음 절차를 정하는 데 필요합니다. 하나를 골라 주세요.")
        },
    )
    text = _text(
        _("답변 내용"),
        _("담당자만 읽습니다. 판매자의 주장에서 사실과 다른 점을 적어 주세요. 5,000자까지 적을 수 있습니다."),
        required=False,
        longest=TEXT_LENGTH,
    )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        if cleaned.get("stance") == Stance.MAINTAIN and not cleaned.get("text") and "text" not in self.errors:
            self.add_error(
                "text",
                _("답변 내용이 비어 있습니다. 신고를 유지하려면 이유가 필요합니다. 사실과 다른 점을 적어 주세요."),
            )
        return cleaned


class MoreForm(PartyForm):
    """What staff had asked a complainant for."""

    text = _text(
        _("답변 내용"),
        _("담당자만 읽습니다. 5,000자까지 적을 수 있습니다."),
        required=True,
        longest=TEXT_LENGTH,
        missing=_("답변 내용이 비어 있습니다. 담당자가 확인할 내용이 필요합니다. 요청받은 내용을 적어 주세요."),
    )


class AppealForm(PartyForm):
    """Why the decision is wrong."""

    text = _text(
        _("이의의 이유"),
        _("담당자만 읽습니다. 결정의 어느 부분이 왜 사실과 다른지 적어 주세요. 5,000자까지 적을 수 있습니다."),
        required=True,
        longest=TEXT_LENGTH,
        missing=_("이의의 이유가 비어 있습니다. 다시 심사할 내용이 필요합니다. 결정이 왜 잘못되었는지 적어 주세요."),
    )


class NoForm(PartyForm):
    """Where files alone are handed in."""


@dataclass(frozen=True, slots=True)
class FileField:
    """One place of a form for files of one kind, and what they show."""

    name: str
    label: str
    hint: Any


_HINTS: Final = {
    DocumentKind.INVOICE: _("누구에게서 샀는지 이어지는 거래를 보여 줍니다. 정품과 병행수입을 증명합니다."),
    DocumentKind.IMPORT_DECLARATION: _("세관을 거쳐 들여온 상품임을 보여 줍니다. 병행수입을 증명합니다."),
    DocumentKind.AUTHORISATION: _("권리자나 공식 유통사의 허락을 보여 줍니다. 계약서, 공식 판매처 확인서 등입니다."),
    DocumentKind.PHOTO: _("상품의 라벨, 일련번호, 포장처럼 확인에 도움이 되는 부분을 찍은 사진입니다."),
    DocumentKind.CAPTURE: _("상품 화면이나 거래 화면을 그대로 담은 그림입니다."),
    DocumentKind.OTHER: _("그 밖에 도움이 되는 자료입니다."),
}
SELLER_KINDS: Final = tuple(DocumentKind)
COMPLAINANT_KINDS: Final = (DocumentKind.PHOTO, DocumentKind.CAPTURE, DocumentKind.OTHER)


def file_fields(kinds: Sequence[DocumentKind], language: str) -> list[FileField]:
    """The places for files, named in that language."""
    labels = wording(language).documents
    return [FileField(field_of(kind), labels[kind], _HINTS[kind]) for kind in kinds]
