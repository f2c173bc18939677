"""The demonstration: two nodes that stay, the path done, the browser next."""

import shutil
import signal
import time
from collections.abc import Iterator
from pathlib import Path
from types import FrameType
from typing import NoReturn

from fourfold.demo.path import PATH, Step, record_of
from fourfold.demo.stage import NodeGoneError, Stage, set_up
from fourfold.demo.tour import Narrator, walk
from fourfold.errors import RefusedError
from fourfold.node.home import Home

PORTS = (8471, 8472)
SYNC_SECONDS = 5
WALKED = "path-done"
MORE = (("home", "detroit"), ("home", "bereavement"), ("abroad", "robotaxi"))
"""What else is released, so that every page has something to show."""


def prepare(folder: Path, ports: tuple[int, int], narrator: Narrator, *, fresh: bool) -> Stage | None:
    """The two nodes, serving, with the path done; None where a step did not hold.

    A demonstration that was there goes on as it was left; `fresh` begins anew.

    Raises:
        RefusedError: the folder holds something else, or a port is taken.
    """
    _check(folder)
    if fresh:
        shutil.rmtree(folder, ignore_errors=True)
    stage = set_up(folder, ports, demo=True, sync_seconds=SYNC_SECONDS)
    try:
        done = _resume(stage) if (folder / WALKED).exists() else walk(stage, narrator, (*PATH, RELEASE_MORE))
    except BaseException:
        stage.stop()
        raise
    if not done:
        stage.stop()
        return None
    (folder / WALKED).touch()
    for side in stage.sides:
        side.dismiss()
    return stage


def run(stage: Stage) -> None:
    """Let both nodes serve until Ctrl-C or SIGTERM.

    Raises:
        NodeGoneError: one of them ended by itself.
    """
    signal.signal(signal.SIGTERM, _interrupt)
    try:
        while all(side.alive for side in stage.sides):
            time.sleep(0.5)
        gone = ", ".join(side.name for side in stage.sides if not side.alive)
        raise NodeGoneError(f"The server of {gone} ended. See server.log in its folder.")
    except KeyboardInterrupt:
        pass
    finally:
        stage.stop()


def release_more(stage: Stage) -> Iterator[str]:
    """Some more incidents are released, for the pages."""
    sides = {side.holder: side for side in stage.sides}
    for holder, key in MORE:
        sides[holder].do("release", record=record_of(sides[holder], key))
        yield f"{sides[holder].name}: {key}"
    for side in (*stage.sides, *stage.sides):
        side.do("collect")


def _resume(stage: Stage) -> bool:
    for side in stage.sides:
        side.start()
    return True


def _check(folder: Path) -> None:
    """Never take, and never remove, a folder that is no demonstration's."""
    if not folder.is_dir() or not any(folder.iterdir()):
        return
    if not Home(folder / "home").exists() and not (folder / "passphrases").is_dir():
        raise RefusedError(f"{folder} holds something else. Choose another folder with --folder.")


def _interrupt(_signal: int, _frame: FrameType | None) -> NoReturn:
    raise KeyboardInterrupt


RELEASE_MORE = Step("release_more", "Some more incidents are released, for the pages", release_more)
