"""The bare thing beside a click: a view that inserts a row and counts up one hot row, with the portal's settings.

``DJANGO_SETTINGS_MODULE=benchmarks.bare``; the tables are made by ``benchmarks.clicks``.
"""

from portal.settings import *  # noqa: F403 - the same middleware and database
from portal.settings import INSTALLED_APPS as _PORTAL

ROOT_URLCONF = "benchmarks.bare_urls"
INSTALLED_APPS = [*_PORTAL, "benchmarks"]
