"""The lines of match."""

from collections import defaultdict

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
            for name in ("known_as", "same_video_as", "contains_clip_of")
            for _, s, o in findings(tables, name)
            if o.startswith("entry:")
        },
        "similar": {s for _, s, o in findings(tables, "similar_to") if o.startswith("entry:")},
        "never_seen": {s for _, s, _ in findings(tables, "never_seen")},
    }
    return [
        row("match", group, len(found[group] & of_group[group]), len(of_group[group]), len(found[group]))
        for group in found
    ]
