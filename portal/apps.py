"""The composition root: settings, addresses, the admin site, commands that cross apps."""

from django.apps import AppConfig
from django.contrib.admin import apps as admin_apps


class PortalConfig(AppConfig):
    default = True
    name = "portal"
    verbose_name = "지킴이"
    default_auto_field = "django.db.models.BigAutoField"


class StaffAdminConfig(admin_apps.AdminConfig):
    """Django's admin with our own site as its default."""

    default = False
    default_site = "portal.admin_site.StaffSite"
