"""This case's own figures: releases confirmed and denied by returns, addresses found again."""

from dataclasses import asdict
from pathlib import Path
from typing import Any

from leadline.model.meanings import CASE_FIGURES, INTERVALS
from leadline.steps.validation import READS, figures, lines
from leadline.views import reading


def validation(path: Path) -> dict[str, Any]:
    """Every figure with its words, and the same in sentences under `lines`.

    Raises:
        CaseError: no case lies there.
    """
    case = reading.opened(path, reading.QUERIED, "figures")
    found = figures({name: case.current(name) for name in READS})
    return {
        "ok": True,
        "figures": [{**asdict(f), "words": f.words} for f in found],
        "says": CASE_FIGURES,
        "intervals": INTERVALS,
        "lines": lines(found),
    }
