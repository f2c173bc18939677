"""`fourfold evidence`: writing the evidence to files that anybody can check."""

from pathlib import Path
from typing import Annotated

import typer

from fourfold.cli.node_session import ActorOption, HomeOption, PeerOption, acting, open_node, peer_named, tell
from fourfold.cli.output import Format, FormatOption
from fourfold.cli.part import part

app = part()


@app.callback()
def evidence() -> None:
    """Write the evidence to files that anybody can check with `fourfold verify`, years later."""


@app.command()
def export(
    folder: Annotated[Path, typer.Argument(help="Where to write the files.")],
    home: HomeOption = None,
    peer: PeerOption = None,
    actor: ActorOption = None,
    output: FormatOption = Format.TEXT,
) -> None:
    """Write agreements, objects, receipts, logs and proofs of what was exchanged with a counterpart.

    Example: fourfold evidence export evidence/, then fourfold verify evidence/*.json
    """
    open_node(home)
    from fourfold.node.actions.export_evidence import export_evidence

    names = export_evidence(peer_named(peer), folder, acting(actor))
    tell(output, {"folder": str(folder), "files": list(names)}, [f"{len(names)} files in {folder}"])
