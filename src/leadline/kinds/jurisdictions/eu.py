"""The member states of the European Union bound by the e-Evidence Regulation (all but Denmark)."""

from leadline.kinds.jurisdiction import Instrument, Jurisdiction

EU = Jurisdiction(
    "European Union",
    frozenset(
        {
            "at",
            "be",
            "bg",
            "cy",
            "cz",
            "de",
            "ee",
            "es",
            "fi",
            "fr",
            "gr",
            "hr",
            "hu",
            "ie",
            "it",
            "lt",
            "lu",
            "lv",
            "mt",
            "nl",
            "pl",
            "pt",
            "ro",
            "se",
            "si",
            "sk",
        }
    ),
    (
        Instrument(
            "preservation",
            "European Preservation Order",
            "keeps the data for 60 days",
            "Regulation (EU) 2023/1543, applied since 18 August 2026",
        ),
        Instrument(
            "production",
            "European Production Order",
            "answered within 10 days, in an emergency within 8 hours",
            "Regulation (EU) 2023/1543, applied since 18 August 2026",
        ),
    ),
)
