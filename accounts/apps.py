"""People, marketplaces and the links by which those without an account come in."""

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "accounts"
    verbose_name = "계정과 마켓플레이스"
    default_auto_field = "django.db.models.BigAutoField"
