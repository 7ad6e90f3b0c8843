"""The statements that a person may make of a package once they have examined it, from drafts.toml beside this file.

They are drafts: no program signs one, and none says that anybody did what it describes.
"""

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib import resources


@dataclass(frozen=True, slots=True)
class Draft:
    """One statement: its title, the rule it is for, its paragraphs in order, and what its maker fills in."""

    title: str
    source: str
    paragraphs: tuple[str, ...]
    fields: tuple[str, ...]


@cache
def drafts() -> tuple[str, tuple[Draft, ...]]:
    """(the sentence over every draft, the drafts in the order in which they stand)."""
    text = resources.files("leadline.kinds.writers.report").joinpath("drafts.toml").read_text("utf-8")
    data = tomllib.loads(text)
    rows = (Draft(d["title"], d["source"], tuple(d["paragraphs"]), tuple(d["fields"])) for d in data["draft"])
    return data["unsigned"], tuple(rows)
