"""What a key may do. A client holds some of these words; an endpoint asks for one."""

from django.db.models import TextChoices


class Scope(TextChoices):
    LISTINGS_READ = "listings:read", "상품 읽기"
    LISTINGS_WRITE = "listings:write", "상품·사진 보내기"
    LISTINGS_SCREEN = "listings:screen", "게시 전 사전 심사"
    SELLERS_READ = "sellers:read", "판매자 읽기"
    SELLERS_WRITE = "sellers:write", "판매자 보내기"
    ORDERS_READ = "orders:read", "주문 읽기"
    ORDERS_WRITE = "orders:write", "주문 보내기"
    REPORTS_READ = "reports:read", "신고 읽기"
    REPORTS_WRITE = "reports:write", "신고 보내기"
    CASES_READ = "cases:read", "사건·결정 읽기"
    EFFECTS_READ = "effects:read", "조치 요청 읽기"
    EFFECTS_WRITE = "effects:write", "조치 확인하기"
    WEBHOOKS_READ = "webhooks:read", "웹훅 발신 읽기"
    WEBHOOKS_WRITE = "webhooks:write", "웹훅 다시 보내기·시험하기"
