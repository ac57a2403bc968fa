"""A channel for reports that a marketplace passes on, and when a case changed: until now, when it was opened."""

from django.db import migrations, models
from django.db.models import F
from django.utils import timezone


def take_opening(apps, schema_editor):
    apps.get_model("reports", "Case").objects.update(changed_at=F("opened_at"))


class Migration(migrations.Migration):
    dependencies = [("reports", "0001_initial")]

    operations = [
        migrations.AddField(
            "case", "changed_at", models.DateTimeField(db_index=True, default=timezone.now, verbose_name="변경 시각")
        ),
        migrations.RunPython(take_opening, migrations.RunPython.noop, elidable=True),
    ]
