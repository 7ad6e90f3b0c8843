"""Maps that travel between offices: signed in a note beside them, and whose signature a case asks for."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from leadline.errors import IntegrityError, MappingError, UsageError
from leadline.kinds.codecs import signed_note
from leadline.kinds.mapping.maps import Map
from leadline.steps import intake as step
from leadline.store import durable
from leadline.store.keys import Key

NOTE = ".note"
"""What the name of a map's signature ends in: forum.toml.note beside forum.toml."""
HEAD = "Leadline map"
LONGEST = 1 << 16
"""Characters of a note that are read."""


def sign(path: Path, key: Key) -> Path:
    """Writes the note by which `key` signs the map in a file, and gives its path; one that is there is replaced.

    MappingError where the file is no map, or has a question that is not answered.
    """
    map_ = _map(path)
    note = note_of(path)
    durable.replace(note, key.sign_note(_text(map_)).encode())
    return note


def signer(path: Path, map_: Map, known: Sequence[str]) -> str:
    """Who of `known` (public keys as lines) signed a map, as ``name+id``; nothing where nobody is known.

    MappingError where somebody is, and the map has no note by one of them, or by one for other text.
    """
    if not known:
        return ""
    remedy = "have it signed (leadline map sign MAP --key KEY), or take map_signer out of the case's settings"
    note = note_of(path)
    try:
        with note.open(encoding="utf-8") as file:
            text, name = signed_note.opened(file.read(LONGEST), [signed_note.verifier(line) for line in known])
    except (OSError, UnicodeDecodeError):
        raise MappingError("this case asks for signed maps, and no note lies beside this one", remedy=remedy) from None
    except IntegrityError as error:
        raise MappingError(f"this case asks for signed maps: {error.what}", where=note.name, remedy=remedy) from error
    if text != _text(map_):
        raise MappingError("the note beside the map was signed for another text", where=note.name, remedy=remedy)
    return next("+".join(line.split("+")[:2]) for line in known if line.startswith(f"{name}+"))


def described(path: Path, known: Sequence[str]) -> list[dict[str, Any]]:
    """What a map in a file, or each of a folder of maps, is: name, version, reader, digest, parts, who signed it."""
    found = step.in_folder(str(path)) if path.is_dir() else {str(path): _map(path)}
    return [
        {
            "file": Path(at).name,
            "name": map_.name,
            "version": map_.version,
            "says": map_.says,
            "reader": map_.reader,
            "sha256": map_.digest,
            "parts": [{"match": rule.match, "records": [r.spec.name for r in rule.records]} for rule in map_.parts],
            "layout": bool(map_.layout),
            "signed": note_of(Path(at)).is_file(),
            "signer": signer(Path(at), map_, known),
        }
        for at, map_ in found.items()
    ]


def note_of(path: Path) -> Path:
    """Where the signature of a map lies: beside it."""
    return path.with_name(path.name + NOTE)


def _map(path: Path) -> Map:
    map_ = step.load_map(str(path)) if str(path) not in step.NAMED or path.is_file() else None
    if map_ is None:
        raise UsageError("no file of a map", where=str(path), remedy="name a .toml file; shipped maps are not signed")
    return map_


def _text(map_: Map) -> str:
    """What is signed: the map's name and version, and the digest of its text."""
    return f"{HEAD}\n{map_.name} {map_.version}\nsha256 {map_.digest}\n"
