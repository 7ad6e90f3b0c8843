"""leadline completion: what a shell needs to complete commands and options."""

import click
from click.shell_completion import get_completion_class

from leadline.commands.lazy import COMPLETE
from leadline.commands.names import CLI
from leadline.commands.terminal import JSON, answer

SHELLS = ("bash", "zsh", "fish")


@click.command()
@click.argument("shell", type=click.Choice(SHELLS))
@JSON
def completion(shell: str, as_json: bool) -> None:
    """Print the lines that let SHELL complete commands and options: source them from its startup file."""
    made = get_completion_class(shell)
    if made is None:
        raise click.UsageError(f"no completion for {shell}")
    text = made(CLI, {}, "leadline", COMPLETE).source()
    answer({"ok": True, "shell": shell, "script": text}, text.splitlines(), as_json=as_json)
