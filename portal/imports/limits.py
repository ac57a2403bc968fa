"""How long a value may be: what its column holds, so that both databases agree with the reader."""

from django.db import models


def longest(model: type[models.Model], field: str) -> int:
    """The most characters that the column of this field holds."""
    limit = getattr(model._meta.get_field(field), "max_length", None)
    if limit is None:
        raise ValueError(f"{model._meta.label}.{field} has no limit of its own")
    return int(limit)
