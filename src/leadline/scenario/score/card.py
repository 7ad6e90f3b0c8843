"""Every line of the scorecard, in the order of the steps."""

import json
from pathlib import Path

from leadline.scenario.score.intake import intake
from leadline.scenario.score.lines import Row, Tables
from leadline.scenario.score.link import link
from leadline.scenario.score.match import match
from leadline.scenario.score.rank import rank
from leadline.scenario.score.refer import refer
from leadline.scenario.score.restitute import restitute
from leadline.scenario.score.trace import trace
from leadline.scenario.score.truth import Truth


def scorecard(folder: Path, tables: Tables) -> list[Row]:
    """Every line for the training case in `folder`, in the order of the steps."""
    true = Truth(folder / "truth")
    return [
        *intake(true, tables),
        *trace(true, tables),
        *match(true, tables),
        *link(true, tables),
        *rank(true, tables),
        *refer(true, folder),
        *restitute(true, tables),
    ]


def write_scorecard(path: Path, rows: list[Row]) -> None:
    """Writes the lines as one JSON array."""
    path.write_text(json.dumps(rows, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
