"""The tour: the whole path on two real nodes, step by step, each with its proof."""

import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Protocol

from fourfold.demo.path import PATH, Step, hold
from fourfold.demo.stage import Stage, free_ports, set_up
from fourfold.errors import FourfoldError

LETTERS = ('\\"kind\\":\\"incident\\"', '\\"kind\\":\\"incidenT\\"')
"""What is changed in an object, to see that this does not pass."""


class Narrator(Protocol):
    """Tells people what happens."""

    def step(self, number: int, title: str) -> None:
        """A step begins."""

    def proof(self, line: str) -> None:
        """One line of its proof."""

    def failed(self, step: Step, error: FourfoldError) -> None:
        """A step does not hold."""


def walk(stage: Stage, narrator: Narrator, steps: tuple[Step, ...]) -> bool:
    """Take the steps in order; whether all of them hold."""
    for number, step in enumerate(steps, 1):
        narrator.step(number, step.title)
        try:
            for line in step.run(stage):
                narrator.proof(line)
        except FourfoldError as error:
            narrator.failed(step, error)
            return False
    return True


def tour(folder: Path, narrator: Narrator) -> bool:
    """The path in a fresh folder, and the offline checks after it; whether everything holds."""
    stage = set_up(folder, free_ports())
    try:
        return walk(stage, narrator, (*PATH, VERIFY))
    finally:
        stage.stop()


def verify(stage: Stage) -> Iterator[str]:
    """With both nodes stopped, the exported files prove what happened; a changed one does not."""
    folder = stage.folder / "evidence"
    anchors = [side.do("who")["fingerprint"] for side in stage.sides]
    files = [folder / side.holder / name for side in stage.sides for name in _export(stage, side.holder)]
    stage.stop()
    hold(not any(side.alive for side in stage.sides), "A node still runs.")
    started = time.monotonic()
    result = _verify(files, anchors)
    hold(result.returncode == 0, f"The evidence does not hold: {result.stdout}{result.stderr}")
    yield f"{len(files)} files hold with both nodes stopped: objects, agreements, receipts, logs, proofs"
    yield f"  checked in {time.monotonic() - started:.1f} s: fourfold verify {folder}/*/*.json"
    spoilt = _spoil(next(file for file in files if LETTERS[0] in file.read_text(encoding="utf-8")))
    result = _verify([spoilt], anchors)
    hold(result.returncode == 1, "A changed object was accepted.")
    yield "One letter changed in an object: refused."


def _export(stage: Stage, holder: str) -> list[str]:
    side = next(side for side in stage.sides if side.holder == holder)
    return side.do("export", folder=str(stage.folder / "evidence" / holder))


def _verify(files: list[Path], anchors: list[str]) -> subprocess.CompletedProcess[str]:
    trusted = [word for anchor in anchors for word in ("--trust", anchor)]
    command = [sys.executable, "-m", "fourfold.cli", "verify", *trusted, *map(str, files)]
    return subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603  our own command


def _spoil(file: Path) -> Path:
    text = file.read_text(encoding="utf-8")
    spoilt = file.with_name(f"spoilt-{file.name}")
    spoilt.write_text(text.replace(*LETTERS), encoding="utf-8")
    return spoilt


VERIFY = Step("verify", "The evidence holds offline, with both nodes stopped", verify)
