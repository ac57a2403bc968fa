"""Words that rows of this app choose from."""

from django.db.models import TextChoices


class AuthorisationKind(TextChoices):
    LICENCE = "licence", "브랜드 허가"
    SALES = "sales_authorisation", "판매 허가"
    PARALLEL_IMPORT = "parallel_import", "병행수입"
    OWN_BRAND = "own_brand", "자체 브랜드"


class AuthorisationStatus(TextChoices):
    """``awaiting_seller``: the brand named a seller that is not known yet; it holds as soon as the seller appears."""

    AWAITING_SELLER = "awaiting_seller", "판매자 대기"
    CONFIRMED = "confirmed", "확인됨"
    REVOKED = "revoked", "철회됨"


class SellerLanguage(TextChoices):
    """The languages that sellers are written to in."""

    KOREAN = "ko", "한국어"
    ENGLISH = "en", "영어"
    CHINESE = "zh-hans", "중국어(간체)"
