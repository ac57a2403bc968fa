"""Staff accounts: made, changed, switched off and let in again. Every write stands in the journal.

An account is made without a password. Its person is told by mail, asks for a link to the address that staff wrote
down, and sets a password with it; so nobody ever knows another's password, and the address is proven on the way.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from typing import Any

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from axes.utils import reset as forget_failures
from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.models import Group
from django.db import IntegrityError, transaction

from accounts.models import User
from core import outbox
from core.actors import USER, Actor
from core.errors import Conflict, DomainError
from core.journal import record


@dataclass(frozen=True, slots=True)
class Profile:
    """What staff write down of a person: who it is, whether it may come in, and with which roles."""

    email: str
    name: str
    is_staff: bool
    is_active: bool
    roles: frozenset[str]


def profile_of(user: User) -> Profile:
    """The account as it stands."""
    return Profile(
        email=user.email,
        name=user.name,
        is_staff=user.is_staff,
        is_active=user.is_active,
        roles=frozenset(user.groups.values_list("name", flat=True)),
    )


@transaction.atomic
def create_user(profile: Profile, *, actor: Actor | None) -> User:
    """A new account without a password, and the mail that tells its person how to set one.

    Raises ``Conflict`` where the address has an account already, ``DomainError`` on a role that is not there.
    """
    email = profile.email.strip().lower()
    try:
        with transaction.atomic():
            user = User.objects.create_user(
                email, name=profile.name, is_staff=profile.is_staff, is_active=profile.is_active
            )
    except IntegrityError as problem:
        raise _email_taken("계정을 만들지 못했습니다.") from problem
    user.groups.set(_groups(profile.roles))
    # Verified, because the only way to a password leads through this mailbox.
    EmailAddress.objects.create(user=user, email=email, verified=True, primary=True)
    record("accounts.user.created", actor=actor, subject=user, details=_said(profile_of(user)))
    invite(user, actor=actor)
    return user


@transaction.atomic
def change_user(user: User, profile: Profile, *, actor: Actor | None) -> dict[str, Any]:
    """Bring the account to what the profile says. Returns old and new of what changed; no change writes nothing.

    Nobody changes their own roles or rights to come in: a second person does. Raises ``DomainError`` or ``Conflict``.
    """
    user = User.objects.select_for_update(of=("self",)).get(pk=user.pk)
    changes = _differences(profile_of(user), profile)
    if _is_self(user, actor) and changes.keys() & {"roles", "is_staff", "is_active"}:
        raise DomainError(
            "계정을 바꾸지 않았습니다.",
            "자기 계정의 역할과 사용 여부는 스스로 바꿀 수 없습니다.",
            "다른 운영 담당자에게 변경을 부탁해 주세요.",
            code="own_account",
        )
    if changes:
        _write(user, profile)
        record("accounts.user.changed", actor=actor, subject=user, details=changes)
    return changes


def _write(user: User, profile: Profile) -> None:
    had = user.email
    user.email, user.name = profile.email.strip().lower(), profile.name
    user.is_staff, user.is_active = profile.is_staff, profile.is_active
    try:
        with transaction.atomic():
            user.save(update_fields=["email", "name", "is_staff", "is_active"])
    except IntegrityError as problem:
        raise _email_taken("계정을 바꾸지 못했습니다.") from problem
    user.groups.set(_groups(profile.roles))
    if user.email != had:
        # The new address is proven at the next sign-in; what was proven for the old one says nothing of it.
        EmailAddress.objects.filter(user=user).delete()
        EmailAddress.objects.create(user=user, email=user.email, verified=False, primary=True)


@transaction.atomic
def invite(user: User, *, actor: Actor | None) -> None:
    """Tell the person where to set a password. The mail carries no secret: that comes to the address on request."""
    entry = record("accounts.user.invited", actor=actor, subject=user)
    address = f"{settings.SITE_ORIGIN}/accounts/password/reset/"
    text = (
        f"{user.name} 님, 안녕하세요.\n\n"
        f"지킴이에 {user.email} 주소로 계정을 만들었습니다.\n"
        f"아래 주소에서 이메일을 입력하시면 비밀번호를 정하는 링크를 보내 드립니다.\n\n{address}\n\n"
        f"계정을 요청하신 적이 없다면 {settings.OPERATOR['email']}(으)로 알려 주세요.\n"
    )
    payload = {"to": [user.email], "subject": "지킴이 계정이 만들어졌습니다", "text": text}
    outbox.post(
        channel="mail",
        destination=user.email,
        message_type="accounts.invitation",
        payload=payload,
        key=f"accounts.invitation:{entry.pk}",
        subject=user,
    )


@transaction.atomic
def unlock(user: User, *, actor: Actor | None) -> None:
    """Let the person try to sign in again at once, after a lock-out by failures."""
    forget_failures(username=user.email)
    record("accounts.user.unlocked", actor=actor, subject=user)


@transaction.atomic
def reset_second_factor(user: User, *, actor: Actor | None) -> None:
    """Take away the second factor of a person who lost it; the next visit asks for a new one.

    Nobody does it for themselves here: who sits at an open screen could strip the account. Raises ``DomainError``.
    """
    if _is_self(user, actor):
        raise DomainError(
            "2단계 인증을 초기화하지 않았습니다.",
            "자기 계정의 2단계 인증은 스스로 초기화할 수 없습니다.",
            "복구 코드로 로그인하시거나 다른 운영 담당자에게 부탁해 주세요.",
            code="own_account",
        )
    count, _ = Authenticator.objects.filter(user=user).delete()
    if not count:
        raise Conflict(
            "2단계 인증을 초기화하지 않았습니다.", "이 계정에는 2단계 인증이 없습니다.", "더 하실 일은 없습니다."
        )
    record("accounts.user.second_factor_reset", actor=actor, subject=user)


def _is_self(user: User, actor: Actor | None) -> bool:
    return actor is not None and (actor.kind, actor.ref) == (USER, str(user.pk))


def _groups(roles: Iterable[str]) -> list[Group]:
    wanted = set(roles)
    groups = list(Group.objects.filter(name__in=wanted))
    if len(groups) != len(wanted):
        raise DomainError("역할을 주지 못했습니다.", "없는 역할이 있습니다.", "화면을 새로 고쳐 다시 골라 주세요.")
    return groups


def _differences(was: Profile, said: Profile) -> dict[str, Any]:
    old, new = _said(was), _said(said)
    return {name: {"old": old[name], "new": new[name]} for name in old if old[name] != new[name]}


def _said(profile: Profile) -> Mapping[str, Any]:
    values = {field.name: getattr(profile, field.name) for field in fields(profile)}
    return {**values, "email": profile.email.strip().lower(), "roles": sorted(profile.roles)}


def _email_taken(what: str) -> Conflict:
    return Conflict(what, "이 이메일로 만든 계정이 이미 있습니다.", "다른 이메일을 입력해 주세요.")


def note(verb: str, user: AbstractBaseUser) -> None:
    """Write down a step that a person took with their own account, such as a new password."""
    with transaction.atomic():
        record(verb, actor=Actor(kind=USER, ref=str(user.pk), label=str(user)), subject=user)
