"""leadline key: signing keys, which never lie in a case."""

import os
from pathlib import Path

import click

from leadline.commands.terminal import JSON, answer
from leadline.store import keys

PASSWORD = "LEADLINE_KEY_PASSWORD"
"""The environment variable a key's password is read from, so that it stands in no command line."""


def password() -> str:
    """The password of keys, or nothing."""
    return os.environ.get(PASSWORD, "")


@click.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--name", default="", help="The signer's name, without blanks; the file's name when not given.")
@JSON
def new(file: Path, name: str, as_json: bool) -> None:
    """Write a private key to FILE and its public key to FILE.pub.

    The private key is encrypted when LEADLINE_KEY_PASSWORD is set.
    """
    made = keys.new(file, name or file.name, password())
    public = file.with_name(file.name + ".pub")
    value = {"ok": True, "name": made.name, "private": file, "public": public, "encrypted": bool(password())}
    answer(value, [f"private key: {file}", f"public key:  {public}"], as_json=as_json)
