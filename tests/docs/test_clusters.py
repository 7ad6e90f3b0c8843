"""docs/clusters.md names every rule of clusters and of change, in the words of the rules."""

from pathlib import Path

from leadline.engines.ledger.change_outputs.rules import RULES as CHANGE_RULES
from leadline.model.ledger import RULES

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "clusters.md").read_text("utf-8")


def test_every_rule_of_clusters_is_documented() -> None:
    for rule in RULES:
        assert f"| {rule} |" in PAGE
        assert f"withdraw+=rule:{rule}" in PAGE


def test_every_rule_of_change_is_documented_in_its_own_words() -> None:
    for rule in CHANGE_RULES:
        assert f"| {rule.name} | {rule.says} |" in PAGE
        assert rule.source in PAGE
