"""Coming in: password, second factor, lock-out, and the accounts that staff make for each other."""

import re
import time
from typing import Any, Final

import pytest
import time_machine
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, generate_totp_secret, hotp_value
from django.core import mail
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from accounts.models import User
from accounts.tests.factories import make_user
from core.models import JournalEntry
from portal.tests.rows import make_person

EMAIL: Final = "mina@jikimi.example"
PASSWORD: Final = "correct-horse-battery"
LOGIN: Final = "/accounts/login/"

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("fresh_counters")]


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
