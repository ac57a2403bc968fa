"""What the portal asks of a marketplace, for one that would rather come and look than be told by webhook.

The same effects as the webhooks carry, confirmed by the same rules (``core.effects``): either way does.
"""

from typing import Any, Final

from django.http import Http404
from django.utils import timezone
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.faults import checked
from accounts.api.fields import Input, Line, Moment, WholeNumber
from accounts.api.paging import page, page_of
from accounts.api.problems import Fault, Problem
from accounts.api.scopes import Scope
from accounts.api.views import ApiView, posted
from core import effects
from core.choices import EffectStatus
from core.models import Effect
from core.querysets import EffectQuerySet

#: The carrier whose effects leave by webhook to the marketplace named as destination (settings.EFFECT_CARRIERS).
CARRIER: Final = "marketplace"
#: What has not left may still be undone, so nobody outside learns of it.
SEEN: Final = tuple(status.value for status in EffectStatus if status != EffectStatus.ASKED)


class EffectShown(serializers.Serializer[Any]):
    """One thing asked of a target. A version lower than one that was carried out for it already is to be ignored."""

    id = serializers.IntegerField()
    kind = serializers.CharField()
    target = serializers.CharField()
    version = serializers.IntegerField()
    status = serializers.ChoiceField(choices=SEEN)
    payload = serializers.DictField(help_text="What the webhook of that type carries.")
    asked_at = Moment()
    sent_at = Moment(allow_null=True)
    confirmed_at = Moment(allow_null=True)
    failed_at = Moment(allow_null=True)
    failure = serializers.CharField(allow_blank=True)


EffectPage = page_of(EffectShown)


class ConfirmInput(Input):
    version = WholeNumber(min_value=1, max_value=2**31 - 1)


class FailInput(Input):
    version = WholeNumber(min_value=1, max_value=2**31 - 1)
    reason = Line(max_length=500)


class Effects(ApiView):
    tag = "Effects"
    scopes = {"GET": Scope.EFFECTS_READ}
    has_pages = True

    @extend_schema(
        operation_id="effects_list",
        parameters=[OpenApiParameter("status", str, enum=SEEN, description="Only those that stand so.")],
        responses=EffectPage,
    )
    def get(self, request: Request) -> Response:
        """What the portal has asked of this marketplace, oldest first.

        With ``status=sent`` it is what waits for your confirmation.
        """
        rows = effects_of(self)
        wanted = request.query_params.get("status")
        if wanted is not None and wanted not in SEEN:
            words = ("There is no such status.", "그런 상태는 없습니다.")
            raise Problem("validation_failed", faults=[Fault("status", "invalid_choice", *words)])
        chosen = rows.standing_as(EffectStatus(wanted)) if wanted else rows
        found = page(chosen, request, changed_at="asked_at")
        return Response(found.as_json(lambda effect: dict(EffectShown(effect).data)))


class OneEffect(ApiView):
    tag = "Effects"
    scopes = {"GET": Scope.EFFECTS_READ}

    @extend_schema(operation_id="effects_get", responses=EffectShown)
    def get(self, request: Request, effect_id: int) -> Response:  # noqa: ARG002 - DRF's signature
        """One effect."""
        return Response(EffectShown(_one(self, effect_id)).data)


class ConfirmEffect(ApiView):
    tag = "Effects"
    scopes = {"POST": Scope.EFFECTS_WRITE}

    @extend_schema(operation_id="effects_confirm", request=ConfirmInput, responses=EffectShown)
    @posted
    def post(self, request: Request, effect_id: int) -> Response:  # noqa: ARG002 - DRF's signature
        """Say that an effect was carried out. Twice is once."""
        said = checked(ConfirmInput(data=self.clean_document()))
        effect = _one(self, effect_id)
        effects.confirm(effect.pk, version=said["version"], at=timezone.now(), actor=self.actor)
        return Response(EffectShown(_one(self, effect_id)).data)


class FailEffect(ApiView):
    tag = "Effects"
    scopes = {"POST": Scope.EFFECTS_WRITE}

    @extend_schema(operation_id="effects_fail", request=FailInput, responses=EffectShown)
    @posted
    def post(self, request: Request, effect_id: int) -> Response:  # noqa: ARG002 - DRF's signature
        """Say that an effect cannot be carried out, and why. The portal's staff see it."""
        said = checked(FailInput(data=self.clean_document()))
        effect = _one(self, effect_id)
        effects.fail(effect.pk, version=said["version"], reason=said["reason"], at=timezone.now(), actor=self.actor)
        return Response(EffectShown(_one(self, effect_id)).data)


def effects_of(view: ApiView) -> EffectQuerySet:
    """The effects that a marketplace may see: its own, once they have left the house."""
    return Effect.objects.that_left().filter(carrier=CARRIER, destination=view.marketplace.slug)


def _one(view: ApiView, effect_id: int) -> Effect:
    effect = effects_of(view).filter(pk=effect_id).first() if effect_id < 2**63 else None
    if effect is None:
        raise Http404
    return effect
