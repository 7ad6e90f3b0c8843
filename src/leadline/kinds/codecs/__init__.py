"""Formats and encodings shared by the plural folders of kinds."""
