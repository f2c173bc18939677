"""What an operator is told before it hurts, by `node check` and the metrics; and what is well is quiet."""

import shutil
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from fourfold.node import clock, ledger, models
from fourfold.node.actions.add_client import NewClient, add_client
from fourfold.node.actions.back_up import back_up
from fourfold.node.actions.check_node import check_node
from fourfold.node.actions.hand_out import hand_out
from fourfold.node.actions.release_record import release_record
from fourfold.node.actions.withdraw import withdraw
from fourfold.node.home import Config, write_config
from fourfold.node.keys import node_signer
from fourfold.node.operating import vitals
from fourfold.node.operating.metrics import exposition

DAY = timedelta(days=1)


@pytest.fixture(autouse=True)
def home(me: Any, settings: Any, tmp_path: Any) -> Any:
    """A folder of this test's own: what is noted in it is not another test's."""
    del me  # asked for first, as it brings a home that all tests share
    keys, settings.HOME = settings.HOME.keys, type(settings.HOME)(tmp_path)
    (tmp_path / "keys").symlink_to(keys)
    settings.NODE = replace(settings.NODE, port=1)  # where surely no other program answers in its place
    write_config(settings.HOME, settings.NODE)
    return settings.HOME


def set_to(settings: Any, **values: Any) -> None:
    own = settings.NODE
    settings.NODE = Config(id=own.id, name=own.name, url=own.url, **values)


def check(name: str) -> Any:
    (found,) = [each for each in check_node() if each.name == name]
    return found


def metric(name: str) -> str:
    lines = exposition().decode().splitlines()
    return " ".join(line for line in lines if line.startswith(f"fourfold_{name}"))


def room(monkeypatch: pytest.MonkeyPatch, free: int) -> None:
    """So many bytes are free."""
    usage = shutil.disk_usage("/")._replace(free=free)
    monkeypatch.setattr(shutil, "disk_usage", lambda _path: usage)


def test_what_is_well_is_quiet(other: Any, home: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    vitals.note_backup(clock.now())
    vitals.note_collection()
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)
    told = [each for each in check_node() if each.warns or not each.holds]
    assert [each.name for each in told] in ([], ["store"]), (
        told
    )  # a test's database may lose what it committed


@pytest.mark.parametrize(
    ("free", "expected"),
    [(50 << 20, (False, False)), (500 << 20, (True, True)), (50 << 30, (True, False))],
)
def test_a_disk_that_fills_up_is_told_before_and_fails_when_it_is_full(
    monkeypatch: pytest.MonkeyPatch, free: int, expected: tuple[bool, bool]
) -> None:
    room(monkeypatch, free)
    found = check("disk")
    assert (found.holds, found.warns) == expected
    assert float(metric("disk_free_bytes").rpartition(" ")[2]) == free


def test_a_disk_without_room_for_a_copy_of_the_store_is_told(
    monkeypatch: pytest.MonkeyPatch, home: Any
) -> None:
    with home.store.open("wb") as file:
        file.truncate(3 << 30)
    room(monkeypatch, 4 << 30)
    assert check("disk").warns


