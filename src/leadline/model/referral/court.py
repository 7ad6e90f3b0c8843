"""What a court asks of method and limits, and the figures of the case that answer it."""

from leadline.model.meanings import CASE_FIGURES, INTERVALS
from leadline.model.tables import COUNT, PPM, TEXT, Column, TableSpec

COURT_SECTIONS = TRACING, PRICES, SEARCHED, NOT_SEARCHED, VALIDATION = (
    "tracing",
    "prices",
    "searched",
    "not searched",
    "validation",
)
"""What a court asks about, in the order in which it reads."""
FIGURES = TableSpec(
    "figures",
    "One row a figure of this case, of payments outside this package: what returns and own addresses say of tracing.",
    ("figure", "rule", "of"),
    (
        Column(
            "figure",
            TEXT,
            "asked, confirmed, at_least, denied, unanswered (releases); found, false_joins",
            words=tuple(CASE_FIGURES),
        ),
        Column("rule", TEXT, "rules of the whole path, never of several together, or of the clusters; all"),
        Column("of", TEXT, "length of the path, how addresses were held out, a month, or all"),
        Column("part", COUNT, "how many"),
        Column("n", COUNT, "of how many"),
        Column(
            "interval",
            TEXT,
            "wilson, wilson_by_sweep, bounds, or none for a count",
            words=tuple(INTERVALS),
        ),
        Column("low_ppm", PPM, "its lower end, in millionths", nullable=True),
        Column("high_ppm", PPM, "its upper end, in millionths", nullable=True),
        Column("words", TEXT, "the figure in words; not measured where n is 0"),
    ),
)
COURT = TableSpec(
    "court",
    "One row a thing a court asks of method and limits: rules and parameters, prices, what was searched and what not.",
    ("section", "number"),
    (
        Column("section", TEXT, "tracing, prices, searched, not searched, validation", words=COURT_SECTIONS),
        Column("number", COUNT, "place in the section, from 1"),
        Column("item", TEXT, "what is asked"),
        Column("value", TEXT, "the answer"),
        Column("says", TEXT, "what that means"),
    ),
)
