"""What commands share: one JSON object or lines on stdout, progress with an ETA on stderr, errors in three lines."""

import json
import os
import shutil
import sys
import textwrap
import time
import traceback
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any, TypeVar

import click

from leadline.errors import LeadlineError
from leadline.kinds.codecs.visible import escaped, steers
from leadline.model.progress import Progress as Report
from leadline.model.session import KEY_FILE

PACKAGE = Path(__file__).resolve().parents[1]
TRACEBACK = "LEADLINE_TRACEBACK"
"""The environment variable that asks for Python's traceback, on a screen where evidence may stand."""
QUIET_SECONDS = 5.0
"""Seconds between lines of progress when stderr is no terminal."""

F = TypeVar("F", bound=Callable[..., Any])

OPERATOR = "LEADLINE_OPERATOR"
"""The environment variable that names the key to sign in with, where a case has a roll of operators."""
PASSWORD = "LEADLINE_KEY_PASSWORD"
"""The environment variable a key's password is read from, so that it stands in no command line."""


def password() -> str:
    """The password of keys, or nothing."""
    return os.environ.get(PASSWORD, "")


def _signs_in(context: click.Context, _: click.Parameter, file: Path | None) -> None:
    """Names the key of whoever calls, until the command ends."""
    if file is not None:
        token = KEY_FILE.set((file, password()))
        context.call_on_close(lambda: KEY_FILE.reset(token))


def CASE(command: F) -> F:
    """The argument that names a case, with the option by which its operator signs in."""
    signed = click.option(
        "--operator",
        envvar=OPERATOR,
        type=click.Path(path_type=Path),
        callback=_signs_in,
        expose_value=False,
        help="Your private key, where the case has a roll of operators.",
    )
    return click.argument("case", type=click.Path(path_type=Path, readable=False))(signed(command))


JSON = click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
REASON = click.option("--reason", required=True, help="Why; logged with the change.")


def counted(n: int, name: str) -> str:
    """A number and what it counts, in the singular or plural."""
    return f"{n:,} {name}{'' if n == 1 else 's'}"


def answer(value: Mapping[str, Any], lines: Iterable[str], *, as_json: bool) -> None:
    """Prints `value` as one JSON object, or `lines`."""
    if as_json:
        _object(plain(value))
        return
    for line in lines:
        for part in fitted(visible(line)):
            click.echo(part)


def _object(value: object) -> None:
    """Prints one JSON object; what would steer a terminal, and odd bytes of a file name, as JSON's escapes."""
    click.echo(escaped(json.dumps(value, ensure_ascii=False, sort_keys=True)))


def visible(text: str) -> str:
    """`text` with every character that would steer a terminal or hide others spelled out, as ``\\x1b`` or ``\\u202e``.

    Evidence may hold escape sequences, and marks that turn the reading direction of what follows.
    """
    return "".join(c.encode("unicode_escape").decode("ascii") if steers(c) and c != "\t" else c for c in text)


def plain(value: Any) -> Any:
    """`value` as JSON holds it: bytes in hex, times in ISO 8601, decimals as text, tuples as lists."""
    match value:
        case Mapping():
            return {str(k): plain(v) for k, v in value.items()}
        case list() | tuple():
            return [plain(v) for v in value]
        case bytes():
            return value.hex()
        case datetime() | date():
            return value.isoformat()
        case Decimal():
            return format(value, "f")
        case Path():
            return str(value)
        case _:
            return value


def width() -> int:
    """Columns of the terminal, be the output piped to a pager or not, or of COLUMNS; 100 where neither tells."""
    for stream in (1, 2, 0):
        with suppress(OSError):
            return shutil.get_terminal_size(os.get_terminal_size(stream)).columns
    return shutil.get_terminal_size((100, 24)).columns


def fitted(line: str) -> list[str]:
    """A line as it is, or on a terminal that is too narrow for it broken between words."""
    if len(line) <= width() or not sys.stdout.isatty():
        return [line]
    indent = " " * (len(line) - len(line.lstrip()) + 2)
    return textwrap.wrap(line, width(), subsequent_indent=indent, break_long_words=False, break_on_hyphens=False)


def draws() -> bool:
    """Whether stdout can show lines that draw boxes."""
    try:
        "│─".encode(sys.stdout.encoding or "ascii")
    except (UnicodeEncodeError, LookupError):
        return False
    return True


def fail(error: LeadlineError, *, as_json: bool) -> None:
    """Prints an error: three lines on stderr, and with --json also one object on stdout."""
    if as_json:
        facts = {"kind": type(error).__name__, "what": error.what, "where": error.where, "remedy": error.remedy}
        _object({"ok": False, "error": facts})
    for number, line in enumerate(str(error).split("\n")):
        click.echo(("" if number else "leadline: ") + visible(line), err=True)


def asked_for_traceback() -> bool:
    """Whether whoever sits at the terminal asked for Python's own traceback."""
    return bool(os.environ.get(TRACEBACK))


def unforeseen(error: Exception) -> LeadlineError:
    """An error nobody foresaw as one that may be shown: its kind and where in the program, never its words.

    The words of such an error may quote evidence.
    """
    frames = [f for f in traceback.extract_tb(error.__traceback__) if PACKAGE in Path(f.filename).parents]
    places = " < ".join(f"{Path(f.filename).relative_to(PACKAGE)}:{f.lineno}" for f in reversed(frames[-5:]))
    return LeadlineError(
        f"an error in Leadline itself ({type(error).__name__}); the case is as after the last finished append",
        where=places,
        remedy=f"report these three lines; {TRACEBACK}=1 shows everything, which may quote evidence",
    )


@contextmanager
def progress() -> Iterator[Report]:
    """A Progress on stderr: bars with what is done, elapsed and remaining time; plain lines when it is no terminal."""
    if not sys.stderr.isatty():
        yield _lines()
        return
    from rich.console import Console  # noqa: PLC0415 an outside library, loaded where there is a bar to draw
    from rich.progress import (  # noqa: PLC0415
        BarColumn,
        MofNCompleteColumn,
        Progress,
        TextColumn,
        TimeElapsedColumn,
        TimeRemainingColumn,
    )

    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TextColumn("left"),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=Console(stderr=True), transient=True) as bars:
        tasks: dict[str, Any] = {}

        def report(what: str, done: int, total: int) -> None:
            if what not in tasks:
                for task in tasks.values():
                    bars.stop_task(task)
                tasks[what] = bars.add_task(what, total=None)
            bars.update(tasks[what], completed=done, total=total or None)

        yield report


def _lines() -> Report:
    began: dict[str, float] = {}
    shown: dict[str, float] = {}

    def report(what: str, done: int, total: int) -> None:
        now = time.monotonic()
        first = what not in began
        began.setdefault(what, now)
        if first or now - shown[what] >= QUIET_SECONDS:
            shown[what] = now
            left = (now - began[what]) / done * (total - done) if done and total else 0.0
            of = f" {done:,}/{total:,}" if total else ""
            click.echo(f"{what}{of}" + (f", about {left:.0f} s left" if left >= 1 else ""), err=True)

    return report
