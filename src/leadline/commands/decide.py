"""leadline case decide: what a person decides about a finding."""

from pathlib import Path

import click

from leadline.commands.terminal import CASE, JSON, answer, counted
from leadline.errors import UsageError
from leadline.flow import casework, deciding
from leadline.model.words import VERDICTS


@click.command()
@CASE
@click.argument("finding", required=False, default="")
@click.option("--verdict", type=click.Choice(VERDICTS), help="What you decide.")
@click.option("--reason", default="", help="Why, in your words.")
@click.option("--value", default=None, help="An examiner's category, or FROM/UNTIL of a user, payer or same person.")
@click.option("--on-behalf-of", default="", help="For whom; you, who decide, are named beside.")
@click.option("--from", "file", type=click.Path(path_type=Path), help="Many decisions: JSON lines.")
@click.option("--scripted", is_flag=True, help="Mark them as the training case's scripted reviewer's.")
@JSON
def decide(
    case: Path,
    finding: str,
    verdict: str | None,
    reason: str,
    value: str | None,
    on_behalf_of: str,
    file: Path | None,
    scripted: bool,
    as_json: bool,
) -> None:
    """Decide FINDING (its id, or a beginning of it), or every line of a file.

    A line of the file is {"subject", "predicate", "object", "verdict", "reason", "value"}; lines about findings that
    do not exist are left out and counted.
    """
    if bool(finding) == bool(file):
        raise UsageError("name either one finding or a file", remedy="leadline case decide CASE FINDING --verdict ...")
    opened = casework.opened(case)
    if file is not None:
        found = deciding.decide_file(opened, file, on_behalf_of, scripted=scripted)
    else:
        said = {"verdict": verdict, "reason": reason, "value": value}
        found = deciding.decide_one(opened, finding, said, on_behalf_of, scripted=scripted)
    left = f", {found.left_out} about findings that do not exist" if found.left_out else ""
    facts = {"ok": True, "decisions": [d.id for d in found.made], "left_out": found.left_out}
    answer(facts, [f"{counted(len(found.made), 'decision')} made{left}"], as_json=as_json)
