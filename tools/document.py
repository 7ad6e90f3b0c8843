"""Writes docs/model.md from the model and docs/commands.md from the commands: python tools/document.py

A test fails when a file and the code differ, so that nothing stays undocumented.
"""

import inspect
from pathlib import Path

import click

from leadline.commands.examples import EXAMPLES
from leadline.commands.key import PASSWORD
from leadline.commands.names import CLI
from leadline.commands.terminal import TRACEBACK
from leadline.engines.media import photodna_slot
from leadline.engines.media.ffmpeg import SETTING as FFMPEG
from leadline.engines.media.photodna_slot import SETTING as PHOTODNA
from leadline.model import evidence, findings, locators, refs, times
from leadline.model.predicates import PREDICATES
from leadline.model.settings import documents
from leadline.model.tables import TableSpec
from leadline.steps.link.rules import ALL as LINK_RULES
from leadline.steps.rank import __doc__ as rank_says

DOCS = Path(__file__).resolve().parents[1] / "docs"
OUT = DOCS / "model.md"
COMMANDS = DOCS / "commands.md"
MOST_WORDS = 40
"""Closed lists longer than this are named, not written out: the countries."""


def table(spec: TableSpec) -> list[str]:
    """The lines of one table: its sentence, key and columns; restricted columns are marked."""
    lines = [
        f"### {spec.name}",
        "",
        spec.says,
        f"Key: {', '.join(spec.key)}.",
        "",
        "| column | type | says |",
        "|---|---|---|",
    ]
    for c in spec.columns:
        marks = (" *(may be unknown)*" if c.nullable else "") + (" **restricted**" if c.restricted else "")
        listed = 0 < len(c.words) <= MOST_WORDS and not all(word in c.says for word in c.words)
        words = f": {', '.join(c.words)}" if listed else ""
        kinds = " or ".join(", ".join(f"{kind}:" for kind in part) for part in (c.refs[:-1], c.refs[-1:]) if part)
        says = c.says if any(f"{kind}:" in c.says for kind in c.refs) else f"{kinds} {c.says}".strip()
        lines.append(f"| {c.name} | {c.type} | {says}{words}{marks} |".replace("||", "\\|\\|"))
    return [*lines, ""]


def text() -> str:
    """The whole document."""
    lines = [
        "# The data model",
        "",
        "Written from the code by `python tools/document.py`. *Restricted* columns hold names or free text from",
        "evidence; they reach no log and no error. Ids and digests are 32 bytes, money is satoshi or decimal,",
        "times are UTC.",
        "",
        "## Records: what intake reads",
        "",
    ]
    for spec in evidence.INTAKE_TABLES:
        lines += table(spec)
    lines += ["## Findings, basis, decisions", ""]
    for spec in (findings.FINDING, findings.BASIS, findings.DECISION):
        lines += table(spec)
    lines += ["## Families: the typed values of findings", ""]
    for spec in findings.FAMILIES:
        lines += table(spec)
    lines += [
        "## Predicates",
        "",
        "| predicate | from | to | written by | says | does not say |",
        "|---|---|---|---|---|---|",
    ]
    for p in PREDICATES.values():
        lines.append(
            f"| {p.name} | {', '.join(p.subject)} | {', '.join(p.object)} | {p.step} | {p.says} | {p.not_said} |"
        )
    lines += [
        "",
        "## Refs",
        "",
        "`kind:key`. The kinds and the grammar of their keys:",
        "",
        "| kind | key |",
        "|---|---|",
    ]
    lines += [f"| {kind} | `{pattern.pattern.replace('|', chr(92) + '|')}` |" for kind, pattern in refs.KINDS.items()]
    lines += [
        "",
        "## Locators",
        "",
        (locators.__doc__ or "").strip(),
        "",
        "## Times",
        "",
        "| doubt | means |",
        "|---|---|",
    ]
    lines += [f"| {doubt} | {says} |" for doubt, says in times.DOUBTS.items()]
    lines += ["", "## The rules of link", "", "| rule | weight (ppm) | says |", "|---|---|---|"]
    lines += [f"| {rule.name} | {rule.weight_ppm} | {rule.says} |" for rule in LINK_RULES]
    lines += ["", "## The bands of rank", "", (rank_says or "").strip(), ""]
    return "\n".join(lines)


def usage(words: str, command: click.Command) -> str:
    """The command as it is typed: its arguments, options that must be given, and that there are others."""
    pieces = ["leadline", words]
    for parameter in command.params:
        if isinstance(parameter, click.Argument):
            name = parameter.make_metavar(click.Context(command))
            pieces.append(name)
        elif parameter.required:
            pieces.append(f"{parameter.opts[-1]} {_kind(parameter)}")
    return " ".join(pieces)


def _kind(parameter: click.Parameter) -> str:
    if parameter.metavar:
        return parameter.metavar
    if isinstance(parameter.type, click.Choice):
        return "|".join(map(str, parameter.type.choices))
    return parameter.type.name.upper().replace(" RANGE", "")


def command_lines(words: str, command: click.Command) -> list[str]:
    """The lines of one command: usage, help, options and examples."""
    lines = [f"### leadline {words}", "", f"    {usage(words, command)}", "", inspect.cleandoc(command.help or ""), ""]
    options = [p for p in command.params if isinstance(p, click.Option)]
    lines += ["| option | says |", "|---|---|"]
    for option in options:
        value = "" if option.is_flag else f" {_kind(option)}".replace("|", "\\|")
        default = option.default if option.show_default and not option.is_flag else None
        says = f"{option.help or ''}" + (f" Default: {default}." if default is not None else "")
        lines.append(f"| `{option.opts[-1]}{value}` | {says} |")
    return [*lines, "", *(f"    {line}" for line in EXAMPLES.get(words, ())), ""]


def commands_text() -> str:
    """docs/commands.md."""
    lines = [
        "# Commands and settings",
        "",
        "Written from the code by `python tools/document.py`. Every command takes `--json` and then prints one object",
        "on stdout; progress and errors go to stderr. Exit 0: done; 1: failed; 2: wrong usage. Every command can be",
        "killed and run again.",
        "",
        "## Commands",
        "",
    ]
    for words, command in CLI.leaves():
        lines += command_lines(words, command)
    lines += [
        "## Settings",
        "",
        "Set by `leadline case set CASE SETTING... --reason TEXT`; each change is logged with its reason. `case.toml`",
        "holds them, and a change of that file by hand is refused.",
        "",
        "| setting | says |",
        "|---|---|",
        *(f"| `{key}` | {says} |" for key, says in documents().items()),
        "",
        "## The environment",
        "",
        "| variable | says |",
        "|---|---|",
        f"| `{PASSWORD}` | the password of signing keys, so that it stands in no command line |",
        f"| `{FFMPEG}` | an ffmpeg (version 6 or newer) to decode videos with, in place of the one installed |",
        f"| `{PHOTODNA}` | the command line of your own licensed PhotoDNA hasher, see below |",
        f"| `{TRACEBACK}` | when set, an unforeseen error shows Python's traceback, which may quote evidence |",
        "",
        "### A licensed hasher",
        "",
        *(photodna_slot.__doc__ or "").replace("``", "`").splitlines()[2:],
        "",
    ]
    return "\n".join(lines)


if __name__ == "__main__":
    OUT.write_text(text())
    COMMANDS.write_text(commands_text())
