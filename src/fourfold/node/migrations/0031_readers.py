# Who inside may read what: where each row belongs, and grants to accounts.
#
# A column is added by one statement that both stores read (see 0014). What is there already is labelled by what it
# says itself, in batches. Whoever could read keeps reading, as far as a clearance goes: up to AMBER+STRICT, without
# caveats; whoever wrote something keeps reading it. Each such grant is marked as nobody's decision.

import json
from dataclasses import replace
from itertools import islice

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models
from django.db.models import Q

import fourfold.node.models.fields
from fourfold.exchange.foreign import read_foreign
from fourfold.node import clock
from fourfold.node.models.belonging import of_record, of_wire
from fourfold.node.models.reading import OPEN, number_of
from fourfold.node.models.telling import OPEN_TOPICS
from fourfold.records.envelope import Record
from fourfold.records.markings import Tlp
from fourfold.release import ANY, EVERYBODY, UNREAD, Clearance, Clearances, compartment, may_read, tightened

BATCH = 500
LABELLED = (
    "consentcase",
    "consentdocument",
    "coursestep",
    "event",
    "received",
    "recordversion",
    "release",
    "releaseversion",
    "submitted",
    "waitingstep",
)
READS = ("reader", "analyst", "liaison", "officer")
CARRIED = "Carried over by the upgrade: what this account could read before"

FOLLOWING = (
    """
    UPDATE node_releaseversion SET compartment = COALESCE((
        SELECT r.compartment FROM node_recordversion r WHERE r.id = node_releaseversion.source_id), 0)
    """,
    """
    UPDATE node_release SET compartment = COALESCE((
        SELECT v.compartment FROM node_releaseversion v WHERE v.release_id = node_release.id
        AND v.compartment <> 0 ORDER BY v.version DESC LIMIT 1), (
        SELECT r.compartment FROM node_recordversion r WHERE r.record = node_release.record
        ORDER BY r.version DESC LIMIT 1), 0)
    """,
    """
    UPDATE node_releaseversion SET compartment = (
        SELECT e.compartment FROM node_release e WHERE e.id = node_releaseversion.release_id)
    WHERE compartment = 0
    """,
    """
    UPDATE node_coursestep SET compartment = COALESCE((
        SELECT r.compartment FROM node_recordversion r WHERE r.record = node_coursestep.record
        ORDER BY r.version DESC LIMIT 1), 0)
    WHERE record <> ''
    """,
    """
    UPDATE node_coursestep SET compartment = (
        SELECT g.compartment FROM node_received g WHERE g.id = node_coursestep.received_id)
    WHERE received_id IS NOT NULL
    """,
    """
    UPDATE node_waitingstep SET compartment = COALESCE((
        SELECT r.compartment FROM node_recordversion r WHERE r.record = node_waitingstep.record
        ORDER BY r.version DESC LIMIT 1), 0)
    """,
    """
    UPDATE node_consentcase SET compartment = COALESCE((
        SELECT r.compartment FROM node_recordversion r WHERE r.digest = node_consentcase.record_digest), 0)
    WHERE ours
    """,
    """
    UPDATE node_consentdocument SET compartment = COALESCE((
        SELECT r.compartment FROM node_recordversion r WHERE r.digest = node_consentdocument.record_digest), 0)
    """,
)
"""What belongs with a record or a received object, in the order in which it is worked out."""

TOLD = (
    """
    UPDATE node_event SET compartment = COALESCE((
        SELECT r.compartment FROM node_recordversion r WHERE r.record = node_event.subject
        ORDER BY r.version DESC LIMIT 1), 0)
    WHERE compartment = 0 AND subject <> ''
    """,
    """
    UPDATE node_event SET compartment = COALESCE((
        SELECT r.compartment FROM node_release r WHERE r.id = node_event.subject), 0)
    WHERE compartment = 0 AND subject <> ''
    """,
    """
    UPDATE node_event SET compartment = COALESCE((
        SELECT r.compartment FROM node_received r WHERE r.object = node_event.subject
        ORDER BY r.id DESC LIMIT 1), 0)
    WHERE compartment = 0 AND subject <> ''
    """,
    """
    UPDATE node_event SET compartment = COALESCE((
        SELECT r.compartment FROM node_consentcase r WHERE r.id = node_event.subject), 0)
    WHERE compartment = 0 AND subject <> ''
    """,
    """
    UPDATE node_event SET compartment = COALESCE((
        SELECT r.compartment FROM node_coursestep r WHERE r.opening = node_event.subject LIMIT 1), 0)
    WHERE compartment = 0 AND subject <> ''
    """,
    """
    UPDATE node_event SET compartment = COALESCE((
        SELECT r.compartment FROM node_consentdocument r WHERE r.id = node_event.subject), 0)
    WHERE compartment = 0 AND subject <> ''
    """,
)
"""Where what an event tells of belongs: by the first of these ways that finds it."""

