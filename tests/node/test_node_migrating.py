"""A store of the first release is brought to the present form, and nothing in it is lost.

How a store of 0.1.0 is built: an empty database is brought to 0001_first, the form that 0.1.0 had, and filled
with rows that the node's own code made, as far as 0.1.0 had their columns.
"""

from collections.abc import Iterator
from pathlib import Path

import pytest
from django.apps import apps
from django.contrib.auth import get_user_model
from django.core.management import call_command
from django.db import connection, connections, transaction
from django.db.migrations.loader import MigrationLoader

from fourfold.node import clock, models
from fourfold.node.actions.approve import approve_release
from fourfold.node.models.fields import folded_title, has_words
from fourfold.node.releasing import label_of_source, release, take_back
from fourfold.records.markings import Caveat, Marking, Tlp
from fourfold.release import read_label

FIRST = ("node", "0001_first")
OLD = "of_0_1_0"


@pytest.fixture
def old(tmp_path: Path, transactional_db: None) -> Iterator[str]:
    """An empty database beside the store, of the same make; its alias."""
    del transactional_db  # asked for, so that there is a store
    name = str(tmp_path / OLD) if connection.vendor == "sqlite" else OLD
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute(f"CREATE DATABASE {OLD}")
    connections.databases[OLD] = {**connection.settings_dict, "NAME": name}
    connections[OLD].connect()  # by ourselves: the test framework lets nobody else open another database
    yield OLD
    connections[OLD].close()
    del connections[OLD], connections.databases[OLD]
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute(f"DROP DATABASE {OLD}")


def fill(old: str) -> dict[str, list[dict[str, object]]]:
    """Copy what the store holds into the old one; what was copied, by model."""
    first = MigrationLoader(None).project_state(FIRST).apps
    copied = {}
    with transaction.atomic(using=old):
        for model in first.get_app_config("node").get_models():
            columns = [field.attname for field in model._meta.concrete_fields]
            present = apps.get_model("node", model._meta.model_name)
            rows = list(present.objects.order_by("pk").values(*columns))
            model.objects.using(old).bulk_create(model(**row) for row in rows)
            copied[model._meta.model_name] = rows
    return copied


@pytest.fixture
def lived(incident, agreed, other) -> None:
    """A store in which something of everything happened."""
    del agreed  # asked for, so that something may pass
    now, told, taken = clock.now(), incident(), incident()
    approve_release(told.record, other.peer, "somebody else")
    release(told, other.peer, "analyst", now)
    take_back(release(taken, other.peer, "analyst", now).release, "too early", "analyst", clock.now())
    other.send("incident", {"title": "Theirs"}, activity="incident_reporting", slice="public-incidents")


@pytest.mark.usefixtures("lived")
def test_nothing_of_a_store_of_the_first_release_is_lost(old: str) -> None:
    call_command("migrate", *FIRST, database=old, verbosity=0)
    copied = fill(old)
    filled = {name for name, rows in copied.items() if rows}
    assert {
        "peer",
        "agreement",
        "recordversion",
        "releaseversion",
        "received",
        "event",
        "leaf",
        "log",
    } <= filled
    call_command("migrate", database=old, verbosity=0)
    for name, rows in copied.items():
        present = apps.get_model("node", name).objects.using(old).order_by("pk")
        assert list(present.values(*(rows[0] if rows else ["pk"]))) == rows, name


@pytest.mark.usefixtures("lived")
def test_what_was_released_before_gets_its_label(old: str) -> None:
    call_command("migrate", *FIRST, database=old, verbosity=0)
    fill(old)
    call_command("migrate", database=old, verbosity=0)
    rows = models.ReleaseVersion.objects.using(old).select_related("source")
    labels = {row.version: (row.label, row.source) for row in rows if not row.revoked}
    assert labels
    for text, source in labels.values():
        assert read_label(text, source.digest) == label_of_source(source)


