"""The command line: only the list of its commands, and how errors become exit codes."""

import os
import sys

import click

from leadline.commands import (
    case,
    changed,
    decide,
    demo,
    explain,
    exposure,
    flow,
    key,
    ledger,
    lists,
    look,
    media,
    requests,
    scenario,
    verify,
)
from leadline.commands.examples import show_examples
from leadline.commands.terminal import InOrder, asked_for_traceback, fail, unforeseen
from leadline.errors import LeadlineError, SpaceError, UsageError
from leadline.store import durable

COMMANDS: tuple[click.Command, ...] = (
    demo.demo,
    case.case,
    flow.intake,
    ledger.ledger,
    lists.lists,
    *flow.STEP_COMMANDS,
    media.calibrate,
    flow.run,
    flow.refer,
    verify.verify,
    key.key,
    look.show,
    explain.explain,
    look.without,
    scenario.scenario,
)
"""Every command; one appears here when it works."""
for command in (
    decide.decide,
    look.show,
    explain.explain,
    look.find,
    look.without,
    look.export,
    requests.requests,
    explain.figures_,
    media.handover,
    media.categories,
    exposure.exposure,
    changed.changes,
):
    case.case.add_command(command)


@click.group(cls=InOrder, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110})
@click.version_option(package_name="leadline", prog_name="leadline")
def cli() -> None:
    """From the lawfully seized records of an illegal market to identified people, referrals and restitution."""


for command in COMMANDS:
    cli.add_command(command)
show_examples(cli)


def main() -> None:
    """Runs the command line: exit 0 done, 1 failed, 2 wrong usage."""
    sys.exit(call(sys.argv[1:]))


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
