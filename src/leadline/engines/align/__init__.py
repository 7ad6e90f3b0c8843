"""Where one video stands in another: frames that agree, at one offset in time."""

from leadline.engines.align.align import SLACK_MS, STILL, Alignments, Pairs, align, scenes

__all__ = ["SLACK_MS", "STILL", "Alignments", "Pairs", "align", "scenes"]
