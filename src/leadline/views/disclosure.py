"""The page about a finding for the other side: data, rules, limits, what would refute it."""

from pathlib import Path
from typing import Any

from leadline.errors import UsageError
from leadline.flow.disclosed import about, limits
from leadline.steps import disclosure
from leadline.steps.trace import picture, svg
from leadline.steps.trace.disclosure import path as drawn_path
from leadline.views import laid_open, reading


def disclosure_page(path: Path, finding: str, out: Path | None) -> dict[str, Any]:
    """The page for the other side, as text; written to `out` where one is named.

    Raises:
        UsageError: no current finding has this id, or the file's name tells no format.
    """
    laid_open.checked(out)
    case, id_ = reading.finding(path, finding)
    tables = laid_open.read(case, {*disclosure.READS, *picture.READS})
    text = disclosure.page(id_, tables, about(case), limits(case), drawn_path(id_, tables))
    if not text:
        raise UsageError("this finding is no longer current: there is no page for it")
    value = {"ok": True, "finding": id_.hex(), "page": text, "out": out}
    if out is None:
        case.note(reading.VIEWED, what="disclosure", finding=id_.hex())
        return value
    written = svg.written(text) if out.suffix == ".html" else text
    reading.give_out(case, out, written.encode(), what="disclosure", finding=id_.hex())
    return value
