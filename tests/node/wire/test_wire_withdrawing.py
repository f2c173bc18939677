"""A third-party client cannot confirm a withdrawal: it is told, and that is shown; nobody waits for ever."""

from datetime import timedelta

import pytest

from fourfold.node import clock, models
from fourfold.node.actions.apply_retention import apply_retention
from fourfold.node.actions.revoke_client import revoke_client
from fourfold.node.actions.withdraw import withdraw
from fourfold.node.operating.metrics import exposition
from fourfold.node.queries.releases import as_row, listed
from fourfold.node.web.queries.listing import Asked
from fourfold.node.web.queries.releases import release_view, releases_view
from fourfold.node.withdrawing import AWAITED, SETTLED, with_standing

RULES = """
schema: fourfold.retention/1
rules:
  - {what: kept, kind: incident, at_most_days: 10}
"""
pytestmark = pytest.mark.usefixtures("counterpart")


def standing(row):
    return as_row(models.Release.objects.get(pk=row.release_id))["state"]


def collected(third):
    third.objects()
    return models.ReleaseVersion.objects.filter(peer=third.peer).exclude(first_sent=None).count()


def test_what_was_never_collected_needs_no_answer(let_in, offered):
    row = offered(let_in())
    withdraw(row.release_id, "a mistake", "tester")
    assert standing(row) == "withdrawal-not-held"


def test_a_client_is_told_when_it_polls_and_that_is_as_far_as_it_goes(let_in, offered):
    third = let_in()
    row = offered(third)
    assert collected(third) == 1
    assert standing(row) == "delivered"
    withdraw(row.release_id, "a mistake", "tester")
    assert standing(row) == "withdrawal-not-told"
    assert collected(third) == 2
    assert standing(row) == "withdrawal-told"
    found = with_standing(models.Release.objects, clock.now()).get(pk=row.release_id)
    assert found.told == models.ReleaseVersion.objects.get(release=row.release_id, revoked=True).first_sent


@pytest.mark.parametrize("ending", ["revoked", "expired"])
def test_a_client_whose_token_ended_before_it_was_told_never_will_be(let_in, offered, monkeypatch, ending):
    third = let_in()
    row = offered(third)
    collected(third)
    withdraw(row.release_id, "a mistake", "tester")
    if ending == "revoked":
        revoke_client(third.added.client, "operator")
    else:
        later = third.added.client.expires + timedelta(seconds=1)
        monkeypatch.setattr(clock, "now", lambda: later)
    assert standing(row) == "withdrawal-unreachable"


def test_the_withdrawal_of_a_counterparts_is_awaited_as_ever(counterpart, let_in, share):
    let_in()
    row = share(counterpart)
    models.ReleaseVersion.objects.update(first_sent=clock.now())
    withdraw(row.release_id, "a mistake", "tester")
    models.ReleaseVersion.objects.update(first_sent=clock.now())
    assert standing(row) == "withdrawal-pending"
    assert not set(AWAITED) & set(SETTLED)


def test_a_record_that_a_client_had_is_destroyed_once_no_answer_can_come(
    let_in, offered, settings, own, tmp_path, monkeypatch
):
    settings.HOME = type(own[0])(tmp_path)
    (tmp_path / "keys").symlink_to(own[0].keys)
    (tmp_path / "retention.yaml").write_text(RULES)
    third, real = let_in(), clock.now
    row = offered(third)
    collected(third)
    monkeypatch.setattr(clock, "now", lambda: real() + timedelta(days=11))

    def kept():
        return [reason for each, reason in apply_retention("records manager").kept]

    assert kept() == ["it is still released to Feed: withdraw it there first, and wait for the answer"]
    withdraw(row.release_id, "its time is over", "records manager")
    assert len(kept()) == 1
    collected(third)
    assert kept() == []
    assert models.RecordVersion.objects.get(record=row.source.record).destroyed is not None


def test_pages_lists_and_metrics_show_it_apart_from_what_is_pending(let_in, offered):
    third = let_in()
    row, other = offered(third), offered(third, title="Another")
    collected(third)
    withdraw(row.release_id, "a mistake", "tester")
    withdraw(other.release_id, "a mistake", "tester")
    collected(third)
    told = exposition().decode()
    assert 'fourfold_releases{peer="Feed",state="withdrawal-told"} 2.0' in told
    assert "withdrawal-pending" not in told
    assert [each["state"] for each in listed()] == ["withdrawal-told", "withdrawal-told"]
    assert "cannot answer" in str(release_view(row.release_id).state.word)
    for state, count in (("withdrawal-told", 2), ("withdrawal-pending", 0)):
        assert len(releases_view(Asked("/releases/", {"state": state})).rows) == count
