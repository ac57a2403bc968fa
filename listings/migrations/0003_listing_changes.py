"""When what a marketplace may read of a listing changed: until now, when it was last seen."""

from django.db import migrations, models
from django.db.models import F
from django.utils import timezone


def take_last_sight(apps, schema_editor):
    apps.get_model("listings", "Listing").objects.update(changed_at=F("last_seen_at"))


class Migration(migrations.Migration):
    dependencies = [("listings", "0002_stay_down"), ("accounts", "0003_api_clients")]

    operations = [
        migrations.AddField(
            "listing",
            "changed_at",
            models.DateTimeField(auto_now_add=True, default=timezone.now, verbose_name="변경 시각"),
            preserve_default=False,
        ),
        migrations.RunPython(take_last_sight, migrations.RunPython.noop, elidable=True),
        migrations.AddIndex(
            "listing",
            models.Index(fields=["marketplace", "changed_at", "id"], name="listings_listing_changes"),
        ),
        migrations.CreateModel(
            name="UploadedPicture",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("uploaded_at", models.DateTimeField(auto_now_add=True, verbose_name="받은 시각")),
                (
                    "file",
                    models.ForeignKey(
                        on_delete=models.deletion.PROTECT,
                        related_name="uploads",
                        to="core.evidencefile",
                        verbose_name="파일",
                    ),
                ),
                (
                    "marketplace",
                    models.ForeignKey(
                        on_delete=models.deletion.PROTECT,
                        related_name="uploaded_pictures",
                        to="accounts.marketplace",
                        verbose_name="마켓플레이스",
                    ),
                ),
            ],
            options={"verbose_name": "올린 사진", "verbose_name_plural": "올린 사진"},
        ),
        migrations.AddConstraint(
            "uploadedpicture",
            models.UniqueConstraint(fields=["marketplace", "file"], name="listings_uploadedpicture_once"),
        ),
    ]
