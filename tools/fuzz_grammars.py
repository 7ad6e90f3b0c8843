"""What parses without being a reader: maps, listings, settings, keys, values, notes, boxes and a child's answers."""

import io
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import pyarrow as pa

from leadline.confinement import frames
from leadline.engines.media import behind, boxes
from leadline.errors import LeadlineError
from leadline.kinds.bitcoin import amount, descriptors, hdkeys, wallettext
from leadline.kinds.codecs import hashtext, plainyaml, signed_note, sniff, visible
from leadline.kinds.codecs.csv_cells import cell
from leadline.kinds.mapping import finders, grammar, normalise, time_formats, times
from leadline.kinds.reader import HEAD_BYTES
from leadline.model import locators, refs
from leadline.steps.intake.plan import plan
from leadline.store import checkpoint, settings

Read = Callable[[Path], object]
FORMATS = [
    time_formats.Format(text, zone)
    for text in ("iso", "unix", "unix_ms", "%d/%m/%Y %I:%M:%S %p")
    for zone in ("", "UTC")
]


def all_of_them() -> Iterator[tuple[str, Read]]:
    """Each grammar by the name of its seed: a path in, all of it read."""
    yield "map", lambda path: grammar.parse(path.read_text("utf-8", "replace"), "map")
    yield "listing", listing
    yield "settings", lambda path: settings.from_toml(path.read_bytes())
    yield "keys", lambda path: each(path, descriptors_of, hdkeys.parse, hdkeys.is_private, wallet)
    yield "values", values
    yield "note", notes
    yield "boxes", film
    yield "answer", answer
    yield "codecs", lambda path: codecs(path.read_bytes())


def text(path: Path) -> str:
    """The input as text; what is no UTF-8 is kept as lone surrogates."""
    return path.read_bytes().decode("utf-8", "surrogateescape")


def each(path: Path, *parsers: Callable[[str], object]) -> None:
    """Every line through every parser; one error does not end it."""
    for line in text(path).splitlines():
        for parse in parsers:
            with suppress(LeadlineError):
                parse(line)


def descriptors_of(line: str) -> object:
    """The branches of a descriptor, its checksum looked at."""
    return descriptors.branches(line, "main"), descriptors.checked(line)


def wallet(line: str) -> object:
    """A key or descriptor as text of a page or a cell."""
    return wallettext.read(line, "main")


def listing(path: Path) -> None:
    """The input as the evidence.toml of a folder."""
    listed = path.with_name("listed")
    listed.mkdir(exist_ok=True)
    (listed / "a.csv").touch()
    (listed / "evidence.toml").write_bytes(path.read_bytes())
    plan([listed])


def values(path: Path) -> None:
    """The lines as a column, by every rule of identifiers and every format of times; amounts, refs, locators each."""
    column = pa.array([line.encode("utf-8", "replace").decode() for line in text(path).splitlines()], pa.string())
    for kind in (*normalise.RULES, "phone"):
        normalise.normal(kind, column)
    for format_ in FORMATS:
        times.parse(column, format_)
    each(path, amount.sat_from_btc, refs.parse, locators.parse, hashtext.value_of, hashtext.quality_of)


def notes(path: Path) -> None:
    """The input as a signed checkpoint, and as a public key."""
    for parse in (checkpoint.parse, lambda note: signed_note.opened(note, []), signed_note.verifier):
        with suppress(LeadlineError):
            parse(text(path))


def film(path: Path) -> None:
    """The input as a film's boxes, and as a file that something may lie behind."""
    size = path.stat().st_size
    with path.open("rb") as file:
        boxes.hidden(file, 0, size)
    for media_type in ("video/mp4", "image/jpeg", "image/png", "image/webp", "image/heic"):
        behind.behind(path, media_type)


def answer(path: Path) -> None:
    """The input as what a confined child says."""
    data = path.read_bytes()
    pipe = frames.Bounded(io.BytesIO(data), len(data))
    token = data[: frames.TOKEN]
    with suppress(frames.Broken):
        while True:
            kind, _ = frames.receive(pipe, token)
            if kind == frames.TABLE:
                frames.receive_table(pipe)


def codecs(data: bytes) -> None:
    """The small grammars, each on the same bytes."""
    sniff.sniff(data[:HEAD_BYTES])
    line = data.decode("utf-8", "surrogateescape")
    visible.spelled(line)
    cell(line)
    for find in (finders.ipv4, finders.email, finders.bitcoin, finders.media, finders.origin):
        list(find(data))
    with suppress(LeadlineError):
        plainyaml.load(data)
