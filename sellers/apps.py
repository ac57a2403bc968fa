"""Sellers and what they are authorised to sell."""

from django.apps import AppConfig


class SellersConfig(AppConfig):
    name = "sellers"
    verbose_name = "판매자"
    default_auto_field = "django.db.models.BigAutoField"
