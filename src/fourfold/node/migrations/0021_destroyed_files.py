# The files that a withdrawal destroyed, for the receipt that may have to wait for others.

import django.db.models.deletion
from django.db import migrations, models

from fourfold.node.models.fields import DigestField


class Migration(migrations.Migration):
    dependencies = [("node", "0020_withdrawals")]

    operations = [
        migrations.CreateModel(
            name="DestroyedFile",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("digest", DigestField(max_length=71)),
                (
                    "withdrawal",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="destroyed_files",
                        to="node.received",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("withdrawal", "digest"), name="a_withdrawal_destroys_a_file_once"
                    )
                ]
            },
        ),
    ]
