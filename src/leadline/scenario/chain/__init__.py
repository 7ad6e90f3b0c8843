"""The training chain: block files in Bitcoin's own format with services, mixes, private people and the market."""

from leadline.scenario.chain.build import build_chain

__all__ = ["build_chain"]
