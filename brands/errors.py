"""Refusals of this app that a person may read."""

from core.errors import DomainError
from core.korean import josa


class UnknownBrand(DomainError):
    """Something names a brand that is not there."""

    code = "unknown_brand"


def unknown_brand(external_id: str) -> UnknownBrand:
    return UnknownBrand(
        f"브랜드 {josa(f'“{external_id}”', '을/를')} 알 수 없습니다.",
        "이 식별자로 등록된 브랜드가 없습니다.",
        "식별자를 확인해 주세요. 새 브랜드라면 이름(name)도 함께 적어 주세요.",
    )
