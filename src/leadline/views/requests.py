"""What to ask services, written to files: releases that reached a payment and that no return has answered."""

import hashlib
from collections import Counter
from pathlib import Path
from typing import Any

import pyarrow as pa

from leadline.errors import UsageError
from leadline.flow.refer import open_requests
from leadline.kinds.writers.tables import to_csv
from leadline.model.referral import INFERRED_REQUESTS, REQUESTS
from leadline.store import export
from leadline.views import reading


def requests(path: Path, out: Path, inferred: Path | None) -> dict[str, Any]:
    """Rows, services and file of what stands on the chain alone; under `inferred` of what rests on a cluster.

    `waiting` counts releases that rest on a cluster and that nobody has decided. Both files are one line of the log.

    Raises:
        UsageError: a file is no .csv.
        CaseError: no case lies there, or a file would lie in one.
    """
    for file in (out, inferred):
        if file is not None and file.suffix != ".csv":
            raise UsageError("not a format", where=str(file), remedy="name a file that ends in .csv")
    case = reading.at(path)
    found = open_requests(case)
    asked = [
        (out, to_csv(REQUESTS, found.recorded)),
        *([(inferred, to_csv(INFERRED_REQUESTS, found.inferred))] if inferred else []),
    ]
    rows = found.recorded.num_rows + (found.inferred.num_rows if inferred else 0)
    digests = [hashlib.sha256(data).hexdigest() for _, data in asked]
    case.note(reading.EXPORTED, what="requests", sha256=digests, rows=rows)
    for file, data in asked:
        export.write(file, data)
    return {
        "ok": True,
        "waiting": found.waiting.num_rows,
        **_facts(found.recorded, out),
        "inferred": _facts(found.inferred, inferred),
    }


def _facts(rows: pa.Table, out: Path | None) -> dict[str, Any]:
    services = dict(sorted(Counter(rows.column("service").to_pylist()).items()))
    return {"rows": rows.num_rows, "services": services, "out": out}
