"""The demonstration's people: one for each desk that there is work for, with a password that is printed and kept."""

import os
import secrets
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from allauth.account.models import EmailAddress
from django.contrib.auth.hashers import make_password
from django.contrib.auth.models import Group
from django.db import transaction

from accounts.models import User
from core.actors import Actor
from core.journal import record


@dataclass(frozen=True, slots=True)
class Person:
    """One account. ``role`` is a role of ``portal.roles``; the operator may do everything."""

    email: str
    name: str
    role: str
    is_superuser: bool = False


PEOPLE: Final = (
    Person("moderator@jikimi.example", "심사 담당자 김지수", "moderator"),
    Person("lead@jikimi.example", "심사 책임자 박하늘", "lead"),
    Person("reader@jikimi.example", "열람 담당자 이도윤", "reader"),
    Person("operator@jikimi.example", "운영 담당자 정유진", "operator", is_superuser=True),
)
_PASSWORD_LINE: Final = "비밀번호: "  # noqa: S105 - a label


def ensure_people(path: Path, *, actor: Actor) -> str:
    """Every person has an account with the password in the file, which is made where it is missing. Returns it.

    An account that is there already keeps what was done to it, unless the file is gone: then nobody knows a password
    any more, and all get a new one.
    """
    kept = _kept_password(path)
    password = kept or secrets.token_urlsafe(12)
    hashed = make_password(password)
    for person in PEOPLE:
        _ensure(person, hashed, is_new_password=not kept, actor=actor)
    if not kept:
        write_private(path, _text(password))
    return password


def _ensure(person: Person, hashed: str, *, is_new_password: bool, actor: Actor) -> None:
    user = User.objects.filter(email=person.email).first()
    if user is not None:
        if is_new_password:
            User.objects.filter(pk=user.pk).update(password=hashed)
        return
    with transaction.atomic():
        user = User(email=person.email, name=person.name, is_staff=True, is_superuser=person.is_superuser)
        user.password = hashed
        user.save()
        user.groups.set(Group.objects.filter(name=person.role))
        EmailAddress.objects.create(user=user, email=person.email, verified=True, primary=True)
        details = {"email": person.email, "roles": [person.role]}
        record("accounts.user.created", actor=actor, subject=user, details=details)


def _kept_password(path: Path) -> str:
    if not path.exists():
        return ""
    lines = path.read_text("utf-8").splitlines()
    return next((line.removeprefix(_PASSWORD_LINE) for line in lines if line.startswith(_PASSWORD_LINE)), "")


def _text(password: str) -> str:
    people = "".join(f"{person.email}  {person.name}\n" for person in PEOPLE)
    return f"지킴이 시범 계정(모두 같은 비밀번호)\n{people}{_PASSWORD_LINE}{password}\n"


def write_private(path: Path, text: str) -> None:
    """Write a file that only its owner can read, whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_suffix(".part")
    unfinished.unlink(missing_ok=True)
    with os.fdopen(os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as stream:
        stream.write(text)
    unfinished.replace(path)
