import django.db.models.deletion
from django.db import migrations, models

import fourfold.node.models.fields


class Migration(migrations.Migration):
    dependencies = [
        ("node", "0014_titles"),
    ]

    operations = [
        migrations.CreateModel(
            name="AgreementDraft",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("activity", models.CharField(max_length=100)),
                ("body", models.BinaryField()),
                ("answers", fourfold.node.models.fields.DigestField(blank=True, max_length=71)),
                ("begun", models.DateTimeField()),
                ("begun_by", models.CharField(max_length=200)),
                ("changed", models.DateTimeField()),
                ("changed_by", models.CharField(max_length=200)),
                ("proposed", fourfold.node.models.fields.DigestField(blank=True, max_length=71)),
                ("dropped", models.DateTimeField(null=True)),
                (
                    "peer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="drafts",
                        to="node.peer",
                    ),
                ),
            ],
        ),
    ]
