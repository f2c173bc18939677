"""Telling the path of two nodes: steps and their proofs, on a terminal or in a pipe."""

from rich.text import Text

from fourfold.canon import printable
from fourfold.cli.output import Page, unicode_shown
from fourfold.demo.path import Step
from fourfold.errors import FourfoldError


class Narrator:
    """Prints each step when it begins and each line of its proof when it holds."""

    def __init__(self) -> None:
        self.page = Page()
        self.good, self.bad = ("\N{CHECK MARK}", "\N{BALLOT X}") if unicode_shown() else ("ok", "FAILED")

    def step(self, number: int, title: str) -> None:
        """A step begins."""
        self.page.line()
        self.page.line(Text(f"{number:>2}  {title}", style="bold"))

    def proof(self, line: str) -> None:
        """One line of its proof; the longer ones wrap under their beginning."""
        told = printable(line)
        depth = len(told) - len(told.lstrip())
        mark = " " * 6 + " " * depth if depth else f"    {self.good} "
        self.page.paragraph(told.strip(), mark=mark, style="dim" if depth else "")

    def failed(self, step: Step, error: FourfoldError) -> None:
        """A step does not hold: which, and why."""
        self.page.paragraph(
            f'Step "{step.name}" does not hold: {error}', mark=f"    {self.bad} ", style="bold red"
        )

    def ended(self, seconds: float, *, held: bool) -> None:
        """The end of the tour."""
        self.page.line()
        told = "Everything holds." if held else "The tour ended at the step above."
        self.page.line(Text(f"{told} ({seconds:.0f} s)", style="bold"))
