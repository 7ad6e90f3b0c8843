"""The report and the annex for a court: the dossier typeset as accessible PDF/A-2a, from data alone."""

from leadline.kinds.writers.report.annex import ANNEX
from leadline.kinds.writers.report.typeset import REPORT

__all__ = ["ANNEX", "REPORT"]
