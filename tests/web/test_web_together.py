"""The pages of proposals and joint records: what waits for whom, where each stands, how it came about."""

import runpy
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from together_scene import added, answered, begun, proposed, signed, with_closer

from fourfold.node import clock
from fourfold.node.actions.answer_proposal import Said, answer_proposal
from fourfold.node.actions.contribute import contribute
from fourfold.node.actions.sign_joint_record import sign_joint_record
from fourfold.node.recalling import recall
from fourfold.node.web.queries.together import MOVES, STANCES, STATES
from fourfold.protocols import collaboration, coordination
from fourfold.protocols.coordination import Move

SCRIPT = "<script>alert('x')</script>"
Read = Callable[..., Any]


@pytest.fixture
def close(scene: Any) -> Any:
    """The scene, with closer slices agreed as well."""
    return with_closer(scene)


@pytest.fixture(scope="session")
def checked() -> Callable[[Any], None]:
    """What must hold of every page, as the pages' own tests have it."""
    return runpy.run_path(str(Path(__file__).with_name("test_web_pages.py")))["check"]


def test_an_empty_node_says_how_to_begin(scene: Any, read: Read) -> None:
    words = read("/together/").words
    assert "fourfold proposal new --help" in words
    assert "fourfold joint new --help" in words
    del scene


def test_a_proposal_shows_its_limbs_who_has_answered_and_what_is_due(close: Any, read: Read) -> None:
    row = proposed(close)
    page = read(f"/together/{row.digest}/")
    rows = [[cell.words for cell in each.find("th", "td")] for each in next(page.find("tbody")).find("tr")]
    assert rows[0] == ["death of a person", "broad", "harm to health", "Serious?"]
    assert rows[1][1:3] == ["none", "no counterpart"]
    assert f"{close.other.name} to answer" in read("/together/").words
    answered(close, row, Move.ACCEPT)
    words = read(f"/together/{row.digest}/").words
    assert "accepted by all" in words
    assert "It waits for you to commit to it." in words
    assert f"fourfold proposal commit {row.digest[:19]}" in words
    assert "1 of them waits for you." in read("/together/").words
    answer_proposal(row, Said(Move.COMMIT), "analyst")
    assert "you to do it, and report it done" in read("/together/").words
    answer_proposal(row, Said(Move.FINISH), "analyst")
    assert "waits for you." not in read("/together/").words


def test_a_step_that_breaks_a_rule_is_shown_with_the_reason(close: Any, read: Read) -> None:
    row = proposed(close)
    answered(close, row, Move.WITHDRAW, note="Ours now.")
    words = read(f"/together/{row.digest}/").words
    assert "Does not count: Proposal: 'withdraw' is not possible" in words
    assert "proposed, answers are awaited" in words


def test_a_joint_record_shows_sides_side_by_side_and_whose_signature_stands(close: Any, read: Read) -> None:
    row = begun(close)
    added(close, row)
    page = read(f"/together/{row.digest}/").words
    assert close.me.name in page
    assert "grave" in page
    assert "EU AI Office, UK AI Security Institute" in page
    assert "It waits for you to sign." in page
    sign_joint_record(row, None, "analyst")
    signed(close, row)
    assert "signed by all, not yet published" in read(f"/together/{row.digest}/").words
    assert "2 of 2, revision 2" in read("/together/").words
    contribute(row, {"remark": "More."}, None, (), "analyst")
    page = read(f"/together/{row.digest}/").words
    assert "that signature is void" in page
    assert "0 of 2, revision 3" in read("/together/").words


def test_what_was_recalled_shows_no_content(close: Any, read: Read) -> None:
    row = proposed(close, title="Secret title")
    recall([row], clock.now())
    for path in ("/together/", f"/together/{row.digest}/"):
        words = read(path).words
        assert "Secret title" not in words
        assert "recalled by a party" in words


def test_every_page_is_well_formed_with_hostile_content(
    close: Any, read: Read, web: Any, checked: Any
) -> None:
    row = proposed(close, title=SCRIPT, rows=[{"first": SCRIPT, "relation": "none", "note": SCRIPT}])
    entry = begun(close, title=SCRIPT, remark=SCRIPT)
    added(close, entry)
    for path in ("/together/", f"/together/{row.digest}/", f"/together/{entry.digest}/"):
        assert "<script" not in web.get(path).content.decode()
        checked(read(path))


def test_another_id_or_a_part_of_one_is_not_found(close: Any, web: Any) -> None:
    row = proposed(close)
    for digest in (row.digest[:30], "sha256:" + 64 * "0", "x", "%00", "%25"):
        assert web.get(f"/together/{digest}/").status_code == 404


def test_the_pages_need_a_sign_in_where_the_node_is_closed(close: Any, web: Any, settings: Any) -> None:
    row = proposed(close)
    settings.NODE = replace(settings.NODE, demo=False)
    for path in ("/together/", f"/together/{row.digest}/"):
        answer = web.get(path)
        assert (answer.status_code, "/sign-in/" in answer.headers.get("Location", "")) == (302, True)


def test_every_state_and_move_has_words() -> None:
    assert {*coordination.State, *collaboration.State} <= {*STATES}
    assert {*coordination.Stance, *collaboration.Stance} <= {*STANCES}
    for expected in (Move.ACCEPT, Move.COMMIT, Move.FINISH, *list(collaboration.Move)[:3]):
        assert expected in MOVES
