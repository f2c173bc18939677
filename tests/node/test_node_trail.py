"""The trail and the logs: what happened cannot be changed unseen."""

from pathlib import Path
from typing import Any

import pytest

import fourfold.node
from fourfold.log import Stored, prove_inclusion, verify_inclusion
from fourfold.node import clock, ledger, models, trail
from fourfold.node.actions.check_log import check_logs
from fourfold.node.keys import node_signer

SOURCE = Path(fourfold.node.__file__).parent


def problems() -> list[str]:
    return [each.problem for each in check_logs() if each.problem]


@pytest.fixture
def events(me: Any) -> list[models.Event]:
    del me
    return [trail.note(models.Tag.RECORD_ADDED, clock.now(), subject=f"record--{n}") for n in range(7)]


def test_every_event_is_sealed_into_the_private_log(events: list[models.Event]) -> None:
    log = ledger.private_log()
    assert log.size == len(events)
    assert problems() == []


@pytest.mark.parametrize("field", ["tag", "actor", "subject", "reason", "salt"])
def test_an_event_that_was_changed_is_found(events: list[models.Event], field: str) -> None:
    models.Event.objects.filter(pk=events[3].pk).update(**{field: "something"})
    assert "was changed" in problems()[0]


def test_a_leaf_that_was_changed_or_removed_is_found(events: list[models.Event]) -> None:
    del events
    models.Leaf.objects.filter(index=2).update(hash=b"\0" * 32)
    assert len(problems()) == 1
    models.Leaf.objects.filter(index__gte=5).delete()
    assert len(problems()) == 1


def test_stored_nodes_give_the_same_proofs_as_the_leaves(events: list[models.Event]) -> None:
    log = ledger.private_log()
    leaves = [bytes(leaf) for leaf in log.leaves.order_by("index").values_list("hash", flat=True)]
    root = ledger.state(log).root
    for index in range(len(events)):
        proof = prove_inclusion(lambda places: ledger.read_nodes(log, places), index, log.size)
        assert proof == prove_inclusion(Stored.of(leaves), index, log.size)
        verify_inclusion(leaves[index], index, log.size, proof, root)


def test_a_checkpoint_is_signed_once_for_each_size(events: list[models.Event]) -> None:
    del events
    log = ledger.private_log()
    first = ledger.checkpoint(log, node_signer())
    assert ledger.checkpoint(log, node_signer()).pk == first.pk
    trail.note(models.Tag.RECORD_ADDED, clock.now())
    assert ledger.checkpoint(log, node_signer()).size == first.size + 1


@pytest.mark.parametrize("tag", list(models.Tag))
def test_every_word_of_the_trail_is_used_somewhere(tag: models.Tag) -> None:
    used = f"Tag.{tag.name}"
    assert any(used in file.read_text() for file in SOURCE.rglob("*.py"))