def test_a_backup_that_is_overdue_is_told_unless_others_make_them(
    settings: Any, tmp_path: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "None was written" in check("backup").sentence
    assert metric("backup_timestamp_seconds") == ""
    monkeypatch.setattr("fourfold.node.actions.back_up.kind_in_use", lambda: "sqlite")
    settings.HOME.store.touch()
    back_up(tmp_path / "a.backup", "operator")
    assert not check("backup").warns
    assert float(metric("backup_timestamp_seconds").split()[1]) == vitals.last_backup().timestamp()
    vitals.note_backup(clock.now() - 8 * DAY)
    assert check("backup").warns
    set_to(settings, backup_due_days=9)
    assert not check("backup").warns
    set_to(settings, backup_due_days=0)
    assert not check("backup").warns


def test_a_backup_that_failed_is_none(settings: Any, tmp_path: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("fourfold.node.actions.back_up.kind_in_use", lambda: "sqlite")
    settings.HOME.store.write_bytes(b"no database" * 100)
    with pytest.raises(Exception, match="not a database"):
        back_up(tmp_path / "a.backup", "operator")
    assert vitals.last_backup() is None
    assert not (tmp_path / "a.backup").exists()
    assert [each.name for each in tmp_path.iterdir() if each.name.startswith("backup-")] == []


def test_a_node_that_nobody_serves_is_told_where_it_should_collect(
    settings: Any, other: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "is the node served?" in check("collecting").sentence
    vitals.note_collection()
    assert not check("collecting").warns
    assert metric("collecting_timestamp_seconds")
    later = clock.now() + timedelta(seconds=7 * settings.NODE.sync_seconds)
    monkeypatch.setattr(clock, "now", lambda: later)
    assert check("collecting").warns
    vitals._collection_file().write_bytes(b"")  # as 0.3.0 noted it: by the file's own time
    assert "is the node served?" in check("collecting").sentence
    set_to(settings, sync_seconds=0)
    assert not check("collecting").warns


def test_a_counterpart_that_does_not_answer_is_told_with_since_when(other: Any) -> None:
    models.Peer.objects.update(last_error="Connection refused.")
    assert "Other never succeeded: Connection refused." in check("collections").sentence
    models.Peer.objects.update(last_pulled=clock.now() - DAY)
    found = check("collections")
    assert (found.holds, found.warns) == (True, True)
    assert "Other last succeeded on" in found.sentence


def countersigned(other: Any, offset: timedelta, size: int = 1) -> None:
    """The counterpart countersigned its log, its clock that much ahead."""
    log = ledger.log_of(other.peer)
    ledger.append(log, bytes(32))
    row = ledger.checkpoint(log, node_signer())
    now = clock.now()
    models.Checkpoint.objects.filter(pk=row.pk).update(cosigned=now, cosigned_at_peer=now + offset)


@pytest.mark.parametrize(
    ("seconds", "told"), [(0, ""), (50, ""), (90, "90 seconds ahead of"), (-90, "90 seconds behind")]
)
def test_a_clock_that_differs_is_told(other: Any, seconds: int, told: str) -> None:
    countersigned(other, timedelta(seconds=seconds))
    found = vitals.clock_offsets()["Other"].total_seconds()
    assert found == pytest.approx(seconds)
    sentence = check("clocks").sentence
    assert (told or "No counterpart's clock") in sentence
    assert f'clock_offset_seconds{{peer="Other"}} {float(seconds)}' in metric("clock_offset_seconds")


def test_a_countersignature_that_came_late_is_no_clock_that_is_behind(other: Any) -> None:
    countersigned(other, timedelta(hours=-3))
    countersigned(other, timedelta(seconds=-2))
    assert not check("clocks").warns


def test_a_counterpart_that_does_not_countersign_is_told_after_a_day(
    other: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    ledger.append(ledger.log_of(other.peer), bytes(32))
    assert not check("countersignatures").warns
    later = clock.now() + 2 * DAY
    monkeypatch.setattr(clock, "now", lambda: later)
    assert "Other has not countersigned its log since" in check("countersignatures").sentence
    countersigned(other, timedelta())
    assert not check("countersignatures").warns


def test_a_withdrawal_that_waits_for_long_is_told(
    other: Any, agreed: Any, incident: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = release_record(incident().record, other.peer, "analyst")
    hand_out(other.peer, [made.pk])
    withdraw(made.release_id, "a mistake", "analyst")
    assert not check("withdrawals").warns
    assert 'peer="Other"' in metric("withdrawal_awaited_timestamp_seconds")
    later = clock.now() + 8 * DAY
    monkeypatch.setattr(clock, "now", lambda: later)
    assert "A withdrawal waits for Other since" in check("withdrawals").sentence
    models.Release.objects.update(state="withdrawal-confirmed")
    assert not check("withdrawals").warns


def test_keys_and_tokens_that_lapse_soon_are_told(other: Any, agreed: Any, monkeypatch: Any) -> None:
    add_client(NewClient("Feed", days=60), "operator")
    assert not check("lapsing").warns
    now = clock.now()
    monkeypatch.setattr(clock, "now", lambda: now + 40 * DAY)
    assert "The token of the client Feed counts until" in check("lapsing").sentence
    assert "node key" not in check("lapsing").sentence
    assert not check("delegation").warns
    monkeypatch.setattr(clock, "now", lambda: now + 340 * DAY)
    assert "The node key of Other is delegated until" in check("lapsing").sentence
    assert check("delegation").warns
    assert 'client="Feed"' in metric("client_token_ends_timestamp_seconds")
    assert 'peer="Other"' in metric("peer_delegation_ends_timestamp_seconds")
