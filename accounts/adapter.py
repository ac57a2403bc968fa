"""How allauth makes and keeps accounts here: staff by staff, nobody by a form, and each step in the journal."""

from typing import Any, Final

from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.adapter import DefaultMFAAdapter
from django.contrib.auth.base_user import AbstractBaseUser
from django.http import HttpRequest

from accounts.people import note
from accounts.secrets import decrypt, encrypt

#: What allauth tells a person of by mail, and how the journal calls it.
_NOTED: Final = {
    "account/email/password_changed": "accounts.user.password_changed",
    "account/email/password_set": "accounts.user.password_changed",
    "account/email/password_reset": "accounts.user.password_changed",
    "mfa/email/totp_activated": "accounts.user.second_factor_added",
    "mfa/email/totp_deactivated": "accounts.user.second_factor_removed",
    "mfa/email/recovery_codes_generated": "accounts.user.recovery_codes_written",
}
_TOO_MANY: Final = (
    "로그인을 여러 번 실패하여 잠시 막았습니다. 계정을 지키기 위한 조치입니다. 5분 뒤에 다시 시도해 주세요."
)


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]  # allauth has no types
    """No open sign-up: the rights channel's own comes with its issue."""

    # What happened, why, and what to do; never which of the two was wrong.
    error_messages = {
        **DefaultAccountAdapter.error_messages,
        "email_password_mismatch": (
            "로그인하지 못했습니다. 이메일이나 비밀번호가 맞지 않습니다. "
            "다시 확인해 주세요. 비밀번호를 잊으셨다면 아래에서 다시 정하실 수 있습니다."
        ),
        "account_inactive": ("로그인하지 못했습니다. 사용이 중지된 계정입니다. 운영 담당자에게 문의해 주세요."),
        "too_many_login_attempts": _TOO_MANY,
        "incorrect_password": "확인하지 못했습니다. 비밀번호가 맞지 않습니다. 다시 입력해 주세요.",
        "enter_current_password": "바꾸지 못했습니다. 현재 비밀번호가 맞지 않습니다. 다시 입력해 주세요.",
        "rate_limited": "요청을 받지 못했습니다. 짧은 동안 요청이 너무 많았습니다. 잠시 뒤에 다시 시도해 주세요.",
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:  # noqa: ARG002 - allauth's signature
        return False

    def format_email_subject(self, subject: str) -> str:
        return f"[지킴이] {subject}"

    def send_notification_mail(
        self,
        template_prefix: str,
        user: AbstractBaseUser,
        context: dict[str, Any] | None = None,
        email: str | None = None,
    ) -> None:
        """The hook at which allauth says that something has happened to an account: it goes into the journal too.

        allauth calls it after the change; its own transactions offer no hook inside.
        """
        if template_prefix in _NOTED:
            note(_NOTED[template_prefix], user)
        super().send_notification_mail(template_prefix, user, context, email)


class SecondFactorAdapter(DefaultMFAAdapter):  # type: ignore[misc]  # allauth has no types
    """Second factors, their secrets encrypted at rest: whoever reads the database cannot compute codes."""

    error_messages = {
        **DefaultMFAAdapter.error_messages,
        "incorrect_code": (
            "확인하지 못했습니다. 인증 코드가 맞지 않거나 시간이 지났습니다. "
            "인증 앱에 지금 보이는 코드를 입력해 주세요."
        ),
        "unverified_email": (
            "2단계 인증을 등록하지 못했습니다. 이메일 주소가 아직 확인되지 않았습니다. "
            "받으신 메일의 링크를 먼저 눌러 주세요."
        ),
    }

    def encrypt(self, text: str) -> str:
        return encrypt(text)

    def decrypt(self, encrypted_text: str) -> str:
        return decrypt(encrypted_text)
