"""`fourfold assessment`: assessing activities with a counterpart."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from fourfold.cli.explain import Explainer
from fourfold.cli.node_session import (
    ActorOption,
    HomeOption,
    OutOption,
    PeerOption,
    acting,
    open_node,
    peer_named,
    read_file,
    table,
    tell,
    write_out,
)
from fourfold.cli.output import Format, FormatOption, Page, print_json
from fourfold.cli.part import part
from fourfold.framework import shipped

if TYPE_CHECKING:
    from fourfold.node.models import Peer

app = part()

ActivityArgument = Annotated[
    list[str] | None, typer.Argument(metavar="[ACTIVITY]...", help="Which; else all that have answers.")
]


@app.callback()
def assessment() -> None:
    """Assess activities together: load your answers, seal them, and reveal them once both have sealed."""


@app.command()
def load(  # noqa: PLR0913, PLR0917  options are parameters in typer
    file: Annotated[Path, typer.Argument(metavar="PLAN", help="A plan file (fourfold plan new).")],
    party: Annotated[str, typer.Option("--party", help="Which institution of the plan you are.")],
    home: HomeOption = None,
    peer: PeerOption = None,
    withhold: Annotated[
        list[str] | None,
        typer.Option("--withhold", metavar="ACTIVITY.SLICE.CRITERION", help="An answer not to be revealed."),
    ] = None,
    actor: ActorOption = None,
    output: FormatOption = Format.TEXT,
) -> None:
    """Store your own answers from a plan file; activities that are sealed stay as they are.

    Example: fourfold assessment load plan.yaml --party AISI --withhold "risk_estimates.base rates.sens"
    """
    open_node(home)
    from fourfold.node.actions.load_answers import load_answers

    given = (read_file(file), str(file), party, peer_named(peer), acting(actor), withhold or ())
    done = load_answers(*given)
    value = {"stored": list(done.stored), "sealed": list(done.sealed)}
    lines = [f"Stored: {', '.join(done.stored) or 'none'}."]
    lines += [f"Sealed before, unchanged: {', '.join(done.sealed)}."] if done.sealed else []
    tell(output, value, lines)


@app.command()
def seal(
    activities: ActivityArgument = None,
    home: HomeOption = None,
    peer: PeerOption = None,
    actor: ActorOption = None,
    output: FormatOption = Format.TEXT,
) -> None:
    """Seal your answers: from now on they cannot change, and the counterpart sees the seal only.

    Example: fourfold assessment seal incident_reporting
    """
    open_node(home)
    from fourfold.node.actions.seal import seal_assessment

    _each(activities, peer, actor, output, seal_assessment)


@app.command()
def reveal(
    activities: ActivityArgument = None,
    home: HomeOption = None,
    peer: PeerOption = None,
    actor: ActorOption = None,
    output: FormatOption = Format.TEXT,
) -> None:
    """Reveal what you sealed; refused until the counterpart's seal is here.

    Example: fourfold assessment reveal incident_reporting
    """
    open_node(home)
    from fourfold.node.actions.reveal import reveal_assessment

    _each(activities, peer, actor, output, reveal_assessment)


@app.command()
def show(
    activity: Annotated[str | None, typer.Argument(help="One activity; else an overview.")] = None,
    home: HomeOption = None,
    peer: PeerOption = None,
    output: FormatOption = Format.TEXT,
) -> None:
    """Show where the assessments stand, or what both sides' answers to one activity come to.

    Example: fourfold assessment show incident_reporting --format json
    """
    open_node(home)
    from fourfold.node import assessing
    from fourfold.node.queries.assessments import found, listed

    if activity is None:
        table(output, listed(peer_named(peer)), ("activity", "state", "seal", "their_seal"), "None yet.")
        return
    made = assessing.joint(found(peer_named(peer), activity))
    if output is Format.JSON:
        print_json(made.to_json())
    else:
        Explainer(Page(), shipped(), full=False).assessment(activity, made)


@app.command()
def agenda(
    activity: Annotated[str | None, typer.Argument(help="One activity; else all.")] = None,
    home: HomeOption = None,
    peer: PeerOption = None,
    out: OutOption = None,
    output: FormatOption = Format.TEXT,
) -> None:
    """Prepare the next meeting: decisive differences, open questions, what is agreed; as Markdown.

    Example: fourfold assessment agenda --out agenda.md
    """
    open_node(home)
    from fourfold.node import answering, clock
    from fourfold.node.agendas import markdown
    from fourfold.node.queries.agenda import agenda_with

    if activity is not None:
        answering.check_activity(activity)
    made = agenda_with(peer_named(peer), clock.now(), activity)
    if output is Format.JSON:
        print_json(made.to_json())
    else:
        write_out(markdown(made).encode(), out)


def _each(
    activities: list[str] | None,
    peer: str | None,
    actor: str | None,
    output: Format,
    act: "Callable[[Peer, str, str], Any]",
) -> None:
    from fourfold.node.queries.assessments import answered, as_row

    other = peer_named(peer)
    rows = [as_row(act(other, activity, acting(actor))) for activity in activities or answered(other)]
    table(output, rows, ("activity", "state", "seal", "their_seal"), "There are no answers yet.")
