"""``/api/v1/listings`` and ``/api/v1/pictures``."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import uuid4

from django.db import transaction
from django.http import Http404
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.bulk import EXPECTED, BulkAnswer, bring_all, read_items
from accounts.api.paging import page
from accounts.api.problems import Fault, Problem
from accounts.api.scopes import Scope
from accounts.api.views import ApiView, posted
from core import jobs
from core.evidence.rules import MAX_FILE_BYTES
from listings.api.pictures import RawPictureParser
from listings.api.shapes import (
    ArrivalShown,
    ListingInput,
    ListingPage,
    ListingShown,
    ListingsInput,
    PictureShown,
    listing_record,
)
from listings.arrivals import PictureRefused, arrival_state, expect_listing
from listings.models import Arrival, Listing
from listings.querysets import ListingQuerySet
from listings.records import KeptImage
from listings.screening.queue import JOB_KIND
from listings.services import upsert_listing
from listings.uploads import upload_picture, uploaded
from sellers.api import seller_record
from sellers.services import confirm_waiting_authorisations, upsert_seller


class Listings(ApiView):
    tag = "Listings"
    scopes = {"GET": Scope.LISTINGS_READ, "POST": Scope.LISTINGS_WRITE}
    has_pages = True

    @extend_schema(operation_id="listings_list", responses=ListingPage)
    def get(self, request: Request) -> Response:
        """Listings, oldest change first.

        A change is new content, a new address, or a restriction that came or went.
        """
        found = page(_shown(self), request, changed_at="changed_at")
        return Response(found.as_json(lambda listing: dict(ListingShown(listing).data)))

    @extend_schema(operation_id="listings_upsert", request=ListingsInput, responses=BulkAnswer)
    @posted
    def post(self, request: Request) -> Response:  # noqa: ARG002 - DRF's signature
        """Bring in up to 1,000 listings with their sellers.

        Each item has a result of its own: ``created``, ``changed``, ``unchanged``, ``refused`` with a problem, or
        ``expected`` where pictures are still to be fetched. What is new is screened at once, by the worker.
        """
        arrival = _Arrivals(self)
        answer = bring_all(read_items(self.document()), ListingInput, arrival.bring)
        arrival.ask_for_screening()
        return answer


class OneListing(ApiView):
    tag = "Listings"
    scopes = {"GET": Scope.LISTINGS_READ}

    @extend_schema(operation_id="listings_get", responses=ListingShown)
    def get(self, request: Request, listing_id: str) -> Response:  # noqa: ARG002 - DRF's signature
        """One listing, by the marketplace's own number."""
        listing = _shown(self).filter(external_id=listing_id).first()
        if listing is None:
            raise Http404
        return Response(ListingShown(listing).data)


class OneArrival(ApiView):
    tag = "Listings"
    scopes = {"GET": Scope.LISTINGS_READ}

    @extend_schema(operation_id="arrivals_get", responses=ArrivalShown)
    def get(self, request: Request, arrival_id: int) -> Response:  # noqa: ARG002 - DRF's signature
        """A listing that waits for its pictures.

        It comes in when all are there, or without those that cannot be had: they are named with the reason.
        """
        arrivals = Arrival.objects.filter(marketplace=self.marketplace).select_related("version")
        arrival = arrivals.filter(pk=arrival_id).first() if arrival_id < 2**63 else None
        if arrival is None:
            raise Http404
        return Response(arrival_state(arrival))


class Pictures(ApiView):
    tag = "Listings"
    scopes = {"POST": Scope.LISTINGS_WRITE}
    throttle_kind = "upload"
    parser_classes = (RawPictureParser,)
    most_bytes = MAX_FILE_BYTES

    @extend_schema(
        operation_id="pictures_upload",
        request=RawPictureParser.described(),
        responses=PictureShown,
    )
    @posted
    def post(self, request: Request) -> Response:  # noqa: ARG002 - DRF's signature
        """Send one picture, as it is, in the body.

        JPEG, PNG, WebP, GIF or HEIC, up to 20 MiB. Listings then name it by the ``sha256`` of the answer.
        """
        # Without a body there is nothing that a parser could have read.
        data: bytes = self.document().get("picture", b"")
        return Response(PictureShown(upload_picture(data, marketplace=self.marketplace)).data)


class _Arrivals:
    """One request's listings, and what of them is owed a look."""

    def __init__(self, view: ApiView) -> None:
        self.marketplace, self.actor = view.marketplace, view.actor
        self.to_screen: list[int] = []

    def bring(self, said: dict[str, Any]) -> Mapping[str, Any]:
        images = self._images(said["images"])
        if any(isinstance(image, str) for image in images):
            return self._expect(said, images)
        return self._bring_now(said, [image for image in images if isinstance(image, KeptImage)])

    def _expect(self, said: dict[str, Any], images: Sequence[str | KeptImage]) -> Mapping[str, Any]:
        """What comes by address is fetched by the worker, and the listing waits for it: it must be shown whole."""
        try:
            arrival = expect_listing(
                listing_record(said),
                seller_record=seller_record(said["seller"]),
                pictures=images,
                marketplace=self.marketplace,
                actor=self.actor,
                now=timezone.now(),
            )
        except PictureRefused as refusal:
            english = f"The picture's address cannot be fetched ({refusal.code})."
            fault = Fault(f"/images/{refusal.position}/url", refusal.code, english, str(refusal))
            raise Problem("validation_failed", faults=[fault]) from refusal
        return {"outcome": EXPECTED, "arrival": arrival.pk}

    def _bring_now(self, said: dict[str, Any], images: Sequence[KeptImage]) -> Mapping[str, Any]:
        with transaction.atomic():
            seller = upsert_seller(seller_record(said["seller"]), marketplace=self.marketplace, actor=self.actor).seller
            result = upsert_listing(
                listing_record(said),
                marketplace=self.marketplace,
                seller=seller,
                images=images,
                actor=self.actor,
                now=timezone.now(),
            )
        if result.shows_other_content:
            self.to_screen.append(result.version.pk)
        return {"outcome": result.change.value, "version": result.version.number}

    def ask_for_screening(self) -> None:
        confirm_waiting_authorisations(marketplace=self.marketplace, actor=self.actor)
        if self.to_screen:
            with transaction.atomic():
                # A key of its own each time: content that is shown again is owed a look under the same material too.
                jobs.enqueue(JOB_KIND, key=f"api:{uuid4().hex}", payload={"versions": self.to_screen})

    def _images(self, said: list[dict[str, str]]) -> list[str | KeptImage]:
        """Each picture, or the address where it is to be had."""
        known = uploaded([each["sha256"] for each in said if "sha256" in each], marketplace=self.marketplace)
        missing = [number for number, each in enumerate(said) if "sha256" in each and each["sha256"] not in known]
        if missing:
            raise Problem("validation_failed", faults=[_not_sent(number) for number in missing])
        return [known[each["sha256"]] if "sha256" in each else each["url"] for each in said]


def _not_sent(number: int) -> Fault:
    english = "No picture of this digest was sent. Send it to /api/v1/pictures first."
    return Fault(
        f"/images/{number}", "unknown_picture", english, "이 다이제스트의 사진을 받은 적이 없습니다. 먼저 보내 주세요."
    )


def _shown(view: ApiView) -> ListingQuerySet:
    rows = Listing.objects.filter(marketplace=view.marketplace)
    return rows.select_related("seller", "current_version").prefetch_related("current_version__images__file")