TOMBSTONES = """
    UPDATE node_received SET compartment = (
        SELECT o.compartment FROM node_received o WHERE o.object = node_received.object
        AND o.peer_id = node_received.peer_id AND o.revoked AND o.wire IS NOT NULL ORDER BY o.id DESC LIMIT 1)
    WHERE wire IS NULL AND object <> '' AND EXISTS (
        SELECT 1 FROM node_received o WHERE o.object = node_received.object
        AND o.peer_id = node_received.peer_id AND o.revoked AND o.wire IS NOT NULL)
    """
"""A tombstone has no bytes: it belongs with the version that withdrew it."""


def column(name):
    return migrations.SeparateDatabaseAndState(
        [
            migrations.RunSQL(
                f"ALTER TABLE node_{name} ADD COLUMN compartment bigint NOT NULL DEFAULT 0",
                f"ALTER TABLE node_{name} DROP COLUMN compartment",
            )
        ],
        [migrations.AddField(name, "compartment", models.BigIntegerField(default=0))],
    )


class Filling:
    """Labelling what is there; a compartment is kept when something first belongs in it."""

    def __init__(self, apps, connection):
        self.connection, self.known = connection, {}
        self.model = lambda name: apps.get_model("node", name).objects.using(connection.alias)
        self.users = apps.get_model(settings.AUTH_USER_MODEL).objects.using(connection.alias)

    def keep(self, what):
        number = number_of(what)
        if number not in self.known:
            caveats = " ".join(sorted(what.caveats))
            values = {"tlp": what.tlp, "caveats": caveats, "activity": what.activity, "subject": what.subject}
            self.model("Compartment").get_or_create(id=number, defaults=values)
            self.known[number] = what
        return number

    def each(self, name, order, *columns, **narrowed):
        """Batches of rows by their key."""
        rows = self.model(name).filter(**narrowed).order_by(order).values_list(order, *columns)
        last = None
        while batch := list(islice(rows if last is None else rows.filter(**{f"{order}__gt": last}), BATCH)):
            yield batch
            last = batch[-1][0]

    def run(self, statement, values=None):
        with self.connection.cursor() as cursor:
            if values is None:
                cursor.execute(statement)
            else:
                cursor.executemany(statement, values)


def fill(apps, schema_editor):
    """Label everything; then grant what existing accounts read before."""
    filling = Filling(apps, schema_editor.connection)
    _records(filling)
    _received(filling)
    _handed_in(filling)
    _follow(filling)
    _courses(filling)
    _events(filling)
    _grants(filling)


def _records(filling):
    """Each version by itself; then, where they differ, as tight as the latest too."""
    update = "UPDATE node_recordversion SET compartment = %s WHERE id = %s"
    for batch in filling.each("RecordVersion", "pk", "body"):
        filling.run(update, [(filling.keep(_of_body(bytes(body))), pk) for pk, body in batch])
    latest = dict(
        filling.model("RecordVersion").filter(latest=True, version__gt=1).values_list("record", "compartment")
    )
    for record, number in latest.items():
        older = filling.model("RecordVersion").filter(record=record, latest=False).exclude(compartment=number)
        for pk, old in older.values_list("pk", "compartment"):
            new = filling.keep(tightened(filling.known[old], filling.known[number]))
            filling.run(update, [(new, pk)])


def _of_body(body):
    """An empty body is that of a record that was destroyed: nothing says how it was marked."""
    return of_record(Record.model_validate_json(body)) if body else UNREAD


def _received(filling):
    for batch in filling.each("Received", "pk", "wire"):
        labelled = [(filling.keep(of_wire(wire)), pk) for pk, wire in batch]
        filling.run("UPDATE node_received SET compartment = %s WHERE id = %s", labelled)
    filling.run(TOMBSTONES)


def _handed_in(filling):
    for batch in filling.each("Submitted", "pk", "wire", "digest"):
        labelled = [
            (filling.keep(compartment(ANY, [read_foreign(bytes(wire or b"")).marking], digest)), pk)
            for pk, wire, digest in batch
        ]
        filling.run("UPDATE node_submitted SET compartment = %s WHERE id = %s", labelled)


def _follow(filling):
    """What belongs with a record or a received object, in this order."""
    for statement in FOLLOWING:
        filling.run(statement)
    _consents_asked(filling)


