"""Listings told with pictures by address: what waits, what was fetched from where, and what was not to be had."""

from django.db import models
from django.db.models import Q

from accounts.models import Marketplace
from core.models import ActedOn, AppendOnly, EvidenceFile
from listings.arrival_querysets import (
    ArrivalQuerySet,
    ExpectedPictureQuerySet,
    PictureFetchQuerySet,
    PictureServerQuerySet,
)
from listings.choices import ArrivalStatus, FetchOutcome, PictureStatus
from listings.models.listing import ListingVersion
from sellers.models import Seller

#: As long as an address may be (core.fetching.addresses).
_ADDRESS: int = 2_000


class PictureServer(models.Model):
    """A server that pictures are fetched from, by host and port. One task at a time works for it.

    ``lease_until``: until when the task of ``lease_token`` has it. ``failing_since``: it has not been to be had since,
    and nobody asks it before ``paused_until``. ``answered_at``: it was there then. Not evidence: the machinery's own
    memory.
    """

    name = models.CharField("서버", max_length=262, unique=True)
    served_at = models.DateTimeField("마지막 차례", null=True, blank=True)
    lease_until = models.DateTimeField("처리 시한", null=True, blank=True)
    lease_token = models.CharField("처리 표", max_length=32, blank=True)
    answered_at = models.DateTimeField("마지막 응답", null=True, blank=True)
    failures = models.PositiveIntegerField("잇단 실패", default=0)
    failing_since = models.DateTimeField("답이 없기 시작", null=True, blank=True)
    paused_until = models.DateTimeField("쉬는 시한", null=True, blank=True)
    last_problem = models.CharField("마지막 문제", max_length=500, blank=True)

    objects = PictureServerQuerySet.as_manager()

    class Meta:
        verbose_name = "사진 서버"
        verbose_name_plural = "사진 서버"
        ordering = ("name",)

    def __str__(self) -> str:
        return self.name


class PictureFetch(AppendOnly):
    """That an address was fetched for a marketplace, when, from which server, and what came of it. Evidence.

    ``hops`` are the addresses on the way with everything their names stood for and the IP address that was connected
    to; ``headers`` the head of the last answer. ``body_sha256`` stands also where the bytes were not kept because they
    are no picture. ``unchanged``: the server said that what ``earlier`` brought still holds.
    """

    marketplace = models.ForeignKey(
        Marketplace, on_delete=models.PROTECT, related_name="picture_fetches", verbose_name="마켓플레이스"
    )
    address = models.CharField("주소", max_length=_ADDRESS)
    address_digest = models.CharField("주소 다이제스트", max_length=64)
    outcome = models.CharField("결과", max_length=10, choices=FetchOutcome)
    file = models.ForeignKey(
        EvidenceFile,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="picture_fetches",
        verbose_name="파일",
    )
    earlier = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="confirmed_by", verbose_name="처음 받음"
    )
    final_address = models.CharField("마지막 주소", max_length=_ADDRESS, blank=True)
    hops = models.JSONField("거친 곳", default=list)
    headers = models.JSONField("응답 머리", default=dict)
    http_status = models.PositiveSmallIntegerField("HTTP 상태", null=True, blank=True)
    body_sha256 = models.CharField("내용 SHA-256", max_length=64, blank=True)
    body_size = models.PositiveBigIntegerField("내용 크기(바이트)", null=True, blank=True)
    code = models.CharField("문제", max_length=40, blank=True)
    reason = models.CharField("이유", max_length=500, blank=True)
    fetched_at = models.DateTimeField("받은 시각")

    objects = PictureFetchQuerySet.as_manager()

    class Meta:
        verbose_name = "사진 받기"
        verbose_name_plural = "사진 받기"
        ordering = ("-id",)
        indexes = [models.Index(fields=["address_digest", "marketplace", "-id"], name="listings_picturefetch_address")]
        constraints = [
            models.CheckConstraint(
                condition=Q(outcome__in=["fetched", "unchanged"], file__isnull=False, code="")
                | (Q(outcome__in=["refused", "failed"], file__isnull=True) & ~Q(code="")),
                name="listings_picturefetch_file_or_problem",
            ),
            models.CheckConstraint(
                condition=Q(outcome="unchanged", earlier__isnull=False)
                | (~Q(outcome="unchanged") & Q(earlier__isnull=True)),
                name="listings_picturefetch_unchanged_since",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_outcome_display()} {self.address[:60]}"


class Arrival(ActedOn):
    """A listing as it was told, waiting for its pictures: a version is evidence of what was shown, and what was shown
    had pictures.

    ``record`` is what was told and checked. The newest of a listing is the one that counts; one that still waits is
    superseded by it. ``told_at`` is when the marketplace said so, ``waits_since`` when this row began to wait: they
    differ where staff had an earlier one tried again (``retry_of``).
    """

    marketplace = models.ForeignKey(
        Marketplace, on_delete=models.PROTECT, related_name="arrivals", verbose_name="마켓플레이스"
    )
    external_id = models.CharField("상품 번호", max_length=100)
    seller = models.ForeignKey(Seller, on_delete=models.PROTECT, related_name="arrivals", verbose_name="판매자")
    record = models.JSONField("상품 자료")
    status = models.CharField("상태", max_length=10, choices=ArrivalStatus, default=ArrivalStatus.WAITING)
    actor_label = models.CharField("행위자", max_length=200, blank=True)
    on_behalf_of = models.CharField("대신하는 이", max_length=200, blank=True)
    told_at = models.DateTimeField("접수 시각")
    waits_since = models.DateTimeField("기다리기 시작")
    settled_at = models.DateTimeField("끝난 시각", null=True, blank=True)
    version = models.ForeignKey(
        ListingVersion,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="arrivals",
        verbose_name="상품 내용",
    )
    superseded_by = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="supersedes", verbose_name="대체한 접수"
    )
    retry_of = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="retries", verbose_name="처음 접수"
    )
    code = models.CharField("문제", max_length=40, blank=True)
    reason = models.TextField("이유", blank=True)

    objects = ArrivalQuerySet.as_manager()

    class Meta:
        verbose_name = "상품 접수"
        verbose_name_plural = "상품 접수"
        ordering = ("-id",)
        constraints = [
            models.UniqueConstraint(
                fields=["marketplace", "external_id"],
                condition=Q(status="waiting"),
                name="listings_arrival_one_waiting",
                violation_error_message="이 상품의 더 새로운 자료가 이미 사진을 기다리고 있습니다.",
            ),
            models.CheckConstraint(
                condition=Q(status="waiting", settled_at__isnull=True)
                | (~Q(status="waiting") & Q(settled_at__isnull=False)),
                name="listings_arrival_settled_at_a_time",
            ),
            models.CheckConstraint(
                condition=Q(status="arrived", version__isnull=False) | (~Q(status="arrived") & Q(version__isnull=True)),
                name="listings_arrival_arrived_as_a_version",
            ),
            models.CheckConstraint(
                condition=~Q(status="given_up") | ~Q(code=""), name="listings_arrival_given_up_with_a_reason"
            ),
        ]
        indexes = [
            models.Index(fields=["marketplace", "external_id", "-id"], name="listings_arrival_listing"),
            models.Index(fields=["waits_since"], name="listings_arrival_waiting", condition=Q(status="waiting")),
        ]
        permissions = [("retry_arrival", "상품 접수를 다시 시도할 수 있다")]

    def __str__(self) -> str:
        return f"{self.external_id} ({self.get_status_display()})"


