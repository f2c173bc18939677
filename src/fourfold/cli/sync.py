"""`fourfold sync`: fetching what others have released."""

import typer

from fourfold.cli.node_session import HomeOption, PeerOption, open_node, peer_named, tell
from fourfold.cli.output import Format, FormatOption

app = typer.Typer(add_completion=False, rich_markup_mode=None)


@app.command()
def sync(home: HomeOption = None, peer: PeerOption = None, output: FormatOption = Format.TEXT) -> None:
    """Collect what was released to you: verify, store, receipt; then check and countersign the logs.

    Repeating it changes nothing. Exit status 1 if a counterpart is not reached, or its log does not hold.

    Example: fourfold sync --home ~/aisi
    """
    open_node(home)
    from fourfold.node.actions.sync import sync as collect
    from fourfold.node.queries.syncs import as_row, in_words

    done = collect(None if peer is None else (peer_named(peer),))
    tell(
        output, [as_row(each) for each in done], [in_words(each) for each in done] or ["No counterpart yet."]
    )
    raise typer.Exit(1 if any(each.problem for each in done) else 0)
