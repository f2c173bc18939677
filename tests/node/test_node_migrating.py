"""A store of the first release is brought to the present form, and nothing in it is lost.

How a store of 0.1.0 is built: an empty database is brought to 0001_first, the form that 0.1.0 had, and filled
with rows that the node's own code made, as far as 0.1.0 had their columns. Then every step is taken that was
ever released; a store that is new takes them as one.
"""

from collections.abc import Iterator
from pathlib import Path

import pytest
from django.apps import apps
from django.contrib.auth import get_user_model
from django.core.management import call_command
from django.db import connection, connections, transaction
from first_release_store import FIRST, Steps, to_first

from fourfold.node import clock, models
from fourfold.node.actions.approve import approve_release
from fourfold.node.models.fields import folded_title, has_words
from fourfold.node.releasing import label_of_source, release, take_back
from fourfold.records.markings import Caveat, Marking, Tlp
from fourfold.release import read_label

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
    first = Steps(None).project_state(FIRST).apps
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
    version = release(taken, other.peer, "analyst", now)
    models.ReceiptIn.objects.create(
        peer=other.peer, release_version=version, body=b"{}", digest=version.digest, outcome="stored",
        received=now,
    )  # fmt: skip
    take_back(version.release, "too early", "analyst", clock.now())
    other.send("incident", {"title": "Theirs"}, activity="incident_reporting", slice="public-incidents")


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


@pytest.mark.usefixtures("lived")
def test_a_store_of_the_first_release_is_brought_to_the_present_form_and_nothing_is_lost(
    old: str, incident
) -> None:
    incident(marking=Marking(tlp=Tlp.AMBER, caveats=frozenset({Caveat.ORCON})))
    incident(payload={"title": "O\N{COMBINING DIAERESIS}ffentlicher Bericht"})
    to_first(old)
    copied = fill(old)
    call_command("migrate", database=old, verbosity=0)
    nothing_is_lost(old, copied)
    what_was_released_has_its_label(old)
    what_was_kept_is_labelled_as_it_is_now(old)
    titles_are_found_by_words(old)
    by_steps, at_once = form(old), form("default")
    assert by_steps.keys() == at_once.keys()
    differ = {table for table in at_once if by_steps[table] != at_once[table]}
    assert differ == set(), [(by_steps[table], at_once[table]) for table in differ]
    call_command("makemigrations", check=True, dry_run=True, verbosity=0)


def nothing_is_lost(old: str, copied: dict[str, list[dict[str, object]]]) -> None:
    filled = {name for name, rows in copied.items() if rows}
    assert {"peer", "agreement", "recordversion", "releaseversion", "received", "event"} <= filled
    assert {"leaf", "log"} <= filled
    for name, rows in copied.items():
        present = apps.get_model("node", name).objects.using(old).order_by("pk")
        assert list(present.values(*(rows[0] if rows else ["pk"]))) == rows, name


def what_was_released_has_its_label(old: str) -> None:
    rows = models.ReleaseVersion.objects.using(old).select_related("source")
    labels = {row.version: (row.label, row.source) for row in rows if not row.revoked}
    assert labels
    for text, source in labels.values():
        assert read_label(text, source.digest) == label_of_source(source)


def what_was_kept_is_labelled_as_it_is_now(old: str) -> None:
    labelled = (models.RecordVersion, models.Received, models.Release, models.ReleaseVersion, models.Event)
    for model in (*labelled, models.ReceiptIn, models.ReceiptOut):
        now, before = (
            dict(rows.values_list("pk", "compartment")) for rows in (model.objects, model.objects.using(old))
        )
        assert now == before, model
    numbers = set(models.RecordVersion.objects.values_list("compartment", flat=True))
    now, before = (
        {row.content() for row in rows.filter(pk__in=numbers)}
        for rows in (models.Compartment.objects, models.Compartment.objects.using(old))
    )
    assert now == before


def titles_are_found_by_words(old: str) -> None:
    for model in (models.RecordVersion, models.Received):
        rows = list(model.objects.using(old))
        assert [row.folded for row in rows] == [folded_title(row.title) for row in rows] != []
    assert models.RecordVersion.objects.using(old).filter(has_words("ÖFFENTLICHER")).count() == 1


def test_whoever_read_before_goes_on_reading_short_of_red_and_what_they_wrote(old: str, incident) -> None:
    red = incident(marking=Marking(tlp=Tlp.RED))
    guarded = incident(marking=Marking(tlp=Tlp.GREEN, caveats=frozenset({Caveat.ORCON})))
    others = incident("somebody else", marking=Marking(tlp=Tlp.RED))
    to_first(old)
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
