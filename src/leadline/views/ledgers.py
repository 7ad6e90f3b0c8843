"""A ledger built, checked, opened as of a height, and what it covers."""

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from pathlib import Path

from leadline.engines.ledger import Ledger, open_ledger
from leadline.engines.ledger import build as build_ledger
from leadline.engines.ledger.blocks.blockfiles import block_paths
from leadline.engines.ledger.blocks.opening import told_network
from leadline.engines.ledger.blocks.other_chains import told_chain
from leadline.engines.ledger.building import proof
from leadline.engines.ledger.building.check import check as check_files
from leadline.engines.ledger.storage.digests import MEND as MEND
from leadline.engines.ledger.storage.meta import META
from leadline.errors import ChainError, UsageError
from leadline.kinds.bitcoin.networks import NETWORKS
from leadline.model.progress import Progress
from leadline.store.layout import outside
from leadline.views.transaction import Facts


def opened(path: Path, height: int | None = None) -> Ledger:
    """The ledger in a folder, as it was when the block of this height was the last one."""
    ledger = open_ledger(path)
    return ledger if height is None else ledger.at(height)


def build(path: Path, files: Sequence[Path], network: str | None, progress: Progress, *, leave_out: bool) -> Facts:
    """A ledger built at `path` from block files, or grown by them: what it covers.

    Raises:
        CaseError: `path` lies in a case.
        UsageError: no network is named and the files tell none.
    """
    outside(path)
    build_ledger(path, files, network or told(files, path), progress, leave_out=leave_out)
    return info(open_ledger(path))


def info(ledger: Ledger) -> Facts:
    """What a ledger covers, and the files it was built from."""
    return {"ok": True, **dict(ledger.info()), **ledger.sources(), "bytes": ledger.size}


def check(paths: Sequence[Path], network: str | None, progress: Progress) -> tuple[bool, Facts]:
    """(whether a ledger was checked and not block files, what is whole and what is damaged).

    Raises:
        UsageError: a ledger is named beside something else.
    """
    if not any(proof.is_ledger(path) for path in paths):
        return False, check_files(paths, network or told(paths), progress)
    if len(paths) > 1 or network:
        raise UsageError(
            "a ledger is checked alone, and tells its network itself",
            where=next(path for path in paths if proof.is_ledger(path)).name,
            remedy="name one ledger and nothing else, or block files without a ledger",
        )
    return True, proof.prove(paths[0], progress)


def blamed(path: Path, progress: Callable[[], AbstractContextManager[Progress]]) -> AbstractContextManager[None]:
    """Within it an unforeseen error over a damaged ledger is put down to the damage, with its place."""
    return proof.blamed(path, progress)


def told(files: Sequence[Path], ledger_path: Path | None = None) -> str:
    """The network that the first of the files which tells one is of, or the ledger's.

    UsageError when none does, ChainError when they are of another chain.
    """
    for path in block_paths(files):
        if name := told_network(path, NETWORKS.values()):
            return name
        if other := told_chain(path):
            raise ChainError(
                f"the file is one of {other}, not of bitcoin",
                where=path.name,
                remedy="name a bitcoin node's block files; Leadline traces no other chain",
            )
    if ledger_path and (ledger_path / META).is_file():
        return open_ledger(ledger_path).network
    raise UsageError(
        "the files do not tell their network: none begins with a network's magic and a block",
        where=files[0].name,
        remedy="say whose bare blocks they are with --network, or check that they are blk*.dat",
    )
