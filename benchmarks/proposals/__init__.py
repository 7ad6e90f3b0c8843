"""Schemas of real programs, filled with made rows, and what a proposal makes of them."""
