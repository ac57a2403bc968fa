"""Words that rows of this app choose from."""

from django.db.models import TextChoices


class RightKind(TextChoices):
    TRADEMARK = "trademark", "상표권"
    DESIGN = "design", "디자인권"
    COPYRIGHT = "copyright", "저작권"
    PATENT = "patent", "특허권"
    UTILITY_MODEL = "utility_model", "실용신안권"
    UNREGISTERED = "unregistered", "미등록 표지(부정경쟁)"


class ReferenceKind(TextChoices):
    PRODUCT = "product", "상품 사진"
    LOGO = "logo", "로고"
    PACKAGING = "packaging", "포장"


class Script(TextChoices):
    """The script that a spelling is written in."""

    HANGUL = "hangul", "한글"
    LATIN = "latin", "로마자"
    HAN = "han", "한자"
    KANA = "kana", "가나"
    OTHER = "other", "기타"


class HolderLanguage(TextChoices):
    """In which language a rights holder is written to."""

    KOREAN = "ko", "한국어"
    ENGLISH = "en", "English"
    CHINESE = "zh-hans", "简体中文"
