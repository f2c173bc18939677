from django.db import migrations, models

import fourfold.node.models.fields


class Migration(migrations.Migration):
    dependencies = [("node", "0025_names")]

    operations = [
        migrations.CreateModel(
            name="OneTimeKey",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("key", fourfold.node.models.fields.DigestField(max_length=71, unique=True)),
                ("account", models.CharField(max_length=150)),
                ("body", fourfold.node.models.fields.DigestField(max_length=71)),
                ("attempt", models.CharField(max_length=32)),
                ("answer", models.JSONField(null=True)),
                ("created", models.DateTimeField(db_index=True)),
            ],
            options={
                "indexes": [models.Index(fields=["account", "created"], name="keys_of_an_account")],
            },
        ),
    ]
