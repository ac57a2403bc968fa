"""Rows of the bare view (``benchmarks.bare``); installed nowhere else."""

from django.db import models


class BareRow(models.Model):
    visitor = models.CharField(max_length=64)
    listing = models.CharField(max_length=100)
    made_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return f"{self.pk}"


class BareCount(models.Model):
    count = models.PositiveIntegerField(default=0)

    def __str__(self) -> str:
        return f"{self.count}"
