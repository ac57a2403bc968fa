"""The ground floor: journal, calendar, evidence, outbox, effects, rule sets, approvals, jobs."""

from django.apps import AppConfig


class CoreConfig(AppConfig):
    name = "core"
    verbose_name = "기반"
    default_auto_field = "django.db.models.BigAutoField"
