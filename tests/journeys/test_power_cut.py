"""Every process of both nodes is killed anywhere on the path; walking on leads to the same end.

The short form kills each of the four processes once on one walk. `make soak` sets FOURFOLD_SOAK to a number
and kills one process on each walk: that many times, spread over all that it writes, before a write and after
a commit.
"""

import itertools
import os
import random
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from fourfold.demo.path import PATH
from fourfold.demo.stage import NodeGoneError, Side, Stage, command, free_ports, set_up
from fourfold.errors import ExchangeError, RefusedError

pytestmark = pytest.mark.slow

HOOK = Path(__file__).parent / "power_cut"
NEVER = 10**9
PROCESSES = tuple(itertools.product(("home", "abroad"), ("operator", "server")))
SOAK = int(os.environ.get("FOURFOLD_SOAK", "0"))

Process = tuple[str, str]
Databases = Callable[[], str]
INTERRUPTED = (NodeGoneError, ExchangeError, RefusedError)


@dataclass(frozen=True)
class Cut:
    """Where the power of a process goes: before a write, or after the commit that makes it last."""

    at: int = NEVER
    when: str = "before"


class PowerCuts:
    """Counts the writes of every process; lets some of them run into their ends at a write, once each."""

    def __init__(self, folder: Path, cuts: Mapping[Process, Cut] | None = None) -> None:
        self.folder, self.cuts = folder, dict(cuts or {})

    def __call__(self, side: Side, role: str) -> list[str]:
        who = (side.holder, role)
        cut = self.cuts.get(who, Cut())
        hook = [
            f"PYTHONPATH={HOOK}",
            f"POWER_CUT_AT={cut.at}",
            f"POWER_CUT_WHEN={cut.when}",
            f"POWER_CUT_TALLY={self.tally(who)}",
            f"POWER_CUT_STORE={'postgresql' if side.database else 'sqlite'}",
        ]
        return ["env", *hook, *command(side, role)]

    def tally(self, who: Process) -> Path:
        return self.folder / "-".join(who)

    def writes(self, who: Process) -> int:
        return self.tally(who).stat().st_size

    def all_happened(self) -> bool:
        return all(self.writes(who) >= cut.at for who, cut in self.cuts.items())


@contextmanager
def staged(folder: Path, cuts: PowerCuts, own_database: Databases) -> Iterator[Stage]:
    stage = set_up(folder, free_ports(), launcher=cuts)
    for side in stage.sides:
        side.database = own_database()
    try:
        yield stage
    finally:
        for side in stage.sides:
            side.kill()
        stage.stop()


def walk(stage: Stage) -> None:
    for step in PATH:
        for _ in step.run(stage):
            pass


def walk_through(stage: Stage, most: int) -> int:
    """Walk until nothing interrupts any more; how often something did."""
    for interrupted in range(most + 1):
        try:
            walk(stage)
        except INTERRUPTED:
            continue
        return interrupted
    pytest.fail("The path is interrupted by more than the power.")


def end_state(stage: Stage) -> dict[str, object]:
    return {
        side.holder: (
            side.do("counts"),
            sorted((item["kind"], item["version"], item["state"]) for item in side.do("received")),
            [(log["size"], log["cosigned_size"], log["problem"]) for log in side.do("logs") if log["peer"]],
        )
        for side in stage.sides
    }


@pytest.fixture(scope="module")
def undisturbed(
    tmp_path_factory: pytest.TempPathFactory, own_database: Databases
) -> tuple[dict[str, object], dict[Process, int]]:
    """The end of an undisturbed walk, and the writes that each process makes on it."""
    folder = tmp_path_factory.mktemp("undisturbed")
    cuts = PowerCuts(folder)
    with staged(folder, cuts, own_database) as stage:
        walk(stage)
        return end_state(stage), {who: cuts.writes(who) for who in PROCESSES}


def test_two_nodes_of_which_every_process_loses_power_once_reach_the_same_end(
    tmp_path: Path, undisturbed: tuple[dict[str, object], dict[Process, int]], own_database: Databases
):
    end, writes = undisturbed
    moments = zip(PROCESSES, (0.2, 0.45, 0.6, 0.8), ("before", "after", "after", "before"), strict=True)
    cuts = PowerCuts(tmp_path, {who: Cut(int(writes[who] * part), when) for who, part, when in moments})
    assert all(cut.at > 5 for cut in cuts.cuts.values())
    with staged(tmp_path, cuts, own_database) as stage:
        assert walk_through(stage, most=len(PROCESSES)) >= 2
        assert cuts.all_happened()
        assert end_state(stage) == end


if SOAK:  # else there is no such test, and so none that is skipped

    @pytest.mark.parametrize("number", range(SOAK))
    @pytest.mark.parametrize("when", ["before", "after"])
    @pytest.mark.parametrize("process", PROCESSES, ids="-".join)
    def test_a_process_that_loses_power_anywhere_changes_nothing_of_the_end(
        tmp_path: Path,
        undisturbed: tuple[dict[str, object], dict[Process, int]],
        own_database: Databases,
        process: Process,
        when: str,
        number: int,
    ):
        end, writes = undisturbed
        stretch = writes[process] / SOAK
        at = max(1, int((number + random.random()) * stretch))
        cuts = PowerCuts(tmp_path, {process: Cut(at, when)})
        with staged(tmp_path, cuts, own_database) as stage:
            walk_through(stage, most=1)
            assert cuts.all_happened(), f"{process} made fewer than {at} writes"
            assert end_state(stage) == end, f"{process}, {when} write {at} of {writes[process]}"
