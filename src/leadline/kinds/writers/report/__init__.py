"""The report: the dossier typeset as an accessible PDF/A-2a, from data alone."""

from leadline.kinds.writers.report.typeset import REPORT

__all__ = ["REPORT"]
