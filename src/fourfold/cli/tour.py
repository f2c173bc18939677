"""`fourfold tour`: the whole path on two nodes, without a browser."""

import shutil
import tempfile
import time
from pathlib import Path
from typing import Annotated

import typer

from fourfold.cli.narrator import Narrator

app = typer.Typer(add_completion=False, rich_markup_mode=None)


@app.command()
def tour(
    folder: Annotated[
        Path | None, typer.Option("--folder", help="Where to keep the nodes; else a folder that is removed.")
    ] = None,
) -> None:
    """Two institutions, two nodes, the whole path: each step with its proof; exit status 1 if one fails.

    Decide a level, agree it, share a real incident with a field withheld, withdraw another, prove it all.
    Everything happens on this machine, in a folder of its own.

    Example: fourfold tour
    """
    from fourfold.demo.tour import tour as take

    place = (folder or Path(tempfile.mkdtemp(prefix="fourfold-tour-"))).resolve()
    narrator, began = Narrator(), time.monotonic()
    try:
        held = take(place, narrator)
        narrator.ended(time.monotonic() - began, held=held)
    finally:
        if folder is None:
            shutil.rmtree(place, ignore_errors=True)
    raise typer.Exit(0 if held else 1)
