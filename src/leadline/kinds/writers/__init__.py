"""The writers a referral package's payload is made with, in the order they run."""

from leadline.kinds.writer import Writer
from leadline.kinds.writers.case_uco import CASE_UCO
from leadline.kinds.writers.disclosure import DISCLOSURE
from leadline.kinds.writers.report import ANNEX, REPORT
from leadline.kinds.writers.tables import TABLES

WRITERS: tuple[Writer, ...] = (TABLES, REPORT, ANNEX, CASE_UCO, DISCLOSURE)
"""Each in a module of its own; a new format is one line here."""