def form(alias: str) -> dict[str, tuple[set[str], list[tuple[object, ...]]]]:
    """Of each table its columns, and what the store itself enforces and looks up."""
    found = {}
    with connections[alias].cursor() as cursor:
        inspect = connections[alias].introspection
        for table in inspect.table_names(cursor):
            rules = inspect.get_constraints(cursor, table).values()
            kept = [
                (
                    tuple(each["columns"] or ()),
                    each["unique"],
                    each["check"],
                    each["index"],
                    each["foreign_key"],
                )
                for each in rules
            ]
            columns = {each.name for each in inspect.get_table_description(cursor, table)}
            found[table] = columns, sorted(map(str, kept))
    return found


def test_the_steps_lead_to_the_form_that_the_models_have(old: str) -> None:
    """Tests use stores made from the models; nodes are made by the steps."""
    call_command("makemigrations", check=True, dry_run=True, verbosity=0)
    call_command("migrate", database=old, verbosity=0)
    by_steps, by_models = form(old), form("default")
    compared = by_models.keys() - {"django_migrations"}
    assert by_steps.keys() - {"django_migrations"} == compared
    differ = {name for name in compared if by_steps[name] != by_models[name]}
    assert differ == set(), [(by_steps[name], by_models[name]) for name in differ]


@pytest.mark.usefixtures("lived")
def test_what_was_kept_before_is_labelled_as_it_is_now(old: str, incident) -> None:
    incident(marking=Marking(tlp=Tlp.AMBER, caveats=frozenset({Caveat.ORCON})))
    call_command("migrate", *FIRST, database=old, verbosity=0)
    fill(old)
    call_command("migrate", database=old, verbosity=0)
    for model in (models.RecordVersion, models.Received, models.Release, models.ReleaseVersion, models.Event):
        now, before = (
            dict(rows.values_list("pk", "compartment")) for rows in (model.objects, model.objects.using(old))
        )
        assert now == before, model
    numbers = set(models.RecordVersion.objects.values_list("compartment", flat=True))
    kept = models.Compartment.objects.using(old).filter(pk__in=numbers)
    assert {row.content() for row in kept} == {
        row.content() for row in models.Compartment.objects.filter(pk__in=numbers)
    }


def test_whoever_read_before_goes_on_reading_short_of_red_and_what_they_wrote(old: str, incident) -> None:
    red = incident(marking=Marking(tlp=Tlp.RED))
    guarded = incident(marking=Marking(tlp=Tlp.GREEN, caveats=frozenset({Caveat.ORCON})))
    others = incident("somebody else", marking=Marking(tlp=Tlp.RED))
    call_command("migrate", *FIRST, database=old, verbosity=0)
    fill(old)
    call_command("migrate", "node", "0016_tags_are_code", database=old, verbosity=0)
    call_command("migrate", "auth", database=old, verbosity=0)
    for name, role in (("analyst", "analyst"), ("olga", "operator")):
        made = get_user_model().objects.using(old).create(username=name)
        models.AccountRole.objects.using(old).create(account=made, role=role)
    call_command("migrate", database=old, verbosity=0)
    (grant,) = models.Grant.objects.using(old).select_related("account")
    assert (grant.account.username, grant.ceiling, grant.caveats, grant.carried) == (
        "analyst",
        "AMBER+STRICT",
        "",
        True,
    )
    named = set(models.NamedReader.objects.using(old).values_list("subject", flat=True))
    assert named == {red.record, guarded.record}
    assert others.record not in named
    row = models.RecordVersion.objects.using(old).get(record=guarded.record)
    assert models.Compartment.objects.using(old).get(pk=row.compartment).subject == guarded.record


@pytest.mark.usefixtures("lived")
def test_titles_kept_before_are_found_by_words_as_new_ones_are(old: str, incident) -> None:
    incident(payload={"title": "O\N{COMBINING DIAERESIS}ffentlicher Bericht"})
    call_command("migrate", *FIRST, database=old, verbosity=0)
    fill(old)
    call_command("migrate", database=old, verbosity=0)
    for model in (models.RecordVersion, models.Received):
        rows = list(model.objects.using(old))
        assert [row.folded for row in rows] == [folded_title(row.title) for row in rows] != []
    assert models.RecordVersion.objects.using(old).filter(has_words("ÖFFENTLICHER")).count() == 1
