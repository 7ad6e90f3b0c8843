"""What a call of intake takes in: files and folders, each with its map and authority."""

import tomllib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from pathlib import Path
from typing import Any

from leadline.errors import EvidenceError, UsageError
from leadline.kinds.codecs import plaintoml
from leadline.kinds.container import Container
from leadline.kinds.containers import container_of
from leadline.model.evidence import RESTRICTIONS
from leadline.steps.intake.catalog import load_map
from leadline.steps.intake.confined import readers_of

LISTING = "evidence.toml"
"""A folder with this file is not one exhibit: the file lists its exhibits."""
LONGEST = 1 << 24
"""Characters of a listing: an entry has some two hundred."""
KEYS = ("path", "map", "authority", "acquired_at", "acquired_by", "item", "restrictions")
"""What an entry of a listing may say of its exhibit; `item` is the number under which it was seized."""
_COMPANIONS, _INDEX = ("-wal", "-journal"), "-shm"
"""Files SQLite keeps beside a database: its write-ahead log and its rollback journal, which belong to the record, and
an index of that log, which SQLite makes anew."""


@dataclass(frozen=True, slots=True)
class Item:
    """One exhibit to be: a file, or a container whose record is the exhibit; `beside` belongs to it.

    `place` is where it was named: an argument, an entry of a listing, or a line of the record of the container in which
    it lies, whose digest in hex is `parent`; `at` is its path there.
    """

    path: Path
    container: Container | None
    name: str
    map: str = ""
    authority: str = ""
    acquired_at: str = ""
    acquired_by: str = ""
    item: str = ""
    restrictions: tuple[str, ...] = ()
    beside: tuple[Path, ...] = ()
    place: str = ""
    parent: str = ""
    at: str = ""


def plan(paths: Sequence[Path], map_: str = "") -> tuple[Item, ...]:
    """The exhibits the paths name, in order; a folder with an evidence.toml is what that lists.

    A folder of maps is for what the listing names no map for; any other map is for what is named by a path alone.

    UsageError for a path that is not there, EvidenceError for a folder that cannot be read or a listing that is wrong.
    """
    folder = map_ if map_ and Path(map_).is_dir() else ""
    items: list[Item] = []
    for number, path in enumerate(paths, 1):
        try:
            if not path.exists():
                raise UsageError(f"argument {number} names nothing", remedy="name files or folders that are there")
            if path.is_dir() and (path / LISTING).is_file():
                items += [item if item.map else replace(item, map=folder) for item in _listed(path)]
            else:
                items.append(_item(path, {"map": map_}, f"argument {number}"))
        except OSError as error:
            raise EvidenceError(
                f"cannot be read: {error.strerror}", where=f"argument {number}", remedy="check that you may read it"
            ) from error
    named = {beside for item in items for beside in item.beside}
    return tuple(item for item in items if item.path not in named and not item.path.name.endswith(_INDEX))


def within(item: Item, parent: str, record: bytes, *, demanded: bool = False) -> list[Item]:
    """The files of a container that a reader knows, each an item of its own; `parent` is the record's digest in hex.

    They are what the container is: of its authority, under its restrictions, read by its map where that is made for
    their reader. A picture or film is none, whatever else it also looks like: it stays on its medium. Their beginnings
    are read in a confined child; `demanded`: refuse where it cannot be wholly confined.
    """
    if item.container is None:
        return []
    folder = bool(item.map) and Path(item.map).is_dir()
    given = None if folder else load_map(item.map)
    found = []
    children = list(item.container.children(record, item.path))
    names = readers_of(item.path, [child.path for child in children], demanded=demanded)
    for child, name in zip(children, names, strict=True):
        if name is not None:
            made = replace(
                item,
                path=child.path,
                container=None,
                name=child.path.name,
                map=item.map if folder or (given and given.reader == name) else "",
                beside=_companions(child.path),
                place=f"{item.place}, {child.locator} of its record",
                parent=parent,
                at=child.name,
            )
            found.append(made)
    return found


