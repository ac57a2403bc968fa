"""Picture fingerprints lose the pHash that nothing decided by (``docs/decisions``, 14): sixteen bytes of their header.

What is left is the same, and so is everything that was found by it: nothing is fingerprinted or screened anew.
"""

from django.db import migrations

OLD, NEW = b"JPF1", b"JPF2"
#: Where the two pHashes stood: behind the marker, sizes, qualities and the box.
START, END = 42, 58
BATCH = 1_000


def shorter(data):
    return NEW + data[len(OLD) : START] + data[END:]


def longer(data):
    return OLD + data[len(NEW) : START] + bytes(END - START) + data[START:]


def rewrite(rows, marker, change):
    after = 0
    while batch := list(rows.filter(pk__gt=after).order_by("pk").only("data")[:BATCH]):
        changed = []
        for row in batch:
            data = bytes(row.data)
            if data.startswith(marker):
                row.data = change(data)
                changed.append(row)
        type(batch[0])._base_manager.bulk_update(changed, ["data"])
        after = batch[-1].pk


def every(apps):
    yield apps.get_model("listings", "PictureFingerprint").objects.filter(data__isnull=False)
    yield apps.get_model("listings", "Fingerprint").objects.filter(kind="image")


def drop(apps, schema_editor):
    for rows in every(apps):
        rewrite(rows, OLD, shorter)


def put_back(apps, schema_editor):
    for rows in every(apps):
        rewrite(rows, NEW, longer)


class Migration(migrations.Migration):
    dependencies = [("listings", "0005_preflight")]

    operations = [migrations.RunPython(drop, put_back, elidable=True)]
