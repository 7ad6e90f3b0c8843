"""The United States."""

from leadline.kinds.jurisdiction import Instrument, Jurisdiction

US = Jurisdiction(
    "United States",
    frozenset({"us"}),
    (
        Instrument(
            "preservation",
            "preservation request",
            "keeps existing records for 90 days, renewable once for 90 more; hands over no content",
            "18 U.S.C. 2703(f)",
        ),
        Instrument(
            "production",
            "subpoena, court order or warrant",
            "which of them depends on the kind of record asked for",
            "18 U.S.C. 2703(b)-(d)",
        ),
    ),
)