def not_listed(path: Path) -> int:
    """How many files of a folder with an evidence.toml are neither listed there nor part of what is listed."""
    if not (path / LISTING).is_file():
        return 0
    items = _listed(path)
    whole = {item.path.resolve() for item in items}
    whole |= {beside.resolve() for item in items for beside in item.beside}
    inside = (found for found in path.rglob("*") if found.is_file() and not found.name.endswith(_INDEX))
    return sum(not whole & {f, *f.parents} for f in map(Path.resolve, inside) if f.name != LISTING)


def _listed(folder: Path) -> list[Item]:
    """The items an evidence.toml lists; paths are relative to its folder."""
    try:
        with (folder / LISTING).open(encoding="utf-8") as file:
            text = file.read(LONGEST + 1)
        if len(text) > LONGEST:
            raise EvidenceError(f"{LISTING} has more than {LONGEST:,} characters", where=LISTING, remedy="divide it")
        data = plaintoml.loads(text)
    except RecursionError:
        raise EvidenceError(f"{LISTING} is nested too deep to be read", where=LISTING, remedy="correct it") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise EvidenceError(f"{LISTING} is not TOML", where=LISTING, remedy="correct it") from error
    entries = data.get("exhibit", [])
    if not isinstance(entries, list) or not entries or not all(isinstance(entry, dict) for entry in entries):
        raise EvidenceError(f"{LISTING} lists no exhibit", where=LISTING, remedy="give one [[exhibit]] a file")
    items = []
    for number, entry in enumerate(entries, 1):
        place = f"{LISTING}, exhibit {number}"
        unknown = entry.keys() - set(KEYS)
        if unknown or not isinstance(entry.get("path"), str):
            raise EvidenceError(
                "an entry has no path, or a key that is not known",
                where=place,
                remedy=", ".join(KEYS),
            )
        path = folder / entry["path"]
        if not path.exists():
            raise EvidenceError("a listed exhibit is not there", where=place, remedy="correct its path")
        items.append(_item(path, entry, place))
    return items


def _item(path: Path, entry: dict[str, Any], place: str) -> Item:
    if not (path.is_dir() or path.is_file()):
        raise EvidenceError(
            "neither a file nor a folder: a pipe, a socket or a device has no end and no digest",
            where=place,
            remedy="copy what it gives into a file, and take that in",
        )
    return Item(
        path,
        container_of(path),
        path.name,
        _text(entry, "map", place),
        _text(entry, "authority", place),
        _moment(entry, place),
        _text(entry, "acquired_by", place),
        _text(entry, "item", place),
        _restrictions(entry, place),
        _companions(path),
        place,
    )


def _companions(path: Path) -> tuple[Path, ...]:
    """The files that belong to a file and lie beside it."""
    beside = (path.with_name(path.name + suffix) for suffix in _COMPANIONS)
    return tuple(companion for companion in beside if companion.is_file()) if path.is_file() else ()


def _text(entry: dict[str, Any], key: str, place: str) -> str:
    """The text of a key, or nothing; what is no text, or holds signs that no one sees, is refused: reports print it."""
    value = entry.get(key, "")
    if not isinstance(value, str) or not value.isprintable():
        raise EvidenceError(f"{key} is not one line of plain text", where=place, remedy=f'write {key} = "..."')
    return value


def _moment(entry: dict[str, Any], place: str) -> str:
    """When an exhibit was acquired, as the listing writes it; a time of TOML's own in ISO 8601."""
    value = entry.get("acquired_at", "")
    if isinstance(value, date):  # a datetime is one too
        return value.isoformat().replace("+00:00", "Z")
    try:
        if value:
            datetime.fromisoformat(value)
    except (TypeError, ValueError):
        raise EvidenceError(
            "acquired_at is no time of ISO 8601", where=place, remedy="as 2018-03-05 or 2018-03-05T11:30:00Z"
        ) from None
    return str(value)


def _restrictions(entry: dict[str, Any], place: str) -> tuple[str, ...]:
    value = entry.get("restrictions", [])
    if not isinstance(value, list) or set(map(str, value)) - set(RESTRICTIONS):
        raise EvidenceError(
            "no list of restrictions, or an unknown one", where=place, remedy="a list of: " + ", ".join(RESTRICTIONS)
        )
    return tuple(sorted(value))
