"""People with an account: staff, brand people, inspectors, partner bodies, told apart by memberships."""

from typing import Any, ClassVar

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager, PermissionsMixin
from django.db import models
from django.db.models.functions import Lower


class UserManager(BaseUserManager["User"]):
    """Makes users by e-mail. Addresses are kept in lower case: two people cannot differ by a capital letter."""

    use_in_migrations = True

    def create_user(self, email: str, password: str | None = None, **fields: Any) -> "User":
        """One active user. Without a password nobody can sign in by password."""
        user = self.model(email=email.strip().lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **fields: Any) -> "User":
        """A user who may do everything; for the first account of an installation."""
        return self.create_user(email, password, is_staff=True, is_superuser=True, **fields)

    def get_by_natural_key(self, username: str | None) -> "User":
        return self.get(email=(username or "").strip().lower())


class User(AbstractBaseUser, PermissionsMixin):
    """A person with an account: staff, brand people, agency inspectors, partner bodies, told apart by memberships."""

    email = models.EmailField("이메일", max_length=254)
    name = models.CharField("성명", max_length=100)
    is_staff = models.BooleanField("직원", default=False, help_text="관리 화면에 들어올 수 있습니다.")
    is_active = models.BooleanField("사용 중", default=True, help_text="끄면 로그인할 수 없습니다. 지우지 않습니다.")
    created_at = models.DateTimeField("만든 시각", auto_now_add=True)

    objects: ClassVar[UserManager] = UserManager()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["name"]

    class Meta:
        verbose_name = "사용자"
        verbose_name_plural = "사용자"
        ordering = ("email",)
        constraints = [
            models.UniqueConstraint(
                Lower("email"),
                name="accounts_user_one_email",
                violation_error_message="이 이메일로 만든 계정이 이미 있습니다. 다른 이메일을 입력해 주세요.",
            )
        ]

    def __str__(self) -> str:
        return self.name or self.email

    def get_full_name(self) -> str:
        return self.name

    def get_short_name(self) -> str:
        return self.name
