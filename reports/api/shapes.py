"""What a marketplace reads of reports, cases and decisions: never who reported, never the staff's notes."""

from typing import Any, Final

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from accounts.api.fields import Input, Line, Moment, StrictText, Text
from accounts.api.paging import page_of
from reports.choices import AllegationStatus, Channel, DecisionKind, EffectKind, FindingKind
from reports.models import Case, Ground, Policy, Report
from reports.rules import case_status
from reports.services.filing import TEXT_LENGTH

STATUSES: Final = AllegationStatus.values


class GroundCode(StrictText):
    """A code of ``GET /reason-codes``; the description names those that are in use (``reports.api.schema``)."""

    def __init__(self, **options: Any) -> None:
        super().__init__(max_length=40, **options)


class ReporterInput(Input):
    """How the reporter can be told. It is kept by the portal, shown to nobody, and never answered back."""

    name = Text(required=False, allow_blank=True, max_length=100, default="")
    email = serializers.EmailField(required=False, max_length=254, default="")
    language = serializers.ChoiceField(required=False, choices=["ko", "en", "zh-hans"], default="ko")


class ReportInput(Input):
    """A report that the marketplace passes on. The listing may be one that the portal does not know yet."""

    listing = Line(max_length=100, help_text="The marketplace's own number of the listing.")
    ground = GroundCode()
    text = Text(required=False, allow_blank=True, max_length=TEXT_LENGTH, default="")
    reporter = ReporterInput(required=False)


class ReportShown(serializers.Serializer[Any]):
    number = serializers.CharField()
    listing = serializers.SerializerMethodField()
    channel = serializers.ChoiceField(choices=Channel.values)
    ground = serializers.CharField(source="ground.code", default=None, allow_null=True)
    state = serializers.SerializerMethodField()
    case = serializers.CharField(source="case.number", default=None, allow_null=True)
    received_at = Moment()
    result_due_at = Moment(allow_null=True)

    def get_listing(self, report: Report) -> str:
        return report.case.listing.external_id if report.case is not None else report.wanted

    @extend_schema_field({"type": "string", "enum": ["waiting_for_listing", *STATUSES]})
    def get_state(self, report: Report) -> str:
        return report.allegation.status if report.allegation is not None else "waiting_for_listing"


class AllegationShown(serializers.Serializer[Any]):
    ground = serializers.CharField(source="ground.code")
    rights_holder = serializers.CharField(source="rights_holder.name", default=None, allow_null=True)
    brand = serializers.CharField(source="brand.name", default=None, allow_null=True)
    status = serializers.ChoiceField(choices=STATUSES)
    finding = serializers.ChoiceField(choices=FindingKind.values, allow_blank=True)
    status_changed_at = Moment()


class CaseShown(serializers.Serializer[Any]):
    number = serializers.CharField()
    listing = serializers.CharField(source="listing.external_id")
    seller = serializers.CharField(source="listing.seller.external_id")
    status = serializers.SerializerMethodField()
    opened_at = Moment()
    closed_at = Moment(allow_null=True)
    changed_at = Moment()
    allegations = AllegationShown(many=True, source="allegations.all")

    @extend_schema_field({"type": "string", "enum": STATUSES})
    def get_status(self, case: Case) -> str:
        return case_status([AllegationStatus(row.status) for row in case.allegations.all()]).value


class DecisionShown(serializers.Serializer[Any]):
    """A decision that stands. ``reasoning`` is what its parties read."""

    number = serializers.CharField()
    case = serializers.CharField(source="allegation.case.number")
    listing = serializers.CharField(source="allegation.case.listing.external_id")
    ground = serializers.CharField(source="allegation.ground.code")
    kind = serializers.ChoiceField(choices=[kind for kind in DecisionKind.values if kind != DecisionKind.UNDONE])
    finding = serializers.ChoiceField(choices=FindingKind.values, allow_blank=True)
    policy = serializers.CharField(source="policy.code")
    reasoning = serializers.CharField()
    effects = serializers.ListField(child=serializers.ChoiceField(choices=EffectKind.values))
    corrects = serializers.CharField(source="corrects.number", default=None, allow_null=True)
    decided_at = Moment()


ReportPage = page_of(ReportShown)
CasePage = page_of(CaseShown)
DecisionPage = page_of(DecisionShown)


class GroundShown(serializers.ModelSerializer[Ground]):
    """A reason for a report, with the evidence that it needs. Titles are Korean, codes are for programs."""

    evidence = serializers.ListField(child=serializers.CharField())

    class Meta:
        model = Ground
        fields = ("code", "title", "description", "evidence")


class PolicyShown(serializers.ModelSerializer[Policy]):
    """A clause that decisions cite."""

    class Meta:
        model = Policy
        fields = ("code", "title", "clause")


class ReasonCodes(serializers.Serializer[Any]):
    grounds = GroundShown(many=True)
    policies = PolicyShown(many=True)
