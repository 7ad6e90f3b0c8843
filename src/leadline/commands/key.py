"""leadline key: signing keys, which never lie in a case."""

from pathlib import Path

import click

from leadline.commands.terminal import JSON, answer
from leadline.commands.terminal import PASSWORD as PASSWORD
from leadline.commands.terminal import password as password
from leadline.errors import UsageError
from leadline.flow import signing

CHECKPOINT = click.option(
    "--checkpoint", "note", type=click.Path(path_type=Path), help="A signed checkpoint someone else holds."
)
SIGNERS = click.option(
    "--signer", "signers", type=click.Path(path_type=Path), multiple=True, help="A signer's public key."
)


def checkpoint_text(path: Path | None) -> str:
    """The text of a checkpoint's file, empty where none is named; UsageError when it cannot be read."""
    if path is None:
        return ""
    try:
        return path.read_text("utf-8") or "\n"
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError("the checkpoint cannot be read", where=str(path)) from error


@click.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--name", default="", help="The signer's name, without blanks; the file's name when not given.")
@JSON
def new(file: Path, name: str, as_json: bool) -> None:
    """Write a private key to FILE and its public key to FILE.pub.

    The private key is encrypted when LEADLINE_KEY_PASSWORD is set.
    """
    made = signing.new_key(file, name or file.name, password())
    public = file.with_name(file.name + ".pub")
    value = {"ok": True, "name": made.name, "private": file, "public": public, "encrypted": bool(password())}
    answer(value, [f"private key: {file}", f"public key:  {public}"], as_json=as_json)
