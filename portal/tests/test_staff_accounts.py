"""Accounts that staff make for each other: invited, given roles, changed, and never taken over."""

import re
from typing import Any, Final

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.contrib.auth.models import Group
from django.core import mail
from django.test import Client
from django.urls import reverse

from accounts import people
from accounts.models import User
from accounts.people import Profile
from accounts.tests.factories import make_user
from core.actors import USER, Actor
from core.errors import Conflict, DomainError
from core.models import JournalEntry, OutboxMessage
from portal.tests.rows import make_person

EMAIL: Final = "mina@jikimi.example"
PASSWORD: Final = "correct-horse-battery"

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("fresh_counters")]


@pytest.fixture
def mina() -> User:
    return make_user(EMAIL, password=PASSWORD, name="김미나")


def _try(client: Client, email: str) -> Any:
    return client.post("/accounts/login/", {"login": email, "password": PASSWORD, "next": "/admin/"})


def _roles(*names: str) -> list[int]:
    return list(Group.objects.filter(name__in=names).values_list("pk", flat=True))


def test_a_new_person_sets_a_password_by_mail_and_comes_in(client: Client) -> None:
    client.force_login(make_person("operator"))
    said = {"email": "New@Jikimi.example", "name": "새 담당자", "is_staff": "on", "groups": _roles("moderator")}
    assert client.post(reverse("admin:accounts_user_add"), said).status_code == 302
    user = User.objects.get(email="new@jikimi.example")
    assert (user.has_usable_password(), user.has_perm("reports.review_match")) == (False, True)
    invitation = OutboxMessage.objects.get(message_type="accounts.invitation")
    assert "/accounts/password/reset/" in invitation.payload["text"]
    entry = JournalEntry.objects.get(verb="accounts.user.created")
    assert entry.detail.body["roles"] == ["moderator"]

    newcomer = Client()
    newcomer.post("/accounts/password/reset/", {"email": "new@jikimi.example"})
    assert mail.outbox[0].subject == "[지킴이] 비밀번호를 정하는 링크입니다"
    link = re.search(r"http://\S+(/accounts/password/reset/key/\S+)", str(mail.outbox[0].body))
    assert link is not None
    form = newcomer.get(link[1], follow=True)
    address = form.redirect_chain[-1][0]
    newcomer.post(address, {"password1": PASSWORD, "password2": PASSWORD})
    assert _try(newcomer, "new@jikimi.example").status_code == 302
    assert newcomer.get("/admin/review/").status_code == 200


def test_asking_for_a_password_tells_nobody_which_accounts_there_are(client: Client, mina: User) -> None:
    known = client.post("/accounts/password/reset/", {"email": EMAIL}, follow=True).content
    unknown = client.post("/accounts/password/reset/", {"email": "nobody@jikimi.example"}, follow=True).content
    assert known == unknown
    assert [message.to for message in mail.outbox] == [[EMAIL], ["nobody@jikimi.example"]]
    assert "계정이 없어" in str(mail.outbox[1].body)


def test_one_address_is_one_account(client: Client, mina: User) -> None:
    client.force_login(make_person("operator"))
    said = {"email": EMAIL.upper(), "name": "다른 사람", "is_staff": "on"}
    page = client.post(reverse("admin:accounts_user_add"), said).content.decode()
    assert "이 이메일로 만든 계정이 이미 있습니다" in page
    assert User.objects.filter(email__iexact=EMAIL).count() == 1


def test_a_change_of_roles_stands_in_the_journal_with_old_and_new(client: Client, mina: User) -> None:
    client.force_login(make_person("operator"))
    said = {"email": EMAIL, "name": "김미나", "is_staff": "on", "is_active": "on", "groups": _roles("lead")}
    client.post(reverse("admin:accounts_user_change", args=[mina.pk]), said)
    entry = JournalEntry.objects.get(verb="accounts.user.changed")
    assert entry.detail.body == {"roles": {"old": [], "new": ["lead"]}}


def test_nobody_gives_themselves_a_role(client: Client) -> None:
    operator = make_person("operator")
    client.force_login(operator)
    said = {"email": operator.email, "name": operator.name, "is_staff": "on", "is_active": "on"}
    groups = _roles("operator", "lead")
    page = client.post(
        reverse("admin:accounts_user_change", args=[operator.pk]), said | {"groups": groups}, follow=True
    ).content.decode()
    assert "스스로 바꿀 수 없습니다" in page
    assert list(operator.groups.values_list("name", flat=True)) == ["operator"]
    assert not JournalEntry.objects.filter(verb="accounts.user.changed").exists()


def test_an_operator_cannot_change_or_act_on_the_account_that_may_do_everything(client: Client) -> None:
    chief = make_user("chief@jikimi.example", is_superuser=True)
    TOTP.activate(chief, generate_totp_secret())
    client.force_login(make_person("operator"))
    said = {"email": "mine@evil.example", "name": "x", "is_staff": "on", "is_active": "on"}
    assert client.post(reverse("admin:accounts_user_change", args=[chief.pk]), said).status_code == 403
    client.post(
        reverse("admin:accounts_user_changelist"), {"action": "reset_second_factor", "_selected_action": [chief.pk]}
    )
    chief.refresh_from_db()
    assert chief.email == "chief@jikimi.example"
    assert Authenticator.objects.filter(user=chief).exists()


def _profile(email: str, roles: frozenset[str] = frozenset()) -> Profile:
    return Profile(email=email, name="가", is_staff=True, is_active=True, roles=roles)


def test_a_new_address_has_to_be_proven_again() -> None:
    actor = Actor(kind=USER, ref="0", label="운영자")
    user = people.create_user(_profile("a@b.example"), actor=actor)
    people.change_user(user, _profile("c@d.example"), actor=actor)
    address = EmailAddress.objects.get(user=user)
    assert (address.email, address.verified) == ("c@d.example", False)


def test_services_refuse_a_role_that_is_not_there_and_an_address_that_is_taken() -> None:
    make_user(EMAIL)
    actor = Actor(kind=USER, ref="0", label="운영자")
    with pytest.raises(DomainError, match="없는 역할"):
        people.create_user(_profile("new@jikimi.example", frozenset({"king"})), actor=actor)
    with pytest.raises(Conflict, match="이미 있습니다"):
        people.create_user(_profile(EMAIL.upper()), actor=actor)
    assert User.objects.count() == 1
    assert not OutboxMessage.objects.exists()
