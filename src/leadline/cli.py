"""The command line: its table of names, and how errors become exit codes; a command is imported when it is called."""

import os
import sys

import click
from click.shell_completion import shell_complete

from leadline.commands.lazy import COMPLETE
from leadline.commands.names import CLI
from leadline.commands.terminal import asked_for_traceback, fail, unforeseen
from leadline.errors import LeadlineError, SpaceError, UsageError
from leadline.store import durable

cli = click.version_option(package_name="leadline", prog_name="leadline")(CLI)
"""Every command."""


def main() -> None:
    """Runs the command line: exit 0 done, 1 failed, 2 wrong usage."""
    asked = os.environ.get(COMPLETE)
    sys.exit(shell_complete(cli, {}, "leadline", COMPLETE, asked) if asked else call(sys.argv[1:]))


def call(arguments: list[str]) -> int:
    """The exit code of one command line."""
    try:
        with cli.make_context("leadline", arguments) as context:
            code = cli.invoke(context)
        sys.stdout.flush()
        return code if isinstance(code, int) else 0
    except LeadlineError as error:
        fail(error, as_json="--json" in arguments)
        return 2 if isinstance(error, UsageError) else 1
    except click.exceptions.Exit as error:
        return error.exit_code
    except click.ClickException as error:
        if "--json" in arguments:
            fail(UsageError(error.format_message(), remedy="--help says what there is"), as_json=True)
        else:
            error.show()
        return 2
    except (click.Abort, KeyboardInterrupt):
        click.echo(
            "leadline: stopped; case and ledger are as after the last finished step; run it again to go on", err=True
        )
        return 1
    except MemoryError:
        fail(
            SpaceError("the memory is full", remedy="close other programs, or use a larger machine"),
            as_json="--json" in arguments,
        )
        return 1
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except OSError as error:
        fail(durable.from_os(error, "the command's own files"), as_json="--json" in arguments)
        return 1
    except Exception as error:
        if asked_for_traceback():
            raise
        fail(unforeseen(error), as_json="--json" in arguments)
        return 1
