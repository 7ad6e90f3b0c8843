"""leadline case request: what to ask services."""

from pathlib import Path

import click

from leadline.commands.terminal import CASE, JSON, answer
from leadline.views import requests as view


@click.command()
@CASE
@click.option("--out", required=True, type=click.Path(path_type=Path), help="The file to write; .csv.")
@click.option("--inferred", type=click.Path(path_type=Path), help="A second file, for what rests on a cluster; .csv.")
@JSON
def request(case: Path, out: Path, inferred: Path | None, as_json: bool) -> None:
    """Write what to ask services: releases that reached a payment and that no return has answered.

    One row an output, over the whole case, with nothing but what stands on the chain; a referral package holds those of
    its own persons. The first file holds outputs of tagged addresses from which recorded spends alone lead to a
    payment. What rests on a cluster stands apart, as inferred, and each row only once a person accepted that release.
    """
    value = view.requests(case, out, inferred)
    lines = []
    for words, facts in (("", value), (", inferred by a cluster,", value["inferred"])):
        if facts["out"] is not None:
            lines.append(f"{facts['rows']:,} outputs to ask about{words}: {facts['out']}")
            lines += [f"  {n:,} {service}" for service, n in facts["services"].items()]
        elif facts["rows"]:
            lines.append(f"{facts['rows']:,} more inferred by a cluster: --inferred FILE writes them")
    if value["waiting"]:
        lines.append(
            f"{value['waiting']:,} rest on a cluster and wait for a decision: "
            "leadline case find CASE --predicate released"
        )
    answer(value, lines, as_json=as_json)
