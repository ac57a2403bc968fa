"""Rights holders, brands, their rights and reference material."""

from django.apps import AppConfig


class BrandsConfig(AppConfig):
    name = "brands"
    verbose_name = "브랜드와 권리"
    default_auto_field = "django.db.models.BigAutoField"
