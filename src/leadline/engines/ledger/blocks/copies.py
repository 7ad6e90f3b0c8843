"""What block files hold, and blocks that stand in them several times: a damaged copy gives way to a good one.

A copy is only read where it may matter: when copies of one header differ in size or in their first bytes, so that one
of them must be damaged, and when a block could not be read. Then every copy is read, before any of them is taken.
"""

from collections import Counter
from collections.abc import Container, Iterable, Sequence
from dataclasses import dataclass

from leadline.engines.ledger.blocks import blockfiles, sha256, tails
from leadline.engines.ledger.blocks.blockfiles import BlockFile, Bytes, Cut, Record
from leadline.engines.ledger.blocks.chunks import Block, Files, Room, read
from leadline.errors import ChainError
from leadline.kinds.bitcoin.networks import Network
from leadline.model.progress import Progress

Opened = Sequence[tuple[BlockFile, Bytes]]
FRAME = 8
"""Bytes before a block in a file: magic and size."""


@dataclass(frozen=True, slots=True)
class Found:
    """Of all files, in their order: blocks, blocks that a file's end cuts off, and damaged ones that are left out.

    A damaged one is a copy of a block of which another is good, or a block whose size is told wrong. `hidden` are
    blocks that a damaged one's size passed over.
    """

    records: tuple[Record, ...]
    cuts: tuple[Cut, ...]
    damaged: tuple[Record, ...]
    hidden: frozenset[Record] = frozenset()


def listed(opened: Opened, network: Network, progress: Progress) -> Found:
    """What the files hold, by what stands in front of it."""
    records: list[Record] = []
    cuts: list[Cut] = []
    damaged: list[Record] = []
    for n, (file, raw) in enumerate(opened):
        held, cut = tails.scan(n, file, raw, network)
        last = held[-1].at if held else -1
        records += held
        cuts += (c for c in cut if c.at > last)
        damaged += (_as_told(c, file, raw) for c in cut if c.at < last)
        progress("finding blocks", n + 1, len(opened))
    return Found(tuple(records), tuple(cuts), tuple(damaged))


def scanned(opened: Opened, network: Network, progress: Progress) -> Found:
    """What the files hold, once copies that cannot all be good are told apart."""
    found = listed(opened, network, progress)
    while (unlike := _unlike(found.records)) and (
        better := sifted(found, opened, network, progress, unlike)
    ) is not found:
        found = better
    return found


def sifted(
    found: Found, opened: Opened, network: Network, progress: Progress, headers: Container[bytes] | None = None
) -> Found:
    """`found` without damaged copies of blocks (those with `headers`, None: all) that have a good one; itself if none.

    What a damaged copy's size passed over is looked at again, as that size may be what is wrong; once, so that files
    made to harm cannot nest one in another without end.
    """
    files = Files(opened, {}, sha256.libcrypto())
    groups: dict[bytes, list[Record]] = {}
    times = Counter(r.header for r in found.records)
    for record in found.records:
        if times[record.header] > 1 and (headers is None or record.header in headers):
            groups.setdefault(record.header, []).append(record)
    worse: set[Record] = set()
    for n, copies in enumerate(groups.values()):
        progress("reading copies of blocks", n, len(groups))
        good = [record for record in copies if _is_whole(record, files)]
        worse |= set(copies) - set(good) if good else set()
    return without(found, worse, opened, network) if worse else found


def without(found: Found, damaged: Iterable[Record], opened: Opened, network: Network) -> Found:
    """`found` with these among the damaged ones, and with the blocks that their sizes passed over."""
    worse = {*found.damaged, *damaged}
    hidden = {r for bad in worse - found.hidden for r in blockfiles.inside(bad, *opened[bad.file], network)}
    kept = (set(found.records) | hidden) - worse
    return Found(tuple(_in_file_order(kept)), found.cuts, tuple(_in_file_order(worse)), found.hidden | hidden)


def recalled(found: Found, opened: Opened, places: Container[tuple[str, int]], held: Container[bytes]) -> Found:
    """`found` without copies that stand where damaged ones stood before (file's name, offset of the frame), and are so
    still, of blocks (headers) that are `held` already."""
    files = Files(opened, {}, sha256.libcrypto())
    worse = {
        r
        for r in found.records
        if (opened[r.file][0].path.name, r.at - FRAME) in places and r.header in held and not _is_whole(r, files)
    }
    kept = tuple(r for r in found.records if r not in worse)
    return Found(kept, found.cuts, tuple(_in_file_order({*found.damaged, *worse})), found.hidden)


def _unlike(records: Iterable[Record]) -> set[bytes]:
    """Headers of blocks whose copies differ in size or in their first bytes."""
    first: dict[bytes, Record] = {}
    return {
        r.header for r in records if (other := first.setdefault(r.header, r)).size != r.size or other.head != r.head
    }


def _is_whole(record: Record, files: Files) -> bool:
    """Whether a record's transactions can be read and give the merkle root in its header."""
    try:
        read([Block(record, b"", -1)], files, Room(record.size))
    except ChainError:
        return False
    return True


def _as_told(cut: Cut, file: BlockFile, raw: Bytes) -> Record:
    """The record that a block's own size tells of, which runs over the end of its file."""
    head = blockfiles.unmask(raw[cut.at : cut.at + FRAME + blockfiles.HEAD], cut.at, file.key).tobytes()
    return Record(cut.file, cut.at + FRAME, int.from_bytes(head[4:FRAME], "little"), head[FRAME:])


def place(record: Record) -> tuple[int, int]:
    """Where a record lies: number of the file, offset."""
    return record.file, record.at


def _in_file_order(records: Iterable[Record]) -> list[Record]:
    return sorted(records, key=place)
