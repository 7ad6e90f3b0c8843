"""nginx and Apache access logs in common and combined format, with the host that was asked before it or key=value pairs
after it; line locators ``line:n``.

A line that does not fit is a reject; a last line without its line end is cut, whatever stands in it. Compressed logs
are read inside: ``@gunzip>line:n``.
"""

import gzip
import re
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
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
    r"^(?P<remote>\S*[^\s,](?:, \S*[^\s,])*) (?P<ident>\S+) (?P<user>.+?) \[(?P<time>[^\]]+)\] "
    + _QUOTED.format("request")
    + r" (?P<status>\d{3}) (?P<bytes>\d+|-)(?: "
    + _QUOTED.format("referer")
    + " "
    + _QUOTED.format("agent")
    + r")?(?P<extra>(?: \S+)*)\s*$"
)
"""Common and combined log format (Apache's mod_log_config, nginx's default), and words after it. Where servers log
X-Forwarded-For, `remote` is the whole chain, ``client, proxy``: what it claims is not said of one machine."""
_COMBINED = _LINE.replace("(?: " + _QUOTED.format("referer"), " " + _QUOTED.format("referer")).replace(
    ")?(?P<extra>", "(?P<extra>"
)
_ADDRESS = r"(?:\d{1,3}(?:\.\d{1,3}){3}|[0-9A-Fa-f]{0,4}(?::[0-9A-Fa-f]{0,4}){2,7}(?:\.\d{1,3}){0,3})"
_VHOST = (
    r"^(?:\S*[^\s,] "
    + _ADDRESS
    + r",? \S+ [^\[ ]"  # a machine's address where the name of a user's machine would stand
    r"|[0-9A-Za-z._*-]+:\d{1,5} [0-9A-Za-z]\S* \S+ [^\[ ]"  # a host with its port, then a machine
    r"|\S*[^\s,] [^ -]\S* - - \[)"
)
"""Whether a line begins with the host that was asked (Apache's vhost_combined), before the machine that asked."""
_COLUMNS = ("remote", "ident", "user", "time", "request", "status", "bytes", "referer", "agent", "extra", "vhost")
_LINE_BYTES = re.compile(_LINE.encode())
_VHOST_BYTES = re.compile(_VHOST.encode())
_PAIR = re.compile(r"(?:^|\s)([A-Za-z_][A-Za-z0-9_]{0,63})=")
_MOST_KEYS = 32
"""Pairs that become columns of their own; `extra` has them all."""
_BLOCK = 1 << 25
"""Bytes read at once: some 200,000 lines."""
LONGEST = 1 << 20
"""Bytes of a line: servers take requests of some tens of thousands (Apache's LimitRequestLine, nginx's buffers)."""
LARGEST = 1 << 40
"""Bytes to which a compressed log may unpack: a day of the busiest servers takes less."""
_GZIP = b"\x1f\x8b"
_HOLE = b"\0"
"""What a log begins with that was cut while it was written to (logrotate's copytruncate): a hole, read as zeros."""


def sniff(head: bytes, path: Path) -> bool:
    """Whether one of the first lines is in one of the formats, after decompression and a hole where there are any."""
    if head.startswith(_GZIP):
        try:
            head = zlib.decompressobj(31).decompress(head, HEAD_BYTES)
        except zlib.error:
            return False
    elif not head.strip(_HOLE):
        head = _after_hole(path)
    lines = [line.lstrip(_HOLE) for line in head.split(b"\n")[:20]]
    return any(_LINE_BYTES.match(line) for line in lines)


def _after_hole(path: Path) -> bytes:
    """The first bytes of a file that are not zero; nothing when there are none."""
    try:
        with path.open("rb") as file:
            while block := file.read(_BLOCK):
                if rest := block.lstrip(_HOLE):
                    return rest[:HEAD_BYTES]
    except OSError:
        pass
    return b""


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


@dataclass(frozen=True, slots=True)
class _Block:
    """Lines of a log: whole ones, or the last one without its line end, or one too long to be held."""

    data: bytes
    fault: str = ""


def _blocks(source: Source, file: BinaryIO) -> Iterator[_Block]:
    """The log in blocks, without the holes that lines begin with; EvidenceError where it unpacks without end."""
    rest, too_long, done = b"", False, 0
    while data := file.read(_BLOCK):
        done += len(data)
        if done > LARGEST:
            raise EvidenceError("the log unpacks without end", where=source.where(), remedy="leave it out of the case")
        if not rest and not too_long:
            data = data.lstrip(_HOLE)
        if too_long:
            end = data.find(b"\n") + 1
            if not end:
                continue
            yield _Block(b"\n", "too_long")
            data, too_long = data[end:], False
        data = rest + data
        end = data.rfind(b"\n") + 1
        rest = data[end:].lstrip(_HOLE)
        if end:
            yield _Block(data[:end])
        if len(rest) > LONGEST:
            rest, too_long = b"", True
    if too_long:
        yield _Block(b"\n", "too_long")
    elif rest:
        yield _Block(rest, "cut_line")


def _lines(data: bytes) -> pa.Array:
    """The lines of a block as a binary array, without their line ends."""
    raw = np.frombuffer(data, np.uint8)
    ends = np.flatnonzero(raw == 10)
    if not data.endswith(b"\n"):
        ends = np.append(ends, len(data))
    starts = np.concatenate([[0], ends[:-1] + 1])
    offsets = np.concatenate([starts, [ends[-1] + 1]]).astype(np.int32)
    return pa.Array.from_buffers(pa.binary(), len(ends), [None, pa.py_buffer(offsets), pa.py_buffer(data + b"\n")])


