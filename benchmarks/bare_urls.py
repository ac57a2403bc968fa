"""``/bare``: one row inserted, one hot row counted up, in one transaction."""

import json

from django.db import transaction
from django.db.models import F
from django.http import HttpRequest, JsonResponse
from django.urls import path
from django.views.decorators.csrf import csrf_exempt

from benchmarks.models import BareCount, BareRow


@csrf_exempt
def bare(request: HttpRequest) -> JsonResponse:
    given = json.loads(request.body)
    with transaction.atomic():
        row = BareRow._default_manager.create(visitor=given["visitor"], listing=given["listing"])
        BareCount._default_manager.filter(pk=1).update(count=F("count") + 1)
    return JsonResponse({"number": row.pk}, status=201)


urlpatterns = [path("bare", bare)]
