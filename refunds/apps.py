"""What consumers bought, and their refund claims."""

from django.apps import AppConfig


class RefundsConfig(AppConfig):
    name = "refunds"
    verbose_name = "환불"
    default_auto_field = "django.db.models.BigAutoField"