def _batch(block: _Block, first: int, prefix: str, keys: tuple[str, ...]) -> tuple[Batch, int]:
    raw = _lines(block.data)
    n = len(raw)
    broken: dict[int, str] = {n - 1: block.fault} if block.fault else {}
    try:
        text = raw.cast(pa.string())
    except pa.ArrowInvalid:
        decoded = [_decoded(v) for v in raw.to_pylist()]
        broken |= {i: "undecodable" for i, v in enumerate(decoded) if v is None}
        text = pa.array(decoded, pa.string())
    text = pc.utf8_rtrim(text, "\r\n")
    if _HOLE in block.data:
        text = pc.utf8_ltrim(text, "\0")
    far = pc.fill_null(pc.greater(pc.binary_length(text), LONGEST), False).to_numpy(zero_copy_only=False)
    broken |= {int(i): "too_long" for i in np.flatnonzero(far)}
    found = pc.extract_regex(text, _LINE)
    hosts = pa.nulls(n, pa.string())
    if pc.any(
        pc.match_substring(pc.struct_field(found, "user"), " ")
    ).as_py():  # a host before it makes two words of it
        text, hosts = _hosts(text)
        found = pc.extract_regex(text, _LINE)
    fits = pc.is_valid(found).to_numpy(zero_copy_only=False).copy()
    fits[list(broken)] = False
    for i in np.flatnonzero(~fits):
        broken.setdefault(int(i), "bad_row")
    place = pc.binary_join_element_wise(f"{prefix}line:", pa.array(np.arange(first, first + n)).cast(pa.string()), "")
    keep = pa.array(fits)
    found = found.filter(keep)
    columns = {name: hosts.filter(keep) if name == "vhost" else pc.struct_field(found, name) for name in _COLUMNS}
    for key in keys:
        pair = pc.extract_regex(columns["extra"], rf"(?:^|\s){key}=(?P<v>\S*)")
        columns[key] = pc.struct_field(pair, "v")
    rejects = tuple(Broken(f"{prefix}line:{first + i}", broken[i]) for i in sorted(broken))
    return Batch(pa.table(columns), place.filter(keep), rejects), n


def _fields(text: pa.Array) -> pa.Array:
    """The fields of each line, null where it does not fit; combined format first, which is found faster alone."""
    found = pc.extract_regex(text, _COMBINED)
    rest = pc.is_null(found)
    if pc.any(rest).as_py():
        at = rest.to_numpy(zero_copy_only=False)
        found = pc.replace_with_mask(found, pa.array(at), pc.extract_regex(text.filter(rest), _LINE))
    return found


def _hosts(text: pa.Array) -> tuple[pa.Array, pa.Array]:
    """(lines without the host that was asked, those hosts)."""
    hosted = pc.match_substring_regex(text, _VHOST)
    if not pc.any(hosted).as_py():
        return text, pa.nulls(len(text), pa.string())
    split = pc.extract_regex(pc.if_else(hosted, text, None), r"(?s)^(?P<host>\S+) (?P<rest>.*)$")
    return pc.if_else(hosted, pc.struct_field(split, "rest"), text), pc.struct_field(split, "host")


def _decoded(line: bytes) -> str | None:
    try:
        return line.decode()
    except UnicodeDecodeError:
        return None


def _keys(source: Source) -> tuple[str, ...]:
    """Names of the key=value pairs that stand in the first block, in order of first sight."""
    with _opened(source) as (file, _):
        head = next((block.data for block in _blocks(source, file) if not block.fault), b"")[: 1 << 20]
    names: dict[str, None] = {}
    for line in head.split(b"\n"):
        if _VHOST_BYTES.match(line):
            line = line.partition(b" ")[2]
        found = _LINE_BYTES.match(line)
        if found is not None and found["extra"]:
            names |= dict.fromkeys(_PAIR.findall(found["extra"].decode(errors="replace")))
    return tuple(name for name in names if name not in _COLUMNS)[:_MOST_KEYS]


def _batches(source: Source, keys: tuple[str, ...], progress: Progress) -> Iterator[Batch]:
    total = source.path.stat().st_size
    with _opened(source) as (file, prefix):
        line, done = 1, 0
        for block in _blocks(source, file):
            batch, n = _batch(block, line, prefix, keys)
            line, done = line + n, done + len(block.data)
            progress("reading log lines", done, max(total, done))
            yield batch


def parts(source: Source, _only: frozenset[str] | None, progress: Progress) -> Iterator[Part]:
    """One part, `access`."""
    keys = _keys(source)
    yield Part("access", (*_COLUMNS, *keys), _batches(source, keys, progress))


def resolve(source: Source, place: tuple[locators.Part, ...]) -> tuple[Field, ...]:
    """The line a ``line:n`` names.

    EvidenceError where nothing stands there, UsageError for another kind of place.
    """
    text = ">".join(map(str, place))
    if place[-1].kind != "line" or any(p.kind != "@gunzip" for p in place[:-1]):
        raise wrong_locator(source, text, "line:N or @gunzip>line:N")
    wanted = int(place[-1].argument)
    with _opened(source) as (file, _):
        number = 1
        for block in _blocks(source, file):
            ends = block.data.count(b"\n")
            if wanted < number + max(ends, 1):
                line = block.data.split(b"\n", wanted - number + 1)[wanted - number]
                return (("line", line.lstrip(_HOLE).rstrip(b"\r")),)
            number += ends
    raise no_such_place(source, text)


WEBLOG = Reader(
    "weblog",
    "nginx or Apache access log in common or combined format",
    "text/x-log",
    sniff,
    parts,
    resolve,
    "weblog",
)
