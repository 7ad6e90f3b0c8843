"""The lines of match."""

from collections import defaultdict

from leadline.model.predicates import CONTAINS_CLIP_OF, KNOWN_AS, NEVER_SEEN, SAME_VIDEO_AS, SIMILAR_TO
from leadline.scenario.score.lines import Row, Tables, findings, pairs, row
from leadline.scenario.score.truth import Truth


def match(true: Truth, tables: Tables) -> list[Row]:
    """Files of each group beside the group the generator put them in."""
    of_group: dict[str, set[str]] = defaultdict(set)
    for sha256, group in pairs(true.table("media"), "sha256", "group"):
        of_group[group].add(f"media:{sha256}")
    found = {
        "known": {
            s
            for name in (KNOWN_AS, SAME_VIDEO_AS, CONTAINS_CLIP_OF)
            for _, s, o in findings(tables, name)
            if o.startswith("entry:")
        },
        "similar": {s for _, s, o in findings(tables, SIMILAR_TO) if o.startswith("entry:")},
        "never_seen": {s for _, s, _ in findings(tables, NEVER_SEEN)},
    }
    return [
        row("match", group, len(found[group] & of_group[group]), len(of_group[group]), len(found[group]))
        for group in found
    ]
