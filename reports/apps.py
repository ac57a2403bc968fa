"""Reports, allegations, cases and decisions; the door of match review."""

from django.apps import AppConfig


class ReportsConfig(AppConfig):
    name = "reports"
    verbose_name = "신고와 사건"
    default_auto_field = "django.db.models.BigAutoField"
