"""The argument LEDGER of commands: what goes wrong over a damaged ledger is put down to the damage, with its place."""

from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import Any, TypeVar

import click

from leadline.commands.terminal import progress
from leadline.views.ledgers import blamed

F = TypeVar("F", bound=Callable[..., Any])


def LEDGER(function: F) -> F:
    """A command with the argument LEDGER, whose unforeseen errors have the ledger's columns checked."""

    @wraps(function)
    def run(ledger_path: Path, **options: Any) -> Any:
        with blamed(ledger_path, progress):
            return function(ledger_path=ledger_path, **options)

    return click.argument("ledger_path", metavar="LEDGER", type=click.Path(path_type=Path))(run)  # type: ignore[return-value]
