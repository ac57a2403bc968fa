from django.db import migrations


class Migration(migrations.Migration):
    """Apart from the copying: PostgreSQL alters no table in the transaction that has just referred to its rows."""

    dependencies = [
        ('accounts', '0005_webhook_endpoints'),
    ]

    operations = [
        migrations.RemoveField(
            model_name='marketplace',
            name='webhook_url',
        ),
    ]