class ExpectedPicture(models.Model):
    """One picture of an arrival, in its order: by an address that is fetched, or kept already (``file``).

    ``tries`` are counted before each; ``fetch`` is the last one, and the one that brought the picture where there is.
    """

    arrival = models.ForeignKey(Arrival, on_delete=models.PROTECT, related_name="pictures", verbose_name="상품 접수")
    position = models.PositiveSmallIntegerField("순서")
    address = models.CharField("주소", max_length=_ADDRESS, blank=True)
    address_digest = models.CharField("주소 다이제스트", max_length=64, blank=True)
    server = models.ForeignKey(
        PictureServer,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="pictures",
        verbose_name="사진 서버",
    )
    name = models.CharField("파일 이름", max_length=200, blank=True)
    status = models.CharField("상태", max_length=10, choices=PictureStatus, default=PictureStatus.WAITING)
    tries = models.PositiveSmallIntegerField("시도", default=0)
    not_before = models.DateTimeField("이후에 받음")
    fetch = models.ForeignKey(
        PictureFetch,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="expected",
        verbose_name="사진 받기",
    )
    file = models.ForeignKey(
        EvidenceFile, null=True, blank=True, on_delete=models.PROTECT, related_name="expected", verbose_name="파일"
    )
    code = models.CharField("문제", max_length=40, blank=True)
    reason = models.CharField("이유", max_length=500, blank=True)

    objects = ExpectedPictureQuerySet.as_manager()

    class Meta:
        verbose_name = "기다리는 사진"
        verbose_name_plural = "기다리는 사진"
        ordering = ("arrival", "position")
        constraints = [
            models.UniqueConstraint(fields=["arrival", "position"], name="listings_expectedpicture_one_a_position"),
            models.CheckConstraint(
                condition=Q(status="kept", file__isnull=False) | (~Q(status="kept") & Q(file__isnull=True)),
                name="listings_expectedpicture_kept_as_a_file",
            ),
            models.CheckConstraint(
                condition=~Q(status="missing") | ~Q(code=""), name="listings_expectedpicture_missing_with_a_reason"
            ),
            models.CheckConstraint(
                condition=~Q(status="waiting") | Q(server__isnull=False),
                name="listings_expectedpicture_waits_for_a_server",
            ),
        ]
        indexes = [
            models.Index(
                fields=["server", "not_before"], name="listings_expectedpicture_due", condition=Q(status="waiting")
            ),
        ]

    def __str__(self) -> str:
        return f"{self.arrival_id}/{self.position}"


class MissingImage(AppendOnly):
    """A picture that a version was shown with and that could not be had: where it was, and why it is not here.

    The version's digest covers it, so that content with a gap is never taken for content without the picture.
    """

    version = models.ForeignKey(
        ListingVersion, on_delete=models.PROTECT, related_name="missing_images", verbose_name="상품 내용"
    )
    position = models.PositiveSmallIntegerField("순서")
    address = models.CharField("주소", max_length=_ADDRESS)
    code = models.CharField("문제", max_length=40)
    reason = models.CharField("이유", max_length=500)
    fetch = models.ForeignKey(
        PictureFetch,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="missing_images",
        verbose_name="사진 받기",
    )

    class Meta:
        verbose_name = "받지 못한 사진"
        verbose_name_plural = "받지 못한 사진"
        ordering = ("version", "position")
        constraints = [
            models.UniqueConstraint(fields=["version", "position"], name="listings_missingimage_one_a_position")
        ]

    def __str__(self) -> str:
        return f"{self.version_id}/{self.position}"
