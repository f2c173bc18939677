"""Either process of either node is killed anywhere on the path; walking on leads to the same end."""

import itertools
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from fourfold.demo.path import PATH
from fourfold.demo.stage import NodeGoneError, Side, Stage, command, free_ports, set_up
from fourfold.errors import ExchangeError, RefusedError

pytestmark = pytest.mark.slow

HOOK = Path(__file__).parent / "power_cut"
NEVER = 10**9
PROCESSES = [(holder, role) for holder in ("home", "abroad") for role in ("operator", "server")]
MOMENTS = (0.15, 0.5, 0.85)


class PowerCut:
    """Counts the writes of every process; lets one of them run into its end at a write, once."""

    def __init__(self, folder: Path, target: tuple[str, str] | None = None, at: int = NEVER) -> None:
        self.folder, self.target, self.at = folder, target, at

    def __call__(self, side: Side, role: str) -> list[str]:
        who = (side.holder, role)
        hook = [
            f"PYTHONPATH={HOOK}",
            f"POWER_CUT_AT={self.at if who == self.target else NEVER}",
            f"POWER_CUT_TALLY={self.tally(who)}",
        ]
        return ["env", *hook, *command(side, role)]

    def tally(self, who: tuple[str, str]) -> Path:
        return self.folder / "-".join(who)

    def writes(self, who: tuple[str, str]) -> int:
        return self.tally(who).stat().st_size


@contextmanager
def staged(folder: Path, cut: PowerCut) -> Iterator[Stage]:
    stage = set_up(folder, free_ports(), launcher=cut)
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
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> tuple[dict[str, object], dict[tuple, int]]:
    """The end of an undisturbed walk, and the writes that each process makes on it."""
    folder = tmp_path_factory.mktemp("undisturbed")
    cut = PowerCut(folder)
    with staged(folder, cut) as stage:
        walk(stage)
        return end_state(stage), {who: cut.writes(who) for who in PROCESSES}


@pytest.mark.parametrize(("process", "moment"), list(itertools.product(PROCESSES, MOMENTS)))
def test_a_node_that_loses_power_anywhere_reaches_the_same_end(
    tmp_path: Path, undisturbed: tuple[dict[str, object], dict[tuple, int]], process: tuple, moment: float
):
    end, writes = undisturbed
    assert writes[process] > 20
    cut = PowerCut(tmp_path, process, at=int(writes[process] * moment))
    with staged(tmp_path, cut) as stage:
        with pytest.raises((NodeGoneError, ExchangeError, RefusedError)):
            walk(stage)
        assert cut.writes(process) >= cut.at
        walk(stage)
        assert end_state(stage) == end
