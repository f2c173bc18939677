"""A part of the command line that has commands of its own, such as `plan` or `node`."""

from typing import Any

import typer
from typer.core import TyperGroup

WHOLE_SENTENCE = 1000  # no first sentence of a command is longer


class Part(TyperGroup):
    """A group that lists its commands with whole sentences, and shows its help when called bare."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """A bare call is a question what there is."""
        return super().parse_args(ctx, args or ["--help"])

    def format_commands(self, ctx: Any, formatter: Any) -> None:
        """Each command with its first sentence, wrapped and never cut."""
        commands = [(name, self.get_command(ctx, name)) for name in self.list_commands(ctx)]
        rows = [(name, each.get_short_help_str(WHOLE_SENTENCE)) for name, each in commands if each]
        with formatter.section("Commands"):
            formatter.write_dl(rows)


def part() -> typer.Typer:
    """An empty part, to which a module adds its commands."""
    return typer.Typer(cls=Part, add_completion=False, rich_markup_mode=None)
