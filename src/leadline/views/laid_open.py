"""A finding laid open from a case's folder: as a tree, or as a picture of its path."""

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pyarrow as pa

from leadline.errors import UsageError
from leadline.steps.trace import picture, svg
from leadline.steps.trace.explain import draw
from leadline.steps.validation import READS as FIGURED
from leadline.steps.validation import path_figure
from leadline.store.case import Case
from leadline.views import reading
from leadline.views.explain import explain

FORMATS = (".svg", ".html")


def laid_open(path: Path, finding: str) -> dict[str, Any]:
    """The finding as views.explain's tree, its path drawn as text, and this case's figures of such paths.

    Raises:
        UsageError: no current finding has this id, or several begin so.
    """
    case, id_ = reading.finding(path, finding)
    case.note(reading.VIEWED, what="explain", finding=id_.hex())
    drawn = draw(id_, read(case, picture.READS))
    figures = path_figure(read(case, FIGURED), id_) if drawn else []
    return {"ok": True, **explain(case, id_), "drawn": drawn, "figures": figures}


def pictured(path: Path, finding: str, out: Path) -> dict[str, Any]:
    """Writes the path of a finding of trace as a picture, which needs no network and no program but a browser.

    Raises:
        UsageError: no current finding has this id, it has no path, or the file's name tells no format.
    """
    checked(out)
    case, id_ = reading.finding(path, finding)
    found = picture.picture(id_, read(case, picture.READS))
    if found is None:
        raise UsageError("only findings of trace with a path have a picture", remedy="leave out --out")
    drawn = svg.html(found) if out.suffix == ".html" else svg.svg(found)
    reading.give_out(case, out, drawn.encode(), what="explain", finding=id_.hex())
    return {"ok": True, "finding": id_.hex(), "out": out}


def checked(out: Path | None) -> None:
    """UsageError for a file whose name tells no format."""
    if out is not None and out.suffix not in FORMATS:
        raise UsageError("not a format", where=str(out), remedy="name a file that ends in .svg or .html")


def read(case: Case, names: Iterable[str]) -> dict[str, pa.Table]:
    """The current tables of these names."""
    return {name: case.current(name) for name in names}
