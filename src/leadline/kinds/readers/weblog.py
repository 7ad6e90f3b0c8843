"""nginx and Apache access logs in combined format, with key=value pairs after it; line locators ``line:n``.

A line that does not fit is a reject; a last line without its line end is cut, whatever stands in it. Compressed logs
are read inside: ``@gunzip>line:n``.
"""

import gzip
import re
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, cast

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from leadline.errors import EvidenceError
from leadline.kinds.reader import (
    HEAD_BYTES,
    Batch,
    Broken,
    Field,
    Part,
    Reader,
    Source,
    empty,
    no_such_place,
    unreadable,
    wrong_locator,
)
from leadline.model import locators
from leadline.model.progress import Progress

_QUOTED = r'"(?P<{}>(?:[^"\\]|\\.)*)"'
_LINE = (
    r"^(?P<remote>\S+) (?P<ident>\S+) (?P<user>.+?) \[(?P<time>[^\]]+)\] "
    + _QUOTED.format("request")
    + r" (?P<status>\d{3}) (?P<bytes>\d+|-) "
    + _QUOTED.format("referer")
    + " "
    + _QUOTED.format("agent")
    + r"(?P<extra>(?: \S+)*)\s*$"
)
"""Combined log format (Apache's mod_log_config, nginx's default), and words after it."""
_COLUMNS = ("remote", "ident", "user", "time", "request", "status", "bytes", "referer", "agent", "extra")
_LINE_BYTES = re.compile(_LINE.encode())
_PAIR = re.compile(r"(?:^|\s)([A-Za-z_][A-Za-z0-9_]*)=")
_BLOCK = 1 << 25
"""Bytes read at once: some 200,000 lines."""
_GZIP = b"\x1f\x8b"


def sniff(head: bytes, _path: Path) -> bool:
    """Whether one of the first lines is in combined format, after decompression where needed."""
    if head.startswith(_GZIP):
        try:
            head = zlib.decompressobj(31).decompress(head, HEAD_BYTES)
        except zlib.error:
            return False
    return any(_LINE_BYTES.match(line) for line in head.split(b"\n")[:20])


@contextmanager
def _opened(source: Source) -> Iterator[tuple[BinaryIO, str]]:
    """(bytes of the log, locator prefix)."""
    try:
        with source.path.open("rb") as raw:
            magic = raw.read(2)
            raw.seek(0)
            if not magic:
                raise empty(source)
            if magic == _GZIP:
                with gzip.open(raw) as inside:
                    yield cast(BinaryIO, inside), "@gunzip>"
            else:
                yield raw, ""
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise EvidenceError(
            "the compressed log is cut or damaged", where=source.where("@gunzip"), remedy="acquire it again"
        ) from error
    except OSError as error:
        raise unreadable(source, error) from error


def _blocks(file: BinaryIO) -> Iterator[tuple[bytes, bool]]:
    """(whole lines, whether the last one has no line end)."""
    rest = b""
    while data := file.read(_BLOCK):
        data = rest + data
        end = data.rfind(b"\n") + 1
        rest = data[end:]
        if end:
            yield data[:end], False
    if rest:
        yield rest, True


def _lines(data: bytes) -> pa.Array:
    """The lines of a block as a binary array, without their line ends."""
    raw = np.frombuffer(data, np.uint8)
    ends = np.flatnonzero(raw == 10)
    if not data.endswith(b"\n"):
        ends = np.append(ends, len(data))
    starts = np.concatenate([[0], ends[:-1] + 1])
    offsets = np.concatenate([starts, [ends[-1] + 1]]).astype(np.int32)
    whole = pa.Array.from_buffers(pa.binary(), len(ends), [None, pa.py_buffer(offsets), pa.py_buffer(data + b"\n")])
    return whole


def _batch(data: bytes, cut: bool, first: int, prefix: str, keys: tuple[str, ...]) -> tuple[Batch, int]:
    raw = _lines(data)
    n = len(raw)
    broken: dict[int, str] = {}
    try:
        text = raw.cast(pa.string())
    except pa.ArrowInvalid:
        values = raw.to_pylist()
        decoded = [_decoded(v) for v in values]
        broken |= {i: "undecodable" for i, v in enumerate(decoded) if v is None}
        text = pa.array(decoded, pa.string())
    text = pc.utf8_rtrim(text, "\r\n")
    found = pc.extract_regex(text, _LINE)
    fits = pc.is_valid(found).to_numpy(zero_copy_only=False).copy()
    if cut:
        broken[n - 1] = "cut_line"
        fits[n - 1] = False
    for i in np.flatnonzero(~fits):
        broken.setdefault(int(i), "bad_row")
    place = pc.binary_join_element_wise(f"{prefix}line:", pa.array(np.arange(first, first + n)).cast(pa.string()), "")
    keep = pa.array(fits)
    found = found.filter(keep)
    columns = {name: pc.struct_field(found, name) for name in _COLUMNS}
    for key in keys:
        pair = pc.extract_regex(columns["extra"], rf"(?:^|\s){key}=(?P<v>\S*)")
        columns[key] = pc.struct_field(pair, "v")
    rejects = tuple(Broken(f"{prefix}line:{first + i}", broken[i]) for i in sorted(broken))
    return Batch(pa.table(columns), place.filter(keep), rejects), n


def _decoded(line: bytes) -> str | None:
    try:
        return line.decode()
    except UnicodeDecodeError:
        return None


def _keys(source: Source) -> tuple[str, ...]:
    """Names of the key=value pairs that stand in the first block, in order of first sight."""
    with _opened(source) as (file, _):
        head = file.read(1 << 20)
    names: dict[str, None] = {}
    for line in head.split(b"\n"):
        found = _LINE_BYTES.match(line)
        if found is not None and found["extra"]:
            names |= dict.fromkeys(_PAIR.findall(found["extra"].decode(errors="replace")))
    return tuple(name for name in names if name not in _COLUMNS)


def _batches(source: Source, keys: tuple[str, ...], progress: Progress) -> Iterator[Batch]:
    total = source.path.stat().st_size
    with _opened(source) as (file, prefix):
        line, done = 1, 0
        for data, cut in _blocks(file):
            batch, n = _batch(data, cut, line, prefix, keys)
            line, done = line + n, done + len(data)
            progress("reading log lines", done, max(total, done))
            yield batch


def parts(source: Source, _only: frozenset[str] | None, progress: Progress) -> Iterator[Part]:
    """One part, `access`."""
    keys = _keys(source)
    yield Part("access", (*_COLUMNS, *keys), _batches(source, keys, progress))


def resolve(source: Source, place: tuple[locators.Part, ...]) -> tuple[Field, ...]:
    """The line a ``line:n`` names."""
    text = ">".join(map(str, place))
    if place[-1].kind != "line" or any(p.kind != "@gunzip" for p in place[:-1]):
        raise wrong_locator(source, text, "line:N or @gunzip>line:N")
    wanted = int(place[-1].argument)
    with _opened(source) as (file, _):
        for number, line in enumerate(file, 1):
            if number == wanted:
                return (("line", line.rstrip(b"\r\n")),)
    raise no_such_place(source, text)


WEBLOG = Reader(
    "weblog", "nginx or Apache access log in combined format", "text/x-log", sniff, parts, resolve, "weblog"
)
