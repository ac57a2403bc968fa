"""What several rows share."""

from django.db import models


class AppendOnly(models.Model):
    """A row that is evidence: never changed, never deleted. A correction is a new row that points to the old one.

    The database holds it by triggers on SQLite and PostgreSQL; our own ``migrate`` command sets them and proves
    after each run that they exist (``core.triggers``).
    """

    class Meta:
        abstract = True


class WrittenOnce(models.Model):
    """A row that is never changed, and may be deleted once a rule says that it is old enough (``core.attempts``).

    The database refuses a change by the same triggers as for ``AppendOnly``.
    """

    class Meta:
        abstract = True


class ActedOn(models.Model):
    """Who did it, as opaque text: the ground floor has no foreign key upwards."""

    actor_kind = models.CharField("행위자 종류", max_length=20)
    actor_ref = models.CharField("행위자 식별자", max_length=64)

    class Meta:
        abstract = True
