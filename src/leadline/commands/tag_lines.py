"""Whom tags name, as lines: the service or label, how it comes to stand there, and the pack and source that say so."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click

from leadline.commands.terminal import counted
from leadline.views.tagged import CLUSTER, differ

TAGS = click.option(
    "--tags",
    "packs",
    multiple=True,
    type=click.Path(path_type=Path),
    help="A tag pack, or a folder of them: whom they name is said beside each address. May be given several times.",
)
LISTED = 5
"""Names shown a script; --json has every tag."""


def said(tags: Sequence[dict[str, Any]], indent: str = "  ") -> list[str]:
    """One line a service or label: the tag that names it best, and how many more do; a line before where they differ.

    A tag on the script itself goes before those of its cluster, of each the surest first: the order of the view.
    """
    several = differ(tags)
    lines = [f"{indent}tags name {' and '.join(several)}: nobody has decided which"] if several else []
    groups: dict[tuple[Any, ...], list[dict[str, Any]]] = {}
    for tag in tags:
        groups.setdefault((tag["service"] or tag["label"], tag["category"]), []).append(tag)
    for first, *more in list(groups.values())[:LISTED]:
        lines.append(indent + _line(first))
        if more:
            lines.append(f"{indent}  {counted(len(more), 'more tag')} on it or its cluster with the same name")
    if len(groups) > LISTED:
        lines.append(f"{indent}... {counted(len(groups) - LISTED, 'more name')}; --json has them all")
    return lines


def of_transaction(facts: dict[str, Any]) -> list[str]:
    """The tags of a transaction, its inputs and its outputs; a line where there is none."""
    lines = said(facts["tags"], "tag of the transaction: ")
    for side in ("inputs", "outputs"):
        for number, row in enumerate(facts[side]):
            if row["tags"]:
                lines += [f"{side[:-1]} {number}, {row['address'] or row['kind']}", *said(row["tags"])]
    return [*(lines or ["no tag of the packs named stands on it"]), *unused(facts)]


def of_script(facts: dict[str, Any]) -> list[str]:
    """The tags of a script, and of the others that its key opens; a line where there is none."""
    lines = said(facts["tags"])
    for other in facts["same_key"]:
        if other["tags"]:
            lines += [f"of the same key, {other['address'] or other['kind']}", *said(other["tags"])]
    return [*(lines or ["no tag of the packs named stands on it"]), *unused(facts)]


def unused(facts: dict[str, Any]) -> list[str]:
    """The line about entries of the packs that could not be used; none where there is no such."""
    n = facts["unused_tags"]
    return [f"entries of the packs that could not be used: {n:,}"] if n else []


def _line(tag: dict[str, Any]) -> str:
    name = tag["service"] or f"no service: {tag['label']} ({tag['use']})"
    how = f"inferred, by a cluster in which {tag['address']} is tagged" if tag["by"] == CLUSTER else "tagged itself"
    told = f"{tag['confidence'] or 'no confidence stated'}, level {tag['level']}"
    source = tag["source"] or "no source stated"
    dated = f", {tag['lastmod']}" if tag["lastmod"] else ", undated"
    return f"{name}, {tag['category'] or 'no category'}: {how}; {told}; {tag['pack']}: {source}{dated}"
