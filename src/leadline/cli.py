"""The command line: its table of names, and how errors become exit codes; a command is imported when it is called."""

import gc
import os
import sys

import click
from click.shell_completion import shell_complete

from leadline import stopping
from leadline.commands.lazy import COMPLETE
from leadline.commands.names import CLI
from leadline.commands.terminal import asked_for_traceback, fail, unforeseen
from leadline.confinement.limits import no_dumps
from leadline.errors import LeadlineError, SpaceError, UsageError, from_os

cli = click.version_option(package_name="leadline", prog_name="leadline")(CLI)
"""Every command."""
ONE_THREAD = "OPENBLAS_NUM_THREADS", "1"
"""No command multiplies matrices, and numpy's library for it has a thread for every core wait for work, busily."""

KEEPS_COUNT = "_duckdb"
"""It complains on stderr, where it is loaded, of whatever of its own is not given back at the end."""


def main() -> None:
    """Runs the command line: exit 0 done, 1 failed, 2 wrong usage."""
    no_dumps()
    os.environ.setdefault(*ONE_THREAD)
    asked = os.environ.get(COMPLETE)
    try:
        stopping.running()
        code = shell_complete(cli, {}, "leadline", COMPLETE, asked) if asked else call(sys.argv[1:])
        stopping.ending()
    except KeyboardInterrupt:
        code = _stopped()
    if KEEPS_COUNT not in sys.modules:
        gc.freeze()  # what is left goes with the process: to search it for cycles takes longer than many a look
    sys.exit(code)


def call(arguments: list[str]) -> int:
    """The exit code of one command line."""
    try:
        with cli.make_context("leadline", arguments) as context:
            code = cli.invoke(context)
        sys.stdout.flush()
        return code if isinstance(code, int) else 0
    except KeyboardInterrupt:
        return _stopped()
    except Exception as error:
        if asked_for_traceback() and _unforeseen(error):
            raise
        return _failed(error, as_json="--json" in arguments)


def _failed(error: Exception, *, as_json: bool) -> int:
    """The exit code of a command that raised, after saying why."""
    if stopping.seen() or isinstance(error, click.Abort):
        return _stopped()
    match error:
        case click.exceptions.Exit():
            return error.exit_code
        case click.ClickException() if not as_json:
            error.show()
            return 2
        case click.ClickException():
            told: LeadlineError = UsageError(error.format_message(), remedy="--help says what there is")
        case LeadlineError():
            told = error
        case MemoryError():
            told = SpaceError("the memory is full", remedy="close other programs, or use a larger machine")
        case BrokenPipeError():
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            return 0
        case OSError():
            told = from_os(error, "the command's own files")
        case _:
            told = unforeseen(error)
    fail(told, as_json=as_json)
    return 2 if isinstance(told, UsageError) else 1


def _unforeseen(error: Exception) -> bool:
    known = (LeadlineError, click.ClickException, click.exceptions.Exit, click.Abort, MemoryError, OSError)
    return not isinstance(error, known)


def _stopped() -> int:
    stopping.ending()
    click.echo(stopping.STOPPED, err=True)
    return stopping.FAILED
