"""The maps that ship, maps given as files or a folder of them, and which reader and map fit an exhibit."""

from collections.abc import Sequence
from functools import cache
from importlib import resources
from pathlib import Path

from leadline.errors import EvidenceError, MappingError
from leadline.kinds.codecs.sniff import is_visual, sniff
from leadline.kinds.mapping.grammar import LONGEST, parse
from leadline.kinds.mapping.maps import Map
from leadline.kinds.reader import HEAD_BYTES, Reader, Source, empty, unreadable
from leadline.kinds.readers import READERS

SHIPPED = ("enquiries", "folder", "media_signatures", "page", "weblog")
"""Maps in leadline/maps, by name: of formats that are the same everywhere. Those that fit are used unasked."""
TRAINING = ("harbour", "market_backup", "market_live", "northgate")
"""Maps in leadline/scenario/maps, by name: of the training case's own formats. They are used where they are named."""
NAMED = (*SHIPPED, *TRAINING)


@cache
def shipped(name: str) -> Map:
    """A map that comes with Leadline."""
    folder = "maps" if name in SHIPPED else "scenario/maps"
    text = resources.files("leadline").joinpath(folder, f"{name}.toml").read_text("utf-8")
    return parse(text, f"shipped map {name}")


def load_map(name: str, where: str = "the map given") -> Map | None:
    """A map that comes with Leadline, by name, or one in a file; None for no name.

    MappingError, which says `where` it was named, when there is none, or it is wrong.
    """
    if not name:
        return None
    if name in NAMED:
        return shipped(name)
    try:
        if not Path(name).is_file():  # a pipe would be waited for
            raise FileNotFoundError(name)
        with Path(name).open(encoding="utf-8") as file:
            text = file.read(LONGEST + 1)
    except (OSError, UnicodeDecodeError) as error:
        raise MappingError(
            "no such map", where=where, remedy="name a TOML file, or one of the shipped maps: " + ", ".join(NAMED)
        ) from error
    return parse(text, where)


def in_folder(folder: str, where: str = "the folder of maps") -> dict[str, Map]:
    """{path: map} of every .toml file in a folder; MappingError where there is none, one is wrong, or two are one's.

    Of one name and version there is one map: two that differ are two answers to the same question.
    """
    found: dict[str, Map] = {}
    named: dict[tuple[str, int], str] = {}
    for path in sorted(Path(folder).glob("*.toml")):
        map_ = load_map(str(path), f"{where}: {path.name}")
        assert map_ is not None
        if named.setdefault((map_.name, map_.version), map_.digest) != map_.digest:
            raise MappingError(
                f"two maps are {map_.name} version {map_.version}", where=where, remedy="give one of them a new version"
            )
        found[str(path)] = map_
    if not found:
        raise MappingError("the folder holds no map", where=where, remedy="put .toml files into it (docs/maps.md)")
    return found


def best(maps: dict[str, Map], reader: str, parts: Sequence[tuple[str, tuple[str, ...]]]) -> str:
    """The path of the map of a folder that covers most parts, in its highest version; nothing where none does.

    MappingError where maps of two names do equally well.
    """
    counts = {path: m.covers(parts) for path, m in maps.items() if m.reader == reader}
    most = max(counts.values(), default=0)
    names = {maps[path].name for path, count in counts.items() if count == most} if most else set()
    if len(names) > 1:
        raise MappingError(
            f"maps of {len(names)} names fit equally well: {', '.join(sorted(names))}", remedy="name one with --map"
        )
    fit = [path for path, count in counts.items() if most and count == most]
    return max(fit, key=lambda path: maps[path].version, default="")


def choose_reader(source: Source) -> Reader:
    """The reader whose signature fits the file; EvidenceError when it is empty, unreadable or of no known kind."""
    try:
        with source.path.open("rb") as file:
            head = file.read(HEAD_BYTES)
    except OSError as error:
        raise unreadable(source, error) from error
    if not head:
        raise empty(source)
    for reader in READERS:
        if reader.sniff(head, source.path):
            return reader
    raise EvidenceError(
        "no reader knows this kind of file",
        where=source.where("byte:0-" + str(len(head))),
        remedy="readers: " + "; ".join(r.says for r in READERS),
    )


def reader_of(path: Path) -> Reader | None:
    """The reader whose signature fits a file among others; None for what no reader knows, or is a picture or film."""
    try:
        with path.open("rb") as file:
            head = file.read(HEAD_BYTES)
    except OSError:
        return None
    if not head or is_visual(sniff(head)):
        return None
    return next((reader for reader in READERS if reader.sniff(head, path)), None)


def reader_named(name: str) -> Reader:
    """A reader by name; MappingError when there is none."""
    for reader in READERS:
        if reader.name == name:
            return reader
    raise MappingError(f"unknown reader {name!r}", remedy="one of: " + ", ".join(r.name for r in READERS))


def fitting(reader: Reader, parts: list[tuple[str, tuple[str, ...]]]) -> Map | None:
    """The reader's default map, or the one shipped map for it that names most of these parts; None when none does."""
    if reader.default_map:
        return shipped(reader.default_map)
    counts = {name: shipped(name).covers(parts) for name in SHIPPED if shipped(name).reader == reader.name}
    fit = max(counts, key=lambda n: counts[n], default="")
    return shipped(fit) if fit and counts[fit] else None
