"""leadline case request: what to ask services."""

import hashlib
from collections import Counter
from pathlib import Path
from typing import Any

import click

from leadline.commands.terminal import CASE, JSON, answer
from leadline.errors import UsageError
from leadline.flow.refer import open_requests
from leadline.kinds.writers.tables import to_csv
from leadline.model.referral import INFERRED_REQUESTS, REQUESTS
from leadline.store import export as exports
from leadline.store.case import Case


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
    opened = Case.open(case)
    for path in (out, inferred):
        if path is not None and path.suffix != ".csv":
            raise UsageError("not a format", where=str(path), remedy="name a file that ends in .csv")
    found = open_requests(opened)
    value: dict[str, Any] = {"ok": True, "waiting": found.waiting.num_rows}
    lines = []
    for name, spec, path, rows in (
        ("", REQUESTS, out, found.recorded),
        ("inferred", INFERRED_REQUESTS, inferred, found.inferred),
    ):
        services = dict(sorted(Counter(rows.column("service").to_pylist()).items()))
        facts = {"rows": rows.num_rows, "services": services, "out": path}
        value |= {name: facts} if name else facts
        if path is None:
            lines += (
                [f"{rows.num_rows:,} more inferred by a cluster: --inferred FILE writes them"] if rows.num_rows else []
            )
            continue
        data = to_csv(spec, rows)
        digest = hashlib.sha256(data).hexdigest()
        opened.note("exported", what=f"requests{' inferred' if name else ''}", sha256=digest, rows=rows.num_rows)
        exports.write(path, data)
        lines.append(f"{rows.num_rows:,} outputs to ask about{', inferred by a cluster,' if name else ''}: {path}")
        lines += [f"  {n:,} {s}" for s, n in services.items()]
    if found.waiting.num_rows:
        lines.append(
            f"{found.waiting.num_rows:,} rest on a cluster and wait for a decision: "
            "leadline case find CASE --predicate released"
        )
    answer(value, lines, as_json=as_json)
