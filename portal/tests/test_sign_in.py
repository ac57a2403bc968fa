"""Coming in: password, second factor, lock-out, and the accounts that staff make for each other."""

import re
import time
from typing import Any, Final

import pytest
import time_machine
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, generate_totp_secret, hotp_value
from django.contrib.auth.models import Group
from django.core import mail
from django.core.cache import cache
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

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
LOGIN: Final = "/accounts/login/"

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _fresh_counters(settings: Settings) -> None:
    """No test inherits another's failures; passwords are hashed by what is quick, which changes nothing here."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    cache.clear()


@pytest.fixture
def mina() -> User:
    return make_user(EMAIL, password=PASSWORD, name="김미나")


def _try(client: Client, email: str = EMAIL, password: str = PASSWORD, **extra: Any) -> Any:
    return client.post(LOGIN, {"login": email, "password": password, "next": "/admin/"}, **extra)


def _fail(client: Client, *emails: str, **extra: Any) -> Any:
    response = None
    for email in emails:
        response = _try(client, email, "wrong password", **extra)
    return response


def _is_in(client: Client) -> bool:
    return "_auth_user_id" in client.session


# -- the way in -------------------------------------------------------------------------------------------------------


def test_a_stranger_is_sent_to_sign_in_and_comes_back_to_where_they_wanted(client: Client, mina: User) -> None:
    response = client.get("/admin/listings/listing/", follow=True)
    assert response.redirect_chain[-1] == ("/accounts/login/?next=%2Fadmin%2Flistings%2Flisting%2F", 302)
    form = {"login": EMAIL, "password": PASSWORD, "next": "/admin/listings/listing/"}
    assert client.post(LOGIN, form).headers["Location"] == "/admin/listings/listing/"


def test_the_sign_in_page_is_korean_and_offers_no_sign_up(client: Client) -> None:
    page = client.get(LOGIN).content.decode()
    assert "로그인하기" in page
    assert "signup" not in page
    assert client.get("/accounts/signup/").status_code == 404


def test_an_address_elsewhere_is_no_place_to_come_back_to(client: Client, mina: User) -> None:
    form = {"login": EMAIL, "password": PASSWORD, "next": "https://evil.example/"}
    assert client.post(LOGIN, form).headers["Location"] == "/admin/"


def test_the_address_may_be_typed_in_capitals(client: Client, mina: User) -> None:
    assert _try(client, "MINA@Jikimi.Example").status_code == 302
    assert _is_in(client)


def test_a_wrong_password_says_what_to_do_and_not_which_was_wrong(client: Client, mina: User) -> None:
    known, unknown = _fail(client, EMAIL).content.decode(), _fail(client, "nobody@jikimi.example").content.decode()
    assert "이메일이나 비밀번호가 맞지 않습니다" in known
    assert "이메일이나 비밀번호가 맞지 않습니다" in unknown


def test_who_is_switched_off_does_not_come_in(client: Client) -> None:
    make_user(EMAIL, password=PASSWORD, is_active=False)
    _try(client)
    assert not _is_in(client)


def test_who_is_switched_off_while_signed_in_is_out_at_the_next_page(client: Client, mina: User) -> None:
    _try(client)
    User.objects.filter(pk=mina.pk).update(is_active=False)
    assert client.get("/admin/").status_code == 302


def test_the_admin_signs_out_by_its_button(client: Client, mina: User) -> None:
    _try(client)
    assert client.post(reverse("admin:logout")).headers["Location"] == "/"
    assert not _is_in(client)


def test_changing_a_password_stands_in_the_journal(client: Client, mina: User) -> None:
    _try(client)
    assert client.get("/admin/password_change/").headers["Location"] == "/accounts/password/change/"
    new = "another-horse-battery"
    client.post("/accounts/password/change/", {"oldpassword": PASSWORD, "password1": new, "password2": new})
    assert JournalEntry.objects.get(verb="accounts.user.password_changed").subject_ref == str(mina.pk)
    mina.refresh_from_db()
    assert mina.check_password(new)


# -- lock-out ---------------------------------------------------------------------------------------------------------


def test_the_fifth_failure_locks_and_the_right_password_is_then_refused(client: Client, mina: User) -> None:
    assert _fail(client, *[EMAIL] * 4).status_code == 200
    fifth = _fail(client, EMAIL)
    assert fifth.status_code == 429
    right = _try(client)
    assert (right.status_code, _is_in(client)) == (429, False)
    assert "30분 뒤에 다시 시도해 주세요" in right.content.decode()
    assert right.headers["Retry-After"] == "1800"


def test_capitals_and_spaces_are_not_more_tries(client: Client, mina: User) -> None:
    last = _fail(
        client, EMAIL, "MINA@jikimi.example", " mina@jikimi.example ", "Mina@Jikimi.Example", "mina@JIKIMI.example"
    )
    assert last.status_code == 429
    assert _try(client).status_code == 429


def test_a_lock_says_the_same_of_an_account_that_is_not_there(client: Client) -> None:
    assert _fail(client, *["nobody@jikimi.example"] * 5).status_code == 429


def test_others_come_in_while_one_account_is_locked(client: Client, mina: User) -> None:
    make_user("junho@jikimi.example", password=PASSWORD)
    _fail(client, *[EMAIL] * 5)
    assert _try(client, "junho@jikimi.example").status_code == 302


def test_a_locked_account_comes_in_from_another_address(client: Client, mina: User) -> None:
    """Else anybody could keep anybody out."""
    _fail(client, *[EMAIL] * 5, REMOTE_ADDR="198.51.100.7")
    assert _try(client, REMOTE_ADDR="203.0.113.9").status_code == 302


def test_guesses_from_many_addresses_are_held_up_too(client: Client, mina: User) -> None:
    for number in range(10):
        _fail(client, EMAIL, REMOTE_ADDR=f"198.51.100.{number}")
    answer = _try(client, REMOTE_ADDR="198.51.100.99")
    assert not _is_in(client)
    assert "로그인을 여러 번 실패하여 잠시 막았습니다" in answer.content.decode()


def test_a_success_forgets_earlier_failures(client: Client, mina: User) -> None:
    _fail(client, *[EMAIL] * 4)
    _try(client)
    client.logout()
    assert _fail(client, EMAIL).status_code == 200


def test_the_lock_opens_after_half_an_hour(client: Client, mina: User) -> None:
    with time_machine.travel("2026-11-23T09:00:00+09:00", tick=False) as clock:
        _fail(client, *[EMAIL] * 5)
        clock.shift(29 * 60)
        assert _try(client).status_code == 429
        clock.shift(2 * 60 + 29 * 60)
        assert _try(client).status_code == 302


def test_an_operator_lets_a_locked_person_in_again_and_the_journal_says_so(client: Client, mina: User) -> None:
    _fail(client, *[EMAIL] * 5)
    operator = Client()
    operator.force_login(make_person("operator"))
    chosen = {"action": "unlock", "_selected_action": [mina.pk]}
    operator.post(reverse("admin:accounts_user_changelist"), chosen)
    assert _try(client).status_code == 302
    assert JournalEntry.objects.get(verb="accounts.user.unlocked").subject_ref == str(mina.pk)


# -- second factor ----------------------------------------------------------------------------------------------------


def _code(secret: str) -> str:
    return format_hotp_value(hotp_value(secret, int(time.time()) // 30))


def _prove_oneself(client: Client) -> Any:
    """The page that sets a second factor up asks for the password once more: an open screen is not enough."""
    form = {"password": PASSWORD, "next": "/accounts/2fa/totp/activate/"}
    return client.post("/accounts/reauthenticate/", form, follow=True)


def test_staff_without_a_second_factor_are_sent_to_set_one_up_where_it_is_forced(
    client: Client, mina: User, settings: Settings
) -> None:
    settings.REQUIRE_SECOND_FACTOR = True
    _try(client)
    response = client.get("/admin/listings/listing/", follow=True)
    assert response.redirect_chain[0] == ("/accounts/2fa/totp/activate/", 302)
    assert "관리 화면에는 2단계 인증이 필요합니다" in response.content.decode()
    assert "인증 앱 등록하기" in _prove_oneself(client).content.decode()


def test_where_it_is_not_forced_the_admin_opens_without_one(client: Client, mina: User) -> None:
    _try(client)
    assert client.get("/admin/").status_code == 200


def test_setting_one_up_gives_recovery_codes_and_opens_the_admin(
    client: Client, mina: User, settings: Settings, django_capture_on_commit_callbacks: Any
) -> None:
    settings.REQUIRE_SECOND_FACTOR = True
    _try(client)
    page = _prove_oneself(client).content.decode()
    secret = re.search(r"<code[^>]*>([A-Z2-7]+)</code>", page)
    assert secret is not None
    with django_capture_on_commit_callbacks(execute=True):
        done = client.post("/accounts/2fa/totp/activate/", {"code": _code(secret[1])}, follow=True)
    assert done.redirect_chain[-1] == ("/accounts/2fa/recovery-codes/", 302)
    assert done.content.decode().count("<li><code>") == 10
    assert client.get("/admin/").status_code == 200
    assert JournalEntry.objects.filter(verb="accounts.user.second_factor_added").count() == 1


def test_the_secret_of_a_second_factor_is_not_kept_in_plain(mina: User) -> None:
    secret = generate_totp_secret()
    TOTP.activate(mina, secret)
    assert secret not in str(Authenticator.objects.get().data)


def test_a_password_alone_does_not_bring_in_who_has_a_second_factor(client: Client, mina: User) -> None:
    secret = generate_totp_secret()
    TOTP.activate(mina, secret)
    assert _try(client).headers["Location"].startswith("/accounts/2fa/authenticate/")
    assert not _is_in(client)
    assert client.get("/admin/").status_code == 302
    wrong = client.post("/accounts/2fa/authenticate/", {"code": "000000"})
    assert "인증 코드가 맞지 않거나" in wrong.content.decode()
    assert not _is_in(client)
    client.post("/accounts/2fa/authenticate/", {"code": _code(secret)})
    assert _is_in(client)


def test_guessing_codes_is_held_up(client: Client, mina: User) -> None:
    secret = generate_totp_secret()
    TOTP.activate(mina, secret)
    _try(client)
    for _ in range(10):
        client.post("/accounts/2fa/authenticate/", {"code": "000000"})
    client.post("/accounts/2fa/authenticate/", {"code": _code(secret)})
    assert not _is_in(client)


def test_a_recovery_code_brings_in_once(client: Client, mina: User) -> None:
    TOTP.activate(mina, generate_totp_secret())
    code = RecoveryCodes.activate(mina).get_unused_codes()[0]
    _try(client)
    client.post("/accounts/2fa/authenticate/", {"code": code})
    assert _is_in(client)
    client.logout()
    _try(client)
    client.post("/accounts/2fa/authenticate/", {"code": code})
    assert not _is_in(client)


def test_an_operator_resets_a_lost_second_factor_but_not_their_own(client: Client, mina: User) -> None:
    operator = make_person("operator")
    for user in (mina, operator):
        TOTP.activate(user, generate_totp_secret())
    client.force_login(operator)
    chosen = {"action": "reset_second_factor", "_selected_action": [mina.pk, operator.pk]}
    page = client.post(reverse("admin:accounts_user_changelist"), chosen, follow=True).content.decode()
    assert "스스로 초기화할 수 없습니다" in page
    assert list(Authenticator.objects.values_list("user", flat=True)) == [operator.pk]
    assert JournalEntry.objects.get(verb="accounts.user.second_factor_reset").subject_ref == str(mina.pk)


# -- every page of it -------------------------------------------------------------------------------------------------

STRANGERS_PAGES: Final = (
    "/accounts/login/",
    "/accounts/inactive/",
    "/accounts/confirm-email/",
    "/accounts/confirm-email/nothing/",
    "/accounts/password/reset/",
    "/accounts/password/reset/done/",
    "/accounts/password/reset/key/1-nothing/",
    "/accounts/password/reset/key/done/",
)
OWN_PAGES: Final = (
    "/accounts/logout/",
    "/accounts/password/change/",
    "/accounts/reauthenticate/",
    "/accounts/2fa/",
    "/accounts/2fa/reauthenticate/",
    "/accounts/2fa/totp/deactivate/",
    "/accounts/2fa/recovery-codes/",
    "/accounts/2fa/recovery-codes/generate/",
    "/accounts/2fa/recovery-codes/download/",
)
FOREIGN: Final = re.compile(r"<style|\sstyle=|<script(?![^>]*\ssrc=)|\son[a-z]+=")


def _check_page(client: Client, path: str) -> None:
    response = client.get(path)
    page = response.content.decode()
    assert response.status_code == 200, path
    if response.headers["Content-Type"].startswith("text/html"):
        assert (page.count("<h1>"), FOREIGN.search(page)) == (1, None), path
        main = page[page.index("<main") : page.index("</main>")]
        assert re.search(r"[가-힣]", main), path


@pytest.mark.parametrize("path", STRANGERS_PAGES)
def test_each_page_on_the_way_in_is_korean_and_plain(client: Client, path: str) -> None:
    _check_page(client, path)


def test_each_page_of_ones_own_account_is_korean_and_plain(client: Client, mina: User) -> None:
    secret = generate_totp_secret()
    TOTP.activate(mina, secret)
    RecoveryCodes.activate(mina)
    _try(client)
    _check_page(client, "/accounts/2fa/authenticate/")
    client.post("/accounts/2fa/authenticate/", {"code": _code(secret)})
    _prove_oneself(client)
    for path in OWN_PAGES:
        _check_page(client, path)


def test_a_person_without_a_password_sets_one(client: Client) -> None:
    client.force_login(make_user(EMAIL))
    _check_page(client, "/accounts/password/set/")


def test_an_address_is_confirmed_by_the_link_in_the_mail(client: Client, mina: User, settings: Settings) -> None:
    settings.ACCOUNT_EMAIL_VERIFICATION = "mandatory"
    response = _try(client)
    assert (response.headers["Location"], _is_in(client)) == ("/accounts/confirm-email/", False)
    link = re.search(r"http://\S+(/accounts/confirm-email/\S+)", str(mail.outbox[0].body))
    assert link is not None
    _check_page(client, link[1])
    client.post(link[1])
    _try(client)
    assert _is_in(client)


# -- accounts that staff make -----------------------------------------------------------------------------------------


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
