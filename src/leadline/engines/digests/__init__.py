"""Exact lookup of many digests in long lists, and equal values brought together."""

from leadline.engines.digests.distinct import distinct
from leadline.engines.digests.lookup import lookup

__all__ = ["distinct", "lookup"]
