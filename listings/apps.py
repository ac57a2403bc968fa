"""Listings, their versions, and what screening found in them."""

from django.apps import AppConfig


class ListingsConfig(AppConfig):
    name = "listings"
    verbose_name = "상품과 검사"
    default_auto_field = "django.db.models.BigAutoField"
