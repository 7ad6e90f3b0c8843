"""Exhibits read in a confined child: the same tables, values and errors as choose, read and resolve give here.

Formats are hostile until they have been read; what reads them can open the exhibit, and nothing else (confinement).
A media folder's manifest is read here, and its files by the media engine's own workers.
"""

import tempfile
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa

from leadline.confinement.readers import Answer, Request, ask, asked_of_each
from leadline.kinds.bitcoin import address_columns
from leadline.kinds.mapping.maps import Map
from leadline.kinds.reader import Reader, Source
from leadline.kinds.readers import READERS
from leadline.model.progress import Progress, silent
from leadline.steps.intake import catalog, read, show
from leadline.steps.intake import propose as proposing

HERE = __name__
WARM = {"sqldump": f"{HERE}:warm_dumps"}
"""What compiles or loads the kernels of a reader, by its name."""
Said = tuple[Any, Mapping[str, pa.Table]]


@dataclass(frozen=True, slots=True)
class ConfinedReader:
    """An exhibit and the map named for it (a shipped map's name, a file's path, or nothing), to be read in a child.

    Until it is settled, a folder of maps may be named instead.

    `demanded`: refuse to read where the child cannot be wholly confined.
    """

    source: Source
    given: str = ""
    demanded: bool = False

    def recognised(self) -> Reader:
        """The reader whose signature fits; errors as catalog.choose_reader raises them, and ReaderError."""
        return catalog.reader_named(self._ask("recognise").value)

    def chosen(self) -> tuple[Reader, Map]:
        """Reader and map, as read.chosen gives them."""
        reader = self.recognised()
        name = self._ask("choose", warm=_warm(reader)).value
        map_ = catalog.load_map(self.given or name)
        assert map_ is not None
        return reader, map_

    def settled(self) -> str:
        """What names the map: of a folder of maps the path of the one that fits, or nothing; as `given` otherwise."""
        if not Path(self.given).is_dir() or not self.given:
            return self.given
        return str(self._ask("among", warm=_warm(self.recognised())).value)

    def tables(self, reader: str, progress: Progress) -> Answer:
        """The tables of read.read_exhibit, and how the child was confined; `reader` is what `recognised` names."""
        warm = (*_warm(catalog.reader_named(reader)), f"{HERE}:warm_addresses")
        return self._ask("tables", progress, warm=warm)

    def resolved(self, locator: str) -> str:
        """What stands at a locator, as show.resolve gives it."""
        return str(self._ask("resolve", more={"locator": locator}, warm=_warm(self.recognised())).value)

    def altered(self, places: Sequence[str]) -> dict[str, str]:
        """Which of these places stand only in what stands beside the exhibit, or read otherwise without it."""
        return dict(self._ask("altered", more={"places": list(places)}).value)

    def proposed(self, name: str, answers: Mapping[str, str], progress: Progress) -> tuple[str, dict[str, Any]]:
        """(the text of a map, what was found), as propose.propose gives them."""
        warm = (*_warm(self.recognised()), f"{HERE}:warm_addresses")
        text, found = self._ask("propose", progress, more={"name": name, "answers": dict(answers)}, warm=warm).value
        return str(text), dict(found)

    def previewed(self, progress: Progress) -> list[dict[str, Any]]:
        """The first records of every part by the map named, as propose.preview gives them."""
        warm = (*_warm(self.recognised()), f"{HERE}:warm_addresses")
        return list(self._ask("preview", progress, warm=warm).value)

    def _ask(
        self,
        what: str,
        progress: Progress = silent,
        *,
        more: Mapping[str, Any] | None = None,
        warm: tuple[str, ...] = (),
    ) -> Answer:
        source = self.source
        files = [source.path, *source.beside]
        if self.given and self.given not in catalog.NAMED:
            files.append(Path(self.given))
        with ExitStack() as held:
            folder = held.enter_context(tempfile.TemporaryDirectory(prefix="reading-", dir=source.scratch))
            arguments = {
                "digest": source.digest.hex(),
                "path": str(source.path.absolute()),
                "beside": [str(path.absolute()) for path in source.beside],
                "root": str(source.root) if source.root else "",
                "scratch": folder,
                "encoding": source.encoding,
                "given": str(Path(self.given).absolute()) if self.given not in ("", *catalog.NAMED) else self.given,
                **(more or {}),
            }
            request = Request(f"{HERE}:{what}", arguments, files, source.where(), (Path(folder),), warm, self.demanded)
            return ask(request, progress)


