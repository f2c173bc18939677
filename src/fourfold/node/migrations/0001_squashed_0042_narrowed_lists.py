"""All steps to 0042 as one, for a store that is new: a store of an earlier release takes those that it lacks."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import fourfold.node.models.fields


class Migration(migrations.Migration):
    replaces = [
        ("node", "0001_first"),
        ("node", "0002_labels"),
        ("node", "0003_exchange"),
        ("node", "0004_consent_and_seals"),
        ("node", "0005_keys_holdings_epochs"),
        ("node", "0006_clients_and_inbox"),
        ("node", "0007_courses"),
        ("node", "0008_proposals"),
        ("node", "0009_tags"),
        ("node", "0010_lists"),
        ("node", "0011_accept_proposals"),
        ("node", "0012_steps_that_wait"),
        ("node", "0013_sign_in"),
        ("node", "0014_titles"),
        ("node", "0015_agreement_drafts"),
        ("node", "0016_tags_are_code"),
        ("node", "0020_withdrawals"),
        ("node", "0021_destroyed_files"),
        ("node", "0022_quarantine_tried"),
        ("node", "0023_drafts_that_no_column_takes"),
        ("node", "0024_key_proofs"),
        ("node", "0025_names"),
        ("node", "0027_one_time_keys"),
        ("node", "0029_taken_back"),
        ("node", "0031_readers"),
        ("node", "0032_lists_of_readers"),
        ("node", "0040_ways_in"),
        ("node", "0041_words"),
        ("node", "0042_narrowed_lists"),
    ]

    initial = True

    dependencies = [
        ("auth", "__first__"),
    ]

    operations = [
        migrations.CreateModel(
            name="Agreement",
            fields=[
                (
                    "digest",
                    fourfold.node.models.fields.DigestField(max_length=71, primary_key=True, serialize=False),
                ),
                ("agreement", fourfold.node.models.fields.IdField(db_index=True, max_length=80)),
                ("number", models.PositiveIntegerField()),
                ("predecessor", fourfold.node.models.fields.DigestField(blank=True, max_length=71)),
                ("title", models.CharField(max_length=500)),
                ("founding", models.BooleanField(default=False)),
                ("text", models.BinaryField()),
                ("created", models.DateTimeField()),
                ("complete", models.DateTimeField(null=True)),
                ("superseded", models.DateTimeField(null=True)),
                ("ended", models.DateTimeField(null=True)),
                ("ended_by", fourfold.node.models.fields.IdField(blank=True, max_length=80)),
                ("ending", models.BinaryField(null=True)),
            ],
            options={
                "ordering": ["agreement", "number"],
            },
        ),
        migrations.CreateModel(
            name="Peer",
            fields=[
                (
                    "institution",
                    fourfold.node.models.fields.IdField(max_length=80, primary_key=True, serialize=False),
                ),
                ("name", models.CharField(max_length=200)),
                ("institution_key", fourfold.node.models.fields.KeyField(max_length=44, unique=True)),
                ("node_key", fourfold.node.models.fields.KeyField(max_length=44)),
                ("delegation", models.BinaryField()),
                ("url", models.URLField(blank=True, max_length=500)),
                ("joined", models.DateTimeField()),
                ("last_added", models.DateTimeField(null=True)),
                ("cursor", models.CharField(blank=True, max_length=200)),
                ("last_pulled", models.DateTimeField(null=True)),
                ("last_error", models.CharField(blank=True, max_length=500)),
                ("keys_told", fourfold.node.models.fields.DigestField(blank=True, max_length=71)),
                ("epoch_due", models.BooleanField(default=False)),
                ("tried", models.DateTimeField(null=True)),
                ("tried_on", fourfold.node.models.fields.DigestField(blank=True, default="", max_length=71)),
            ],
        ),
        migrations.CreateModel(
            name="Compartment",
            fields=[
                ("id", models.BigIntegerField(primary_key=True, serialize=False)),
                ("tlp", models.CharField(max_length=20)),
                ("caveats", models.CharField(blank=True, max_length=300)),
                ("activity", models.CharField(max_length=100)),
                ("subject", fourfold.node.models.fields.IdField(blank=True, db_index=True, max_length=80)),
            ],
        ),
        migrations.CreateModel(
            name="ConsentDocument",
            fields=[
                ("compartment", models.BigIntegerField(default=0)),
                ("id", fourfold.node.models.fields.IdField(max_length=80, primary_key=True, serialize=False)),
                ("originator", fourfold.node.models.fields.IdField(max_length=80)),
                ("recipient", fourfold.node.models.fields.IdField(max_length=80)),
                ("record_digest", fourfold.node.models.fields.DigestField(db_index=True, max_length=71)),
                ("agreement_digest", fourfold.node.models.fields.DigestField(max_length=71)),
                ("body", models.BinaryField()),
                ("received", models.DateTimeField()),
                ("expires", models.DateTimeField(null=True)),
                ("revoked", models.DateTimeField(null=True)),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="Counter",
            fields=[
                ("cache_key", models.CharField(max_length=255, primary_key=True, serialize=False)),
                ("value", models.TextField()),
                ("expires", models.DateTimeField(db_index=True)),
            ],
        ),
        migrations.CreateModel(
            name="File",
            fields=[
                (
                    "digest",
                    fourfold.node.models.fields.DigestField(max_length=71, primary_key=True, serialize=False),
                ),
                ("size", models.PositiveBigIntegerField()),
                ("created", models.DateTimeField()),
                ("destroyed", models.DateTimeField(null=True)),
                ("gone", models.BooleanField(default=False)),
            ],
        ),
        migrations.CreateModel(
            name="KeyProof",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("institution", fourfold.node.models.fields.IdField(db_index=True, max_length=80)),
                ("key", fourfold.node.models.fields.KeyField(max_length=44, unique=True)),
                ("how", models.CharField(max_length=20)),
                ("body", models.BinaryField(default=bytes)),
                ("at", models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name="KeyStatement",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("institution", fourfold.node.models.fields.IdField(db_index=True, max_length=80)),
                ("kind", models.CharField(max_length=20)),
                ("key", fourfold.node.models.fields.KeyField(db_index=True, max_length=44)),
                ("body", models.BinaryField()),
                ("digest", fourfold.node.models.fields.DigestField(max_length=71, unique=True)),
                ("received", models.DateTimeField()),
                ("accepted", models.DateTimeField(null=True)),
                ("refused", models.DateTimeField(null=True)),
            ],
        ),
        migrations.CreateModel(
            name="Node",
            fields=[
                (
                    "institution",
                    fourfold.node.models.fields.IdField(max_length=80, primary_key=True, serialize=False),
                ),
                ("name", models.CharField(max_length=200)),
                ("institution_key", fourfold.node.models.fields.KeyField(max_length=44)),
                ("node_key", fourfold.node.models.fields.KeyField(max_length=44)),
                ("delegation", models.BinaryField()),
                ("regulator", models.BooleanField(default=False)),
                ("defence_tie", models.BooleanField(default=False)),
                ("pseudonym_secret", models.CharField(max_length=64)),
                ("created", models.DateTimeField()),
            ],
        ),
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
                (
                    "terms",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="clients",
                        to="node.agreement",
                    ),
                ),
                ("may_submit", models.BooleanField(default=False)),
                ("created", models.DateTimeField()),
                ("author", models.CharField(max_length=200)),
                ("second", models.CharField(blank=True, max_length=200)),
                ("expires", models.DateTimeField()),
                ("revoked", models.DateTimeField(null=True)),
                ("last_used", models.DateTimeField(null=True)),
            ],
        ),
        migrations.CreateModel(
            name="Submission",
            fields=[
                ("id", models.CharField(max_length=36, primary_key=True, serialize=False)),
                (
                    "client",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="submissions",
                        to="node.client",
                    ),
                ),
                ("received", models.DateTimeField()),
                ("successes", models.JSONField(default=list)),
                ("failures", models.JSONField(default=list)),
            ],
        ),
        migrations.CreateModel(
            name="ApiToken",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "account",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="tokens",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("name", models.CharField(max_length=100)),
                ("digest", fourfold.node.models.fields.DigestField(max_length=71, unique=True)),
                ("created", models.DateTimeField()),
                ("expires", models.DateTimeField()),
                ("revoked", models.DateTimeField(null=True)),
            ],
        ),
        migrations.CreateModel(
            name="Approval",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("record_digest", fourfold.node.models.fields.DigestField(db_index=True, max_length=71)),
                ("recipient", fourfold.node.models.fields.IdField(max_length=80)),
                ("approver", models.CharField(max_length=200)),
                ("body", models.BinaryField()),
                ("created", models.DateTimeField()),
                ("revoked", models.DateTimeField(null=True)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("revoked", None)),
                        fields=("record_digest", "recipient", "approver"),
                        name="one_standing_approval_for_each_person",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="AgreementDraft",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "peer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="drafts", to="node.peer"
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
            ],
        ),
        migrations.CreateModel(
            name="ConsentCase",
            fields=[
                ("compartment", models.BigIntegerField(default=0)),
                ("id", fourfold.node.models.fields.IdField(max_length=80, primary_key=True, serialize=False)),
                ("ours", models.BooleanField()),
                (
                    "peer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="consent_cases",
                        to="node.peer",
                    ),
                ),
                ("record_digest", fourfold.node.models.fields.DigestField(db_index=True, max_length=71)),
                ("recipient", fourfold.node.models.fields.IdField(max_length=80)),
                ("body", models.BinaryField()),
                ("state", models.CharField(max_length=20)),
                (
                    "document",
                    models.OneToOneField(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="case",
                        to="node.consentdocument",
                    ),
                ),
                ("created", models.DateTimeField()),
                ("answered", models.DateTimeField(null=True)),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="Event",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("compartment", models.BigIntegerField(default=0)),
                ("at", models.DateTimeField(db_index=True)),
                ("tag", models.CharField(db_index=True, max_length=40)),
                ("actor", models.CharField(max_length=200)),
                (
                    "peer",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="events",
                        to="node.peer",
                    ),
                ),
                ("subject", fourfold.node.models.fields.IdField(blank=True, db_index=True, max_length=80)),
                ("reason", models.CharField(blank=True, max_length=100)),
                ("salt", models.CharField(max_length=64)),
            ],
            options={
                "indexes": [
                    models.Index(fields=["-at", "-id", "compartment"], name="events_for_readers"),
                    models.Index(fields=["tag", "compartment"], name="event_tags_for_readers"),
                ],
            },
        ),
        migrations.CreateModel(
            name="Grant",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "account",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="grants",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("ceiling", models.CharField(blank=True, max_length=20)),
                ("caveats", models.CharField(blank=True, max_length=300)),
                ("activities", models.TextField(blank=True, default="*")),
                ("reason", models.CharField(blank=True, max_length=500)),
                ("proposed", models.DateTimeField()),
                ("proposed_by", models.CharField(max_length=200)),
                ("confirmed", models.DateTimeField(null=True)),
                ("confirmed_by", models.CharField(blank=True, max_length=200)),
                ("until", models.DateTimeField(null=True)),
                ("ended", models.DateTimeField(null=True)),
                ("ended_by", models.CharField(blank=True, max_length=200)),
                ("carried", models.BooleanField(default=False)),
            ],
        ),
        migrations.CreateModel(
            name="Hold",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("subject", fourfold.node.models.fields.IdField(db_index=True, max_length=80)),
                ("reason", models.CharField(max_length=500)),
                ("placed", models.DateTimeField()),
                ("placed_by", models.CharField(max_length=200)),
                ("lifted", models.DateTimeField(null=True)),
                ("lifted_by", models.CharField(blank=True, max_length=200)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("lifted", None)),
                        fields=("subject",),
                        name="one_standing_hold_on_a_thing",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Invitation",
            fields=[
                ("id", fourfold.node.models.fields.IdField(max_length=80, primary_key=True, serialize=False)),
                ("body", models.BinaryField()),
                ("created", models.DateTimeField()),
                ("expires", models.DateTimeField()),
                (
                    "accepted_by",
                    models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, to="node.peer"),
                ),
            ],
        ),
        migrations.CreateModel(
            name="JointAssessment",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "peer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="assessments",
                        to="node.peer",
                    ),
                ),
                ("activity", models.CharField(max_length=100)),
                ("state", models.CharField(max_length=30)),
                ("answers", models.JSONField(null=True)),
                ("evidence", models.JSONField(default=dict)),
                ("withheld", models.JSONField(default=list)),
                ("nonce", models.CharField(blank=True, max_length=64)),
                ("seal", fourfold.node.models.fields.DigestField(blank=True, max_length=71)),
                ("sealed", models.DateTimeField(null=True)),
                ("revealed", models.DateTimeField(null=True)),
                ("seal_record", fourfold.node.models.fields.IdField(blank=True, max_length=80)),
                ("reveal_record", fourfold.node.models.fields.IdField(blank=True, max_length=80)),
                ("their_seal", fourfold.node.models.fields.DigestField(blank=True, max_length=71)),
                ("their_sealed", models.DateTimeField(null=True)),
                ("their_answers", models.JSONField(null=True)),
                ("their_revealed", models.DateTimeField(null=True)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("peer", "activity"), name="one_assessment_of_an_activity")
                ],
            },
        ),
        migrations.CreateModel(
            name="KeyConfirmation",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "statement",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="confirmations",
                        to="node.keystatement",
                    ),
                ),
                ("person", models.CharField(max_length=200)),
                ("at", models.DateTimeField()),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("statement", "person"), name="each_person_counts_once")
                ],
            },
        ),
        migrations.CreateModel(
            name="Log",
            fields=[
                ("origin", models.CharField(max_length=200, primary_key=True, serialize=False)),
                (
                    "peer",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="logs",
                        to="node.peer",
                    ),
                ),
                ("epoch", models.PositiveIntegerField(default=1)),
                ("statement", models.BinaryField(null=True)),
                ("size", models.PositiveBigIntegerField(default=0)),
                ("frontier", models.BinaryField(default=bytes)),
            ],
        ),
        migrations.CreateModel(
            name="Checkpoint",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "log",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="checkpoints", to="node.log"
                    ),
                ),
                ("size", models.PositiveBigIntegerField()),
                ("root", models.CharField(max_length=64)),
                ("note", models.TextField()),
                ("created", models.DateTimeField()),
                ("cosigned_note", models.TextField(blank=True)),
                ("cosigned", models.DateTimeField(null=True)),
                ("cosigned_at_peer", models.DateTimeField(null=True)),
                ("renewed_at_peer", models.DateTimeField(null=True)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("log", "size"), name="one_root_for_each_size")
                ],
            },
        ),
        migrations.CreateModel(
            name="LogNode",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "log",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="nodes", to="node.log"
                    ),
                ),
                ("level", models.PositiveSmallIntegerField()),
                ("index", models.PositiveBigIntegerField()),
                ("hash", models.BinaryField()),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("log", "level", "index"), name="one_node_for_a_place")
                ],
            },
        ),
        migrations.CreateModel(
            name="NamedReader",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "account",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="named_for",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("subject", fourfold.node.models.fields.IdField(db_index=True, max_length=80)),
                (
                    "grant",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="names",
                        to="node.grant",
                    ),
                ),
                ("since", models.DateTimeField()),
                ("ended", models.DateTimeField(null=True)),
                ("ended_by", models.CharField(blank=True, max_length=200)),
            ],
        ),
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
        migrations.CreateModel(
            name="Proposal",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "what",
                    models.CharField(
                        choices=[
                            ("change", "A change by which a record is guarded less"),
                            ("lift", "The lifting of a legal hold"),
                            ("accept", "Something handed in that becomes a record and is guarded less"),
                        ],
                        max_length=10,
                    ),
                ),
                ("subject", fourfold.node.models.fields.IdField(db_index=True, max_length=80)),
                ("base", fourfold.node.models.fields.DigestField(blank=True, max_length=71)),
                ("body", models.BinaryField()),
                ("proposed", models.DateTimeField()),
                ("proposed_by", models.CharField(max_length=200)),
                ("decided", models.DateTimeField(null=True)),
                ("decided_by", models.CharField(blank=True, max_length=200)),
                ("confirmed", models.BooleanField(default=False)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("decided", None)),
                        fields=("what", "subject"),
                        name="one_standing_proposal_of_a_kind",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Received",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("compartment", models.BigIntegerField(default=0)),
                (
                    "peer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="received", to="node.peer"
                    ),
                ),
                ("object", fourfold.node.models.fields.IdField(blank=True, db_index=True, max_length=80)),
                ("stix_id", fourfold.node.models.fields.IdField(blank=True, max_length=80)),
                ("version", models.PositiveIntegerField(null=True)),
                ("kind", models.CharField(blank=True, max_length=100)),
                ("activity", models.CharField(blank=True, max_length=100)),
                ("slice", models.CharField(blank=True, max_length=100)),
                ("title", models.CharField(blank=True, default="", max_length=500)),
                (
                    "folded",
                    fourfold.node.models.fields.FoldedField(
                        blank=True, default="", editable=False, max_length=500
                    ),
                ),
                ("agreement_digest", fourfold.node.models.fields.DigestField(blank=True, max_length=71)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("stored", "held as received"),
                            ("withdrawn", "destroyed on withdrawal"),
                            ("quarantined", "not accepted"),
                            ("expired", "destroyed under the retention rules"),
                        ],
                        max_length=20,
                    ),
                ),
                ("reason", models.CharField(blank=True, max_length=100)),
                ("revoked", models.BooleanField(default=False)),
                ("wire", models.BinaryField(null=True)),
                ("digest", fourfold.node.models.fields.DigestField(max_length=71)),
                ("leaf", models.CharField(blank=True, max_length=64)),
                ("date_added", models.CharField(blank=True, max_length=40)),
                ("received", models.DateTimeField(db_index=True)),
                ("withdrawn", models.DateTimeField(null=True)),
                ("modified", models.DateTimeField(null=True)),
                ("in_log", models.DateTimeField(null=True)),
            ],
            options={
                "indexes": [
                    models.Index(fields=["peer", "state"], name="received_by_state"),
                    models.Index(fields=["object", "peer"], name="received_by_object"),
                    models.Index(fields=["folded", "state", "compartment"], name="received_by_words"),
                    models.Index(
                        fields=["state", "-received", "-id", "compartment"], name="received_for_readers"
                    ),
                    models.Index(
                        condition=models.Q(("in_log", None)),
                        fields=["peer", "id"],
                        name="received_not_in_log",
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("peer", "digest"), name="the_same_bytes_once"),
                    models.UniqueConstraint(
                        condition=models.Q(("state", "quarantined"), _negated=True),
                        fields=("peer", "object", "version"),
                        name="one_accepted_content_for_each_version",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("wire__isnull", False), ("title", ""), _connector="OR"),
                        name="no_title_outlives_its_bytes",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("title", ""), _negated=True), ("folded", ""), _connector="OR"
                        ),
                        name="no_words_of_what_came_outlive_its_title",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ReceiptOut",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "peer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="receipts_out",
                        to="node.peer",
                    ),
                ),
                (
                    "received",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="receipt",
                        to="node.received",
                    ),
                ),
                ("body", models.BinaryField()),
                ("digest", fourfold.node.models.fields.DigestField(max_length=71, unique=True)),
                ("outcome", models.CharField(max_length=30)),
                ("created", models.DateTimeField()),
                ("delivered", models.DateTimeField(db_index=True, null=True)),
            ],
            options={
                "indexes": [models.Index(fields=["peer", "outcome"], name="receipts_out_by_outcome")],
            },
        ),
        migrations.CreateModel(
            name="DestroyedFile",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "withdrawal",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="destroyed_files",
                        to="node.received",
                    ),
                ),
                ("digest", fourfold.node.models.fields.DigestField(max_length=71)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("withdrawal", "digest"), name="a_withdrawal_destroys_a_file_once"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="CourseStep",
            fields=[
                ("compartment", models.BigIntegerField(default=0)),
                (
                    "digest",
                    fourfold.node.models.fields.DigestField(max_length=71, primary_key=True, serialize=False),
                ),
                ("opening", fourfold.node.models.fields.DigestField(db_index=True, max_length=71)),
                ("kind", models.CharField(max_length=100)),
                ("activity", models.CharField(max_length=100)),
                ("slice", models.CharField(max_length=100)),
                ("author", fourfold.node.models.fields.IdField(max_length=80)),
                ("number", models.PositiveIntegerField()),
                ("body", models.BinaryField(null=True)),
                ("at", models.DateTimeField()),
                ("record", fourfold.node.models.fields.IdField(blank=True, db_index=True, max_length=80)),
                (
                    "received",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="steps",
                        to="node.received",
                    ),
                ),
                ("actor", models.CharField(blank=True, max_length=200)),
                ("kept", models.DateTimeField()),
                ("recalled", models.DateTimeField(null=True)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("opening", "author", "number"), name="one_step_at_each_place_of_a_course"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="ReceivedFile",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "received",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="files", to="node.received"
                    ),
                ),
                ("digest", fourfold.node.models.fields.DigestField(db_index=True, max_length=71)),
                ("name", models.CharField(max_length=200)),
                ("media_type", models.CharField(max_length=150)),
                ("size", models.PositiveBigIntegerField()),
                ("fetched", models.DateTimeField(null=True)),
                ("refused", models.DateTimeField(null=True)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("received", "digest"), name="an_object_names_a_file_once")
                ],
            },
        ),
        migrations.CreateModel(
            name="RecordVersion",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("compartment", models.BigIntegerField(default=0)),
                ("record", fourfold.node.models.fields.IdField(max_length=80)),
                ("version", models.PositiveIntegerField()),
                ("kind", models.CharField(max_length=100)),
                ("activity", models.CharField(max_length=100)),
                ("slice", models.CharField(blank=True, max_length=100)),
                ("title", models.CharField(max_length=500)),
                (
                    "folded",
                    fourfold.node.models.fields.FoldedField(
                        blank=True, default="", editable=False, max_length=500
                    ),
                ),
                ("tlp", models.CharField(max_length=20)),
                ("body", models.BinaryField()),
                ("digest", fourfold.node.models.fields.DigestField(max_length=71, unique=True)),
                ("created", models.DateTimeField()),
                ("modified", models.DateTimeField(db_index=True)),
                ("author", models.CharField(max_length=200)),
                ("source", models.CharField(blank=True, max_length=500)),
                ("latest", models.BooleanField(default=True)),
                ("wants_stub", models.BooleanField(default=False)),
                ("destroyed", models.DateTimeField(null=True)),
            ],
            options={
                "indexes": [
                    models.Index(fields=["kind", "latest", "-modified"], name="records_by_kind"),
                    models.Index(
                        condition=models.Q(("latest", True)),
                        fields=["folded", "record", "kind", "tlp", "compartment"],
                        name="records_by_words",
                    ),
                    models.Index(
                        condition=models.Q(("latest", True)),
                        fields=["-modified", "id", "compartment", "kind"],
                        name="records_for_readers",
                    ),
                    models.Index(
                        condition=models.Q(("latest", True)),
                        fields=["tlp", "-modified", "id", "compartment", "kind"],
                        name="records_by_label_for_readers",
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("record", "version"), name="one_body_for_each_version"),
                    models.UniqueConstraint(
                        condition=models.Q(("latest", True)), fields=("record",), name="one_latest_version"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("title", ""), _negated=True), ("folded", ""), _connector="OR"
                        ),
                        name="no_words_of_a_record_outlive_its_title",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="RecordFile",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "version",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="files",
                        to="node.recordversion",
                    ),
                ),
                ("digest", fourfold.node.models.fields.DigestField(db_index=True, max_length=71)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("version", "digest"), name="a_version_names_a_file_once")
                ],
            },
        ),
        migrations.CreateModel(
            name="Release",
            fields=[
                ("compartment", models.BigIntegerField(default=0)),
                ("id", fourfold.node.models.fields.IdField(max_length=80, primary_key=True, serialize=False)),
                (
                    "peer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="releases", to="node.peer"
                    ),
                ),
                ("record", fourfold.node.models.fields.IdField(db_index=True, max_length=80)),
                ("kind", models.CharField(max_length=100)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("shared", "waiting to be collected"),
                            ("delivered", "collected, no receipt yet"),
                            ("acknowledged", "received"),
                            ("refused", "refused by the recipient"),
                            ("withdrawal-pending", "withdrawn, not yet confirmed"),
                            ("withdrawal-confirmed", "withdrawn and confirmed"),
                            ("withdrawal-not-held", "withdrawn before it was collected"),
                        ],
                        default="shared",
                        max_length=30,
                    ),
                ),
                ("created", models.DateTimeField()),
                ("withdrawn", models.DateTimeField(null=True)),
                ("withdrawal_reason", models.CharField(blank=True, max_length=500)),
                ("notice", models.CharField(blank=True, default="", max_length=40)),
            ],
            options={
                "indexes": [
                    models.Index(fields=["-created", "id", "compartment"], name="releases_for_readers"),
                    models.Index(fields=["peer", "state"], name="releases_by_state"),
                    models.Index(
                        fields=["state", "-created", "id", "compartment", "kind"],
                        name="releases_by_state_for_readers",
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("withdrawn", None)),
                        fields=("peer", "record"),
                        name="one_open_release_of_a_record_for_each_peer",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="ReleaseVersion",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("compartment", models.BigIntegerField(default=0)),
                (
                    "release",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="versions",
                        to="node.release",
                    ),
                ),
                ("version", models.PositiveIntegerField()),
                (
                    "peer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="release_versions",
                        to="node.peer",
                    ),
                ),
                (
                    "source",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="releases",
                        to="node.recordversion",
                    ),
                ),
                (
                    "agreement",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to="node.agreement"),
                ),
                ("slice", models.CharField(max_length=100)),
                ("stix_id", fourfold.node.models.fields.IdField(max_length=80)),
                ("stix_type", models.CharField(max_length=100)),
                ("modified", models.DateTimeField()),
                ("revoked", models.BooleanField(default=False)),
                ("wire", models.BinaryField()),
                ("digest", fourfold.node.models.fields.DigestField(max_length=71)),
                ("body", models.BinaryField()),
                ("label", models.TextField(blank=True, default="")),
                ("secret", models.CharField(blank=True, max_length=64)),
                ("sequence", models.PositiveBigIntegerField()),
                ("date_added", models.DateTimeField()),
                ("passed", models.JSONField(default=list)),
                ("withheld", models.JSONField(default=list)),
                ("reasons", models.JSONField(default=list)),
                ("first_sent", models.DateTimeField(null=True)),
                ("held_back", models.DateTimeField(null=True)),
            ],
            options={
                "indexes": [
                    models.Index(fields=["peer", "stix_id", "date_added"], name="release_by_stix_id"),
                    models.Index(fields=["peer", "stix_type", "date_added"], name="release_by_type"),
                    models.Index(fields=["peer", "modified", "date_added"], name="release_by_modified"),
                    models.Index(fields=["peer", "digest"], name="release_by_digest"),
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("release", "version"), name="one_wire_for_each_version"),
                    models.UniqueConstraint(
                        fields=("peer", "sequence"), name="sequence_is_unique_for_a_peer"
                    ),
                    models.UniqueConstraint(
                        fields=("peer", "date_added"), name="date_added_is_unique_for_a_peer"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ReceiptIn",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "peer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="receipts_in",
                        to="node.peer",
                    ),
                ),
                (
                    "release_version",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="receipts",
                        to="node.releaseversion",
                    ),
                ),
                ("body", models.BinaryField()),
                ("digest", fourfold.node.models.fields.DigestField(max_length=71, unique=True)),
                ("outcome", models.CharField(max_length=30)),
                ("reason", models.CharField(blank=True, max_length=100)),
                ("received", models.DateTimeField()),
            ],
            options={
                "indexes": [models.Index(fields=["peer", "outcome"], name="receipts_in_by_outcome")],
            },
        ),
        migrations.CreateModel(
            name="Leaf",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "log",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="leaves", to="node.log"
                    ),
                ),
                ("index", models.PositiveBigIntegerField()),
                ("hash", models.BinaryField()),
                (
                    "release_version",
                    models.OneToOneField(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="leaf",
                        to="node.releaseversion",
                    ),
                ),
                (
                    "event",
                    models.OneToOneField(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="leaf",
                        to="node.event",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("log", "index"), name="one_leaf_for_each_index")
                ],
            },
        ),
        migrations.CreateModel(
            name="RequestNonce",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("key", fourfold.node.models.fields.KeyField(max_length=44)),
                ("nonce", models.CharField(max_length=64)),
                ("created", models.DateTimeField(db_index=True)),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("key", "nonce"), name="a_nonce_counts_once")],
            },
        ),
        migrations.CreateModel(
            name="Seal",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "version",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="seals",
                        to="node.recordversion",
                    ),
                ),
                (
                    "witness",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="seals", to="node.peer"
                    ),
                ),
                ("statement", models.BinaryField()),
                ("salt", models.CharField(max_length=64)),
                ("secret", models.CharField(max_length=64)),
                (
                    "leaf",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT, related_name="seal", to="node.leaf"
                    ),
                ),
                ("created", models.DateTimeField()),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("version", "witness"), name="one_seal_before_each_witness"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="SeenCheckpoint",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "peer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="checkpoints_seen",
                        to="node.peer",
                    ),
                ),
                ("origin", models.CharField(max_length=200)),
                ("size", models.PositiveBigIntegerField()),
                ("root", models.CharField(max_length=64)),
                ("note", models.TextField()),
                ("cosigned_note", models.TextField()),
                ("renewed_note", models.TextField(blank=True)),
                ("renewed", models.DateTimeField(null=True)),
                ("digest", fourfold.node.models.fields.DigestField(max_length=71, unique=True)),
                ("seen", models.DateTimeField()),
                ("delivered", models.DateTimeField(null=True)),
                ("frontier", models.BinaryField(default=bytes)),
                ("epoch", models.PositiveIntegerField(default=1)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("peer", "origin", "size"), name="one_root_seen_for_each_size"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="SeenEpoch",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "peer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="epochs_seen",
                        to="node.peer",
                    ),
                ),
                ("number", models.PositiveIntegerField()),
                ("statement", models.BinaryField()),
                ("opened", models.DateTimeField()),
                ("seen", models.DateTimeField()),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("peer", "number"), name="one_statement_for_each_epoch")
                ],
            },
        ),
        migrations.CreateModel(
            name="SeenLeaf",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "peer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="leaves_seen",
                        to="node.peer",
                    ),
                ),
                ("epoch", models.PositiveIntegerField(default=1)),
                ("index", models.PositiveBigIntegerField()),
                ("hash", models.BinaryField()),
            ],
            options={
                "indexes": [models.Index(fields=["peer", "hash"], name="leaf_seen_by_hash")],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("peer", "epoch", "index"), name="one_leaf_seen_for_each_place"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="UnknownRelease",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "peer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="unknown_releases",
                        to="node.peer",
                    ),
                ),
                ("stix_id", models.CharField(db_index=True, max_length=120)),
                ("version", models.PositiveIntegerField()),
                ("digest", fourfold.node.models.fields.DigestField(max_length=71)),
                ("told", models.DateTimeField()),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("peer", "digest"), name="each_unknown_release_once")
                ],
            },
        ),
        migrations.CreateModel(
            name="WaitingStep",
            fields=[
                ("compartment", models.BigIntegerField(default=0)),
                (
                    "digest",
                    fourfold.node.models.fields.DigestField(max_length=71, primary_key=True, serialize=False),
                ),
                ("opening", fourfold.node.models.fields.DigestField(db_index=True, max_length=71)),
                ("kind", models.CharField(max_length=100)),
                ("activity", models.CharField(max_length=100)),
                ("slice", models.CharField(max_length=100)),
                ("record", fourfold.node.models.fields.IdField(max_length=80, unique=True)),
                ("actor", models.CharField(max_length=200)),
                ("kept", models.DateTimeField()),
                ("decided", models.DateTimeField(null=True)),
                ("left", models.BooleanField(default=False)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("decided", None)),
                        fields=("opening",),
                        name="one_step_of_ours_waits_in_each_course",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="AccountRole",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "account",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="roles",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("role", models.CharField(max_length=20)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("account", "role"), name="an_account_has_a_role_once")
                ],
            },
        ),
        migrations.CreateModel(
            name="AgreementParty",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "agreement",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="parties",
                        to="node.agreement",
                    ),
                ),
                ("institution", fourfold.node.models.fields.IdField(db_index=True, max_length=80)),
                ("key", fourfold.node.models.fields.KeyField(max_length=44)),
                ("signature", models.CharField(blank=True, max_length=88)),
                ("signed", models.DateTimeField(null=True)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("agreement", "institution"), name="one_signature_for_each_party"
                    )
                ],
            },
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
                ("compartment", models.BigIntegerField(default=0)),
                (
                    "submission",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="parts",
                        to="node.submission",
                    ),
                ),
                (
                    "client",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="submitted",
                        to="node.client",
                    ),
                ),
                ("stix_id", models.CharField(blank=True, max_length=300)),
                ("type", models.CharField(blank=True, max_length=250)),
                ("version", models.CharField(blank=True, max_length=40)),
                ("title", models.CharField(blank=True, max_length=200)),
                (
                    "folded",
                    fourfold.node.models.fields.FoldedField(
                        blank=True, default="", editable=False, max_length=500
                    ),
                ),
                ("tlp", models.CharField(max_length=20)),
                ("notes", models.JSONField(default=list)),
                ("faults", models.JSONField(default=list)),
                ("revoked", models.BooleanField(default=False)),
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
            ],
            options={
                "indexes": [
                    models.Index(fields=["stix_id"], name="submitted_by_object"),
                    models.Index(fields=["record"], name="submitted_by_record"),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("client", "digest"), name="the_same_bytes_of_a_client_once"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("title", ""), _negated=True), ("folded", ""), _connector="OR"
                        ),
                        name="no_words_of_what_was_handed_in_outlive_its_title",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Comparison",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "peer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="comparisons",
                        to="node.peer",
                    ),
                ),
                ("ours", models.BooleanField()),
                ("at", models.DateTimeField()),
                ("count", models.PositiveBigIntegerField()),
                ("root", models.CharField(max_length=64)),
                ("their_count", models.PositiveBigIntegerField()),
                ("their_root", models.CharField(max_length=64)),
                ("missing", models.PositiveBigIntegerField(default=0)),
                ("unknown", models.PositiveBigIntegerField(default=0)),
                ("statement", models.BinaryField()),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("peer", "ours"), name="one_comparison_for_each_direction")
                ],
            },
        ),
        migrations.CreateModel(
            name="Derived",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("record", fourfold.node.models.fields.IdField(db_index=True, max_length=80)),
                (
                    "origin",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="derived", to="node.peer"
                    ),
                ),
                ("object", fourfold.node.models.fields.IdField(max_length=80)),
                ("verbatim", models.BooleanField(default=False)),
            ],
            options={
                "indexes": [models.Index(fields=["origin", "object"], name="derived_from_object")],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("record", "origin", "object"), name="one_derivation_from_each"
                    )
                ],
            },
        ),
    ]
