"""A map proposed for a file, and what a map makes of it: looks, each a line of the log; nothing is taken in."""

import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from leadline.errors import MappingError, UsageError
from leadline.kinds.codecs import plaintoml
from leadline.kinds.reader import Source
from leadline.model.progress import Progress
from leadline.steps import intake as step
from leadline.store import durable, export
from leadline.store.case import Case
from leadline.store.scratch import work

LONGEST = 1 << 20
"""Characters of a file of answers."""
LOOKED = "viewed"


def propose(
    case: Case, paths: tuple[Path, ...], to: Path, answers: Path | None, progress: Progress, *, on_behalf_of: str = ""
) -> dict[str, Any]:
    """Writes a map for the one file named to `to`; what was found, as step.intake says it.

    The log has the digest of the answers, and on whose behalf they were given where that is not the operator.

    Raises:
        UsageError: not one file is named, or something stands at `to` already.
        EvidenceError: no reader knows the file, or it cannot be read.
        MappingError: the answers are no TOML of texts, or none of a question's choices.
    """
    if to.exists():
        raise UsageError("a file stands there already", where="--propose", remedy="name a new one, or remove it first")
    given = _answers(answers)
    apart, digest = _apart(case, paths, "")
    said = {"answers_sha256": durable.sha256(answers)} if answers is not None else {}
    said |= {"on_behalf_of": on_behalf_of} if on_behalf_of else {}
    case.note(LOOKED, what="a map proposed", exhibit_sha256=digest, **said)
    text, found = apart.proposed(to.stem, given, progress)
    if unknown := sorted(set(given) - {question["name"] for question in found["questions"]}):
        raise MappingError(
            f"answers to questions that are not asked: {', '.join(unknown)}",
            where="--answers",
            remedy="ask without --answers first, and read the map's [answer.NAME] tables",
        )
    export.write(to, text.encode())
    mapped = any(part["records"] for part in found["parts"])
    if mapped and all(question["answered"] for question in found["questions"]):
        step.load_map(str(to))
    return found | {"map": str(to)}


def preview(case: Case, paths: tuple[Path, ...], map_: str, progress: Progress) -> list[dict[str, Any]]:
    """What a map makes of the first rows of every part of the one file named, masked.

    Raises:
        UsageError: not one file is named.
        EvidenceError, MappingError: the file cannot be read, or not by this map.
    """
    apart, digest = _apart(case, paths, map_)
    case.note(LOOKED, what="a map tried", exhibit_sha256=digest)
    return apart.previewed(progress)


def _apart(case: Case, paths: tuple[Path, ...], map_: str) -> tuple[step.ConfinedReader, str]:
    step.load_map(map_)
    items = step.plan(paths, map_)
    if len(items) != 1 or items[0].container is not None:
        raise UsageError(
            "not one file is named", remedy="a map is made for one file: name a database, dump, log or table"
        )
    digest = durable.sha256(items[0].path, "argument 1")
    source = Source(bytes.fromhex(digest), items[0].path, items[0].beside, scratch=work(case.layout))
    return step.ConfinedReader(source, map_, case.settings.demanded), digest


def _answers(path: Path | None) -> Mapping[str, str]:
    if path is None:
        return {}
    try:
        with path.open(encoding="utf-8") as file:
            data = plaintoml.loads(file.read(LONGEST))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError, RecursionError) as error:
        raise MappingError(
            "no TOML of answers", where="--answers", remedy='write lines such as site = "forum"'
        ) from error
    if wrong := [key for key, value in data.items() if not isinstance(value, str)]:
        raise MappingError(f"{wrong[0]}: an answer is a text", where="--answers", remedy="write it in quotes")
    return data
