"""`fourfold verify`: what evidence files prove, with no node and no network."""

from pathlib import Path
from typing import Annotated

import typer

from fourfold.cli.output import Format, FormatOption, Page, cannot, print_json, unicode_shown
from fourfold.errors import InputError
from fourfold.exchange.evidence import Check, Outcome, outcome, verify_evidence
from fourfold.exchange.evidence.items import MAX_EVIDENCE_BYTES

app = typer.Typer(add_completion=False, rich_markup_mode=None)

SIGNS = {Outcome.HOLDS: "\N{CHECK MARK}", Outcome.FAILS: "\N{BALLOT X}", Outcome.OPEN: "?"}
WORDS = {Outcome.HOLDS: "ok    ", Outcome.FAILS: "FAILS ", Outcome.OPEN: "open  "}


@app.command()
def verify(
    files: Annotated[list[str], typer.Argument(metavar="FILE...", help="Evidence files.")],
    trust: Annotated[
        list[str] | None,
        typer.Option("--trust", metavar="FINGERPRINT", help="As an institution's people gave it to you."),
    ] = None,
    output: FormatOption = Format.TEXT,
) -> None:
    """Check objects, agreements, receipts, logs and proofs; files given together are checked together.

    Needs no node, no network and no keys. Exit status 0: everything that can be checked holds; 1: something
    does not; 2: a file is no evidence.

    Example: fourfold verify evidence/*.json --trust "0f1e 2d3c 4b5a 6978 8796 a5b4 c3d2 e1f0"
    """
    checks = verify_evidence({name: _read(name) for name in files}, frozenset(trust or ()))
    if output is Format.JSON:
        print_json([_as_json(check) for check in checks])
    else:
        _print(checks)
    raise typer.Exit(0 if outcome(checks) is Outcome.HOLDS else 1)


def _read(name: str) -> bytes:
    try:
        with Path(name).open("rb") as file:
            return file.read(MAX_EVIDENCE_BYTES + 1)
    except OSError as error:
        raise InputError([cannot("read", name, error)]) from error


def _as_json(check: Check) -> dict[str, str]:
    return {
        "file": check.file,
        "check": check.name,
        "outcome": check.outcome.value,
        "sentence": check.sentence,
    }


def _print(checks: tuple[Check, ...]) -> None:
    page, signs = Page(), SIGNS if unicode_shown() else WORDS
    for file in dict.fromkeys(check.file for check in checks):
        page.line()
        page.heading(file)
        for check in checks:
            if check.file == file:
                page.paragraph(f"{check.name}: {check.sentence}", mark=f"  {signs[check.outcome]} ")
    page.line()
    failed = sum(check.outcome is Outcome.FAILS for check in checks)
    undecided = sum(check.outcome is Outcome.OPEN for check in checks)
    page.line(f"{len(checks)} checks: {failed} fail, {undecided} cannot be decided from these files.")
