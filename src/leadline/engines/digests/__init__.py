"""Exact lookup of many digests in long lists."""

from leadline.engines.digests.lookup import lookup

__all__ = ["lookup"]
