"""Which marketplace a file belongs to."""

from accounts.models import Marketplace
from core.korean import josa
from portal.imports.errors import FileUnusable, quoted


def named_marketplace(slug: str) -> Marketplace:
    """The marketplace of that slug. Raises ``FileUnusable`` where there is none."""
    found = Marketplace.objects.filter(slug=slug).first()
    if found is None:
        raise FileUnusable(
            f"마켓플레이스 {josa(quoted(slug), '을/를')} 찾을 수 없습니다.",
            "이 주소 이름으로 등록된 것이 없습니다.",
            _what_to_do(_slugs()),
        )
    return found


def only_marketplace() -> Marketplace | None:
    """The marketplace in use where there is exactly one."""
    found = list(Marketplace.objects.filter(is_active=True)[:2])
    return found[0] if len(found) == 1 else None


def require_marketplace(slug: str | None) -> Marketplace:
    """The one named, else the only one there is. Raises ``FileUnusable`` with the choices."""
    found = named_marketplace(slug) if slug else only_marketplace()
    if found is None:
        slugs = _slugs()
        why = f"사용 중인 마켓플레이스가 {len(slugs)}개 있습니다." if slugs else "사용 중인 마켓플레이스가 없습니다."
        raise FileUnusable("어느 마켓플레이스의 자료인지 알 수 없습니다.", why, _what_to_do(slugs))
    return found


def _slugs() -> list[str]:
    return list(Marketplace.objects.filter(is_active=True).values_list("slug", flat=True))


def _what_to_do(slugs: list[str]) -> str:
    if not slugs:
        return "관리 화면에서 마켓플레이스를 먼저 등록해 주세요."
    return f"--marketplace로 {', '.join(slugs)} 가운데 하나를 지정해 주세요."
