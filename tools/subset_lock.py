"""Prints the part of requirements/lock.txt that the named .in files need, hashes included.

    python tools/subset_lock.py runtime.in build.in > build/runtime.txt

The lock notes beside every package which file or package asked for it (``# via``); the subset is everything reached
from the named files. Standard library only: it runs before anything is installed.
"""

import re
import sys
from pathlib import Path

LOCK = Path(__file__).resolve().parents[1] / "requirements" / "lock.txt"


def entries(text: str) -> dict[str, tuple[str, set[str]]]:
    """Package line -> (its whole text, who asked for it); one package may have several lines with other markers."""
    found: dict[str, tuple[str, set[str]]] = {}
    for block in re.split(r"\n(?=[A-Za-z0-9])", text):
        if "==" not in block.split("\n", 1)[0]:
            continue
        first = block.split("\n", 1)[0].rstrip("\\ ")
        via = block.partition("# via")[2]
        asked = {line.strip(" #") for line in via.split("\n") if line.strip(" #")}
        found[first] = (block.rstrip() + "\n", asked)
    return found


def subset(text: str, roots: list[str]) -> str:
    """The lock's entries reached from `roots`, in the lock's order."""
    found = entries(text)
    names = {first: first.split("==")[0].strip() for first in found}
    wanted: set[str] = {f"-r requirements/{root}" for root in roots}
    while True:
        new = {names[first] for first, (_, asked) in found.items() if asked & wanted} - wanted
        if not new:
            break
        wanted |= new
    return "".join(block for first, (block, _) in found.items() if names[first] in wanted)


if __name__ == "__main__":
    sys.stdout.write(subset(LOCK.read_text(), sys.argv[1:]))
