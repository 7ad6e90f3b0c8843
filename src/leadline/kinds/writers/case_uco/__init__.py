"""The package as a CASE/UCO graph in JSON-LD, with the shapes of its extension."""

from leadline.kinds.writers.case_uco.graph import CASE_UCO

__all__ = ["CASE_UCO"]