def _consents_asked(filling):
    """What others asked us belongs with what we released to them."""
    unread = filling.keep(UNREAD)
    for batch in filling.each("ConsentCase", "pk", "body", "document_id", ours=False):
        for pk, body, document in batch:
            released = filling.model("Release").filter(pk=json.loads(bytes(body))["object"])
            number = released.values_list("compartment", flat=True).first() or unread
            filling.model("ConsentCase").filter(pk=pk).update(compartment=number)
            filling.model("ConsentDocument").filter(pk=document, compartment=0).update(compartment=number)


def _courses(filling):
    """A proposal or a joint record is read as a whole: under the tightest of its steps."""
    openings = {}
    for name in ("CourseStep", "WaitingStep"):
        for opening, number in filling.model(name).values_list("opening", "compartment").distinct():
            openings.setdefault(opening, set()).add(number)
    for opening, numbers in openings.items():
        found = [filling.known.get(number) for number in numbers]
        if len(found) == 1 or None in found:
            continue
        whole = found[0]
        for each in found[1:]:
            whole = tightened(whole, each)
        for name in ("CourseStep", "WaitingStep"):
            filling.model(name).filter(opening=opening).update(compartment=filling.keep(whole))


def _events(filling):
    """An event belongs with what it tells of; what is found by none of these ways is read by nobody."""
    told = Q()
    for topic in sorted(OPEN_TOPICS):
        told |= Q(tag__startswith=f"{topic}:")
    filling.model("Event").filter(told).update(compartment=OPEN)
    for statement in TOLD:
        filling.run(statement)


def _grants(filling):
    """Whoever read goes on reading what a clearance up to AMBER+STRICT gives, and what they wrote."""
    now = clock.now()
    carried = Clearance(Tlp.AMBER_STRICT)
    who = Clearances(frozenset({EVERYBODY, carried}))
    readers = filling.model("AccountRole").filter(role__in=READS).values("account")
    for account in filling.users.filter(pk__in=readers):
        filling.model("Grant").create(
            account_id=account.pk,
            ceiling=carried.ceiling,
            activities="*",
            reason=CARRIED,
            proposed=now,
            proposed_by="upgrade",
            confirmed=now,
            confirmed_by="upgrade",
            carried=True,
        )
        versions = filling.model("RecordVersion")
        mine = versions.filter(author=account.username)
        others = versions.filter(record__in=mine.values("record")).exclude(author=account.username)
        alone = mine.exclude(record__in=list(others.values_list("record", flat=True)))
        for record, number in alone.values_list("record", "compartment").distinct():
            if number in filling.known and not may_read(who, filling.known[number]):
                _name(filling, account, record, now)


def _name(filling, account, record, now):
    """Name who alone wrote a record for it; each row keeps its own label, and is read by name as well."""
    releases = list(filling.model("Release").filter(record=record).values_list("pk", flat=True))
    for name, rows in (
        ("RecordVersion", {"record": record}),
        ("Release", {"pk__in": releases}),
        ("ReleaseVersion", {"release__in": releases}),
        ("Event", {"subject__in": [record, *releases]}),
    ):
        found = filling.model(name).filter(**rows)
        for number in list(found.order_by().values_list("compartment", flat=True).distinct()):
            if number in filling.known:
                own = filling.keep(replace(filling.known[number], subject=record))
                found.filter(compartment=number).update(compartment=own)
    filling.model("NamedReader").get_or_create(
        account_id=account.pk, subject=record, ended=None, grant=None, defaults={"since": now}
    )


class Migration(migrations.Migration):
    dependencies = [
        ("node", "0029_taken_back"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            "Compartment",
            [
                ("id", models.BigIntegerField(primary_key=True, serialize=False)),
                ("tlp", models.CharField(max_length=20)),
                ("caveats", models.CharField(blank=True, max_length=300)),
                ("activity", models.CharField(max_length=100)),
                ("subject", fourfold.node.models.fields.IdField(blank=True, db_index=True, max_length=80)),
            ],
        ),
        migrations.CreateModel(
            "Grant",
            [
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
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
                (
                    "account",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="grants",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            "NamedReader",
            [
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("subject", fourfold.node.models.fields.IdField(db_index=True, max_length=80)),
                ("since", models.DateTimeField()),
                ("ended", models.DateTimeField(null=True)),
                ("ended_by", models.CharField(blank=True, max_length=200)),
                (
                    "account",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="named_for",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "grant",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="names",
                        to="node.grant",
                    ),
                ),
            ],
        ),
        *map(column, LABELLED),
        migrations.RunPython(fill, migrations.RunPython.noop),
    ]
