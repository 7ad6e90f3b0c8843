"""leadline case operator: the roll of a case's operators, who sign in with a key and by it sign what they do."""

from pathlib import Path

import click

from leadline.commands.terminal import CASE, JSON, REASON, answer
from leadline.flow import casework, operators
from leadline.flow.operators import ROLES
from leadline.views import operators as view


@click.command("add")
@CASE
@click.argument("name")
@click.option("--key", "key_file", required=True, type=click.Path(path_type=Path), help="Their public key; .pub.")
@click.option("--role", required=True, type=click.Choice(list(ROLES)), help="What they may do.")
@click.option("--reason", default="put on the roll", show_default=True, help="Why; logged with the change.")
@JSON
def add(case: Path, name: str, key_file: Path, role: str, reason: str, as_json: bool) -> None:
    """Put NAME on the roll of the case's operators, known by a public key.

    A case without a roll is worked by whoever the system says is at work. The first on the roll is an officer; from
    then on every command on the case needs an operator who signs in: --operator KEY, the private key's file.
    """
    operators.add(casework.opened(case), name, key_file, role, reason)
    lines = [f"{name} is on the roll: {ROLES[role].says}"]
    answer({"ok": True, "operator": name, "role": role}, lines, as_json=as_json)


@click.command("remove")
@CASE
@click.argument("name")
@REASON
@JSON
def remove(case: Path, name: str, reason: str, as_json: bool) -> None:
    """Take NAME off the roll; what they did stays, under their name and signature."""
    operators.remove(casework.opened(case), name, reason)
    answer({"ok": True, "operator": name}, [f"{name} is off the roll"], as_json=as_json)


@click.command("list")
@CASE
@JSON
def list_(case: Path, as_json: bool) -> None:
    """List the roll of the case's operators, with what each may do."""
    rows = view.operators(case)
    lines = [f"{row['operator']} {row['role']}: {ROLES[row['role']].says}" for row in rows]
    answer({"ok": True, "operators": rows}, lines or ["no roll: operator not authenticated"], as_json=as_json)