def readers_of(folder: Path, paths: Sequence[Path], *, demanded: bool) -> list[str | None]:
    """Of files below `folder`, the name of the reader that each one's beginning fits; None for what no reader knows.

    One whose beginning ends the child that looks at it is named by no reader, and by nothing: its name is empty.
    """

    def looked(some: Sequence[Path]) -> list[str | None]:
        arguments = {"paths": [str(path.absolute()) for path in some]}
        found = ask(Request(f"{HERE}:heads", arguments, (folder,), "a file of the folder", demanded=demanded)).value
        return [None if name is None else str(name) for name in found]

    return asked_of_each(paths, looked, "")


def _warm(reader: Reader) -> tuple[str, ...]:
    return (WARM[reader.name],) if reader.name in WARM else ()


def _source(arguments: Mapping[str, Any]) -> Source:
    return Source(
        bytes.fromhex(arguments["digest"]),
        Path(arguments["path"]),
        tuple(map(Path, arguments["beside"])),
        Path(arguments["root"]) if arguments["root"] else None,
        Path(arguments["scratch"]),
        arguments["encoding"],
    )


def recognise(arguments: Mapping[str, Any], _progress: Progress) -> Said:
    """The name of the reader that knows the exhibit."""
    return catalog.choose_reader(_source(arguments)).name, {}


def heads(arguments: Mapping[str, Any], _progress: Progress) -> Said:
    """The name of the reader that knows each file, or None."""
    found = (catalog.reader_of(Path(path)) for path in arguments["paths"])
    return [reader and reader.name for reader in found], {}


def choose(arguments: Mapping[str, Any], _progress: Progress) -> Said:
    """The name of the map the exhibit is read by."""
    return read.chosen(_source(arguments), catalog.load_map(arguments["given"]))[1].name, {}


def among(arguments: Mapping[str, Any], _progress: Progress) -> Said:
    """The path of the map of a folder that fits, or nothing."""
    return read.among(_source(arguments), arguments["given"]), {}


def tables(arguments: Mapping[str, Any], progress: Progress) -> Said:
    """The exhibit's tables."""
    return None, read.read_exhibit(_source(arguments), catalog.load_map(arguments["given"]), progress)


def resolve(arguments: Mapping[str, Any], _progress: Progress) -> Said:
    """The text that stands at a locator."""
    return show.resolve(_source(arguments), arguments["locator"]), {}


def altered(arguments: Mapping[str, Any], _progress: Progress) -> Said:
    """Places that the exhibit alone lacks or holds otherwise; none for a format that nothing stands beside."""
    source = _source(arguments)
    reader = catalog.choose_reader(source)
    return reader.altered(source, arguments["places"]) if reader.altered else {}, {}


def propose(arguments: Mapping[str, Any], progress: Progress) -> Said:
    """A map for the exhibit, and what was found."""
    return list(proposing.propose(_source(arguments), arguments["name"], arguments["answers"], progress)), {}


def preview(arguments: Mapping[str, Any], progress: Progress) -> Said:
    """The first records of every part."""
    return proposing.preview(_source(arguments), catalog.load_map(arguments["given"]), progress), {}


DUMP = Path(__file__).with_name("warm.sql")
"""A made dump that takes every kernel of its reader."""


def warm_dumps() -> None:
    """Compiles or loads the kernels that read dumps, while their cache may still be written."""
    reader = next(r for r in READERS if r.name == "sqldump")
    for part in reader.parts(Source(bytes(32), DUMP), None, silent):
        for _ in part.batches:
            pass


def warm_addresses() -> None:
    """Compiles or loads the kernels that read addresses."""
    texts = ["1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa", "bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4", None]
    address_columns.read(pa.array(texts, pa.string()), "main")
