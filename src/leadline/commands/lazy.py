"""A group whose commands stand in a table and are imported when one is called, so that help costs next to nothing."""

import difflib
import importlib
import itertools
import os
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

import click
from click.shell_completion import CompletionItem

from leadline.commands.examples import EXAMPLES
from leadline.errors import UsageError

COMPLETE = "_LEADLINE_COMPLETE"
"""The environment variable by which a shell asks for completions; `leadline completion SHELL` prints how."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One command of a table: its name, where it stands (``module:attribute`` of this package), what it does.

    `says` is the first sentence of the command's own help; a test holds the two equal.
    """

    name: str
    place: str
    says: str


class Table(click.Group):
    """A group over a table of entries and of further groups, listed under headings in the order of the work."""

    def __init__(
        self, name: str, says: str, sections: Mapping[str, tuple["Entry | Table", ...]], path: str = ""
    ) -> None:
        settings = {"help_option_names": ["-h", "--help"], "max_content_width": 110}
        super().__init__(name, help=says, context_settings=settings)
        self.sections = sections
        self.path = path
        """The words after ``leadline`` that lead here, each followed by a blank."""
        self._rows: dict[str, Entry | Table] = {str(row.name): row for rows in sections.values() for row in rows}

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 click's own signature
        """Names in the order of the table."""
        return list(self._rows)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command of a name, imported now, with its examples below its help; None when there is none."""
        row = self._rows.get(cmd_name)
        if row is None or isinstance(row, Table):
            return row or super().get_command(ctx, cmd_name)
        module, _, attribute = row.place.partition(":")
        command: click.Command = getattr(importlib.import_module(f"leadline.commands.{module}"), attribute)
        if lines := EXAMPLES.get(self.path + cmd_name):
            command.epilog = "\b\nExample:\n" + "\n".join(f"  {line}" for line in lines)
        return command

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """The arguments left to parse; UsageError when one is an option and the name of a file that lies here."""
        if ctx.parent is None:
            refuse_names_as_options(args)
        return super().parse_args(ctx, args)

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """The command that `args` begin with; for a name there is none of, the error says which were meant."""
        if args and not args[0].startswith("-") and self.get_command(ctx, args[0]) is None:
            near = difflib.get_close_matches(args[0], self._rows, n=3) or self._elsewhere(args[0])
            meant = f" Did you mean {' or '.join(near)}?" if near else ""
            ctx.fail(f"No such command {args[0]!r}.{meant}")
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        """Writes each section with its commands and the whole sentence of each."""
        for heading, rows in self.sections.items():
            with formatter.section(heading):
                formatter.write_dl([(str(row.name), _says(row)) for row in rows])

    def shell_complete(self, ctx: click.Context, incomplete: str) -> list[CompletionItem]:
        """Names that begin so, with their sentences, without importing one."""
        found = [CompletionItem(n, help=_says(r)) for n, r in self._rows.items() if n.startswith(incomplete)]
        return [*found, *click.Command.shell_complete(self, ctx, incomplete)]

    def entries(self) -> Iterator[tuple[str, Entry]]:
        """(words after ``leadline``, entry) of everything that can be run, in the order of the help."""
        for name, row in self._rows.items():
            if isinstance(row, Table):
                yield from row.entries()
            else:
                yield self.path + name, row

    def leaves(self) -> Iterator[tuple[str, click.Command]]:
        """(words after ``leadline``, command) of everything that can be run; this imports them all."""
        for name, row in self._rows.items():
            if isinstance(row, Table):
                yield from row.leaves()
            elif command := self.get_command(click.Context(self), name):
                yield self.path + name, command

    def _elsewhere(self, word: str) -> list[str]:
        """Whole spellings of commands below the groups of this one whose last word is `word`, or else near it."""
        names = {entry.name for _, entry in self.entries()}
        near = [word] if word in names else difflib.get_close_matches(word, names, n=1)
        return [words for words, entry in self.entries() if entry.name in near]


def refuse_names_as_options(arguments: Iterable[str]) -> None:
    """UsageError when an option is also the name of something in the working directory, as ``*`` would write it.

    A seized file may be called ``--map=x`` or ``-h``: a shell that expands ``*`` hands it over as an option.
    """
    for argument in itertools.takewhile(lambda a: a != "--", arguments):
        if argument.startswith("-") and os.path.lexists(argument):
            raise UsageError(
                "an option and the name of a file that lies here",
                where=argument,
                remedy="write ./* instead of *, or -- before the files; if the option is meant, call from elsewhere",
            )


def _says(row: Entry | Table) -> str:
    return row.says if isinstance(row, Entry) else (row.help or "").partition("\n")[0]
