import django.db.models.deletion
from django.db import migrations, models

import fourfold.node.models.fields


class Migration(migrations.Migration):
    dependencies = [
        ("node", "0005_keys_holdings_epochs"),
    ]

    operations = [
        migrations.CreateModel(
            name="Client",
            fields=[
                (
                    "peer",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        primary_key=True,
                        related_name="client",
                        serialize=False,
                        to="node.peer",
                    ),
                ),
                ("token", fourfold.node.models.fields.DigestField(max_length=71, unique=True)),
                ("may_submit", models.BooleanField(default=False)),
                ("created", models.DateTimeField()),
                ("author", models.CharField(max_length=200)),
                ("second", models.CharField(blank=True, max_length=200)),
                ("expires", models.DateTimeField()),
                ("revoked", models.DateTimeField(null=True)),
                ("last_used", models.DateTimeField(null=True)),
                (
                    "terms",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="clients",
                        to="node.agreement",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Submission",
            fields=[
                ("id", models.CharField(max_length=36, primary_key=True, serialize=False)),
                ("received", models.DateTimeField()),
                ("successes", models.JSONField(default=list)),
                ("failures", models.JSONField(default=list)),
                (
                    "client",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="submissions",
                        to="node.client",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Submitted",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("stix_id", models.CharField(blank=True, max_length=300)),
                ("type", models.CharField(blank=True, max_length=250)),
                ("version", models.CharField(blank=True, max_length=40)),
                ("title", models.CharField(blank=True, max_length=200)),
                ("tlp", models.CharField(max_length=20)),
                ("notes", models.JSONField(default=list)),
                ("faults", models.JSONField(default=list)),
                ("wire", models.BinaryField(null=True)),
                ("digest", fourfold.node.models.fields.DigestField(max_length=71)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("waiting", "waits for somebody to look at it"),
                            ("quarantined", "failed a check; waits for somebody to look at it"),
                            ("accepted", "became a record"),
                            ("rejected", "rejected, and its bytes destroyed"),
                        ],
                        db_index=True,
                        max_length=20,
                    ),
                ),
                ("received", models.DateTimeField()),
                ("decided", models.DateTimeField(null=True)),
                ("decided_by", models.CharField(blank=True, max_length=200)),
                ("second", models.CharField(blank=True, max_length=200)),
                ("record", fourfold.node.models.fields.IdField(blank=True, max_length=80)),
                (
                    "client",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="submitted",
                        to="node.client",
                    ),
                ),
                (
                    "submission",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="parts",
                        to="node.submission",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("client", "digest"), name="the_same_bytes_of_a_client_once"
                    )
                ],
            },
        ),
    ]
