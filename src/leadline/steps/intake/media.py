"""A media folder on its medium: every file hashed and decoded in child processes, rows by manifest line."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from leadline.engines.media import hash_files, hash_licensed
from leadline.engines.media.pool import WORKERS
from leadline.engines.media.tasks import remove
from leadline.errors import EvidenceError
from leadline.kinds.codecs.manifest import path_of, written
from leadline.kinds.containers.folder import entries
from leadline.kinds.hashers import sha256
from leadline.kinds.reader import Broken, Source, read_bytes
from leadline.kinds.readers.folder import listed
from leadline.model.evidence import MEDIA, MEDIA_FACT, REJECT, SIGNATURE
from leadline.model.progress import Progress
from leadline.model.tables import DIGEST
from leadline.model.words import DECODED
from leadline.steps.intake import facts
from leadline.steps.intake.apply import Mapped


def list_folder(folder: Path, progress: Progress, video: str, table: Path, *, demanded: bool = False) -> bytes:
    """The manifest of a folder, each file read once for digests and frames, which stay in `table` for `read_folder`.

    A file or folder in it that cannot be read has a line that says so, as links and pipes have; EvidenceError for a
    folder that cannot be read itself. `demanded`: CaseError where a worker cannot be wholly confined.
    """
    found = entries(folder)
    paths = [entry.path for entry in found if not entry.refused]
    hashed = hash_files(paths, progress, WORKERS, video, table, demanded=demanded).files
    files = iter(hashed.filter(pc.equal(hashed["place"], "")).to_pylist())
    lines = []
    for entry in found:
        file = {} if entry.refused else next(files)
        if entry.refused or file["sha256"]:
            lines.append((entry.name, file["sha256"].hex() if file else "", file.get("size", 0), entry.refused))
        else:
            lines.append((entry.name, "", 0, "unreadable"))
    return written(lines)


def beside(table: Path | None) -> Path | None:
    """The table of what a licensed hasher has done, beside that of our own workers."""
    return None if table is None else table.with_name(f"licensed-{table.name}")


def remove_tables(table: Path) -> None:
    """Removes both tables of a folder that is taken in."""
    remove(table)
    remove(table.with_name(f"licensed-{table.name}"))


def read_folder(
    source: Source,
    root: Path,
    progress: Progress,
    workers: int,
    video: str,
    table: Path | None,
    licensed: Sequence[str] = (),
    *,
    demanded: bool = False,
) -> tuple[Mapped, list[tuple[object, ...]]]:
    """Media and signature rows of the files a manifest lists, and the tally; `video` and `table` as in engines.media.

    A film or picture that lies in the file of a picture is media of its own, at its bytes. Files that were decoded are
    given to the program `licensed` as well, where there is one. A file that is gone or is not what the manifest says
    gives an EvidenceError with its line; lines that are none, and what the manifest says was refused, are rejects.
    `demanded`: CaseError where a worker cannot be wholly confined.
    """
    rows = list(listed(read_bytes(source)))
    lines = [row for row in rows if not isinstance(row, Broken)]
    paths = [root / path_of(name) for *_, name in lines]
    hashed = hash_files(paths, progress, workers or WORKERS, video, table, demanded=demanded)
    every = hashed.files.sort_by([("index", "ascending"), ("place", "ascending")])
    files = every.filter(pc.equal(every["place"], ""))
    stated = pa.array([bytes.fromhex(digest) for _, digest, _, _ in lines], DIGEST)
    same = pc.fill_null(pc.equal(files["sha256"].combine_chunks().cast(DIGEST), stated), False)
    wrong = np.flatnonzero(~same.to_numpy(zero_copy_only=False))
    if wrong.size:
        raise EvidenceError(
            "a media file is gone, cannot be read or has changed since the folder was listed",
            where=source.where(f"line:{lines[int(wrong[0])][0]}"),
            remedy="connect its medium, check that you may read it, or take the folder in again",
        )
    signatures = hashed.signatures
    if licensed:
        seen = np.flatnonzero(pc.equal(files["status"], DECODED).to_numpy(zero_copy_only=False))
        theirs = hash_licensed([paths[i] for i in seen], licensed, progress, workers or WORKERS, beside(table))
        theirs = theirs.set_column(0, "index", pa.array(seen, pa.int64()).take(theirs["index"].combine_chunks()))
        signatures = pa.concat_tables([signatures, theirs.cast(signatures.schema)])
    result = Mapped(mapped=len(lines), confined=hashed.confined)
    where = _Where(source.digest, [number for number, *_ in lines], every)
    n = every.num_rows
    result.tables["media"] = [
        pa.table(
            {
                **where.source(every),
                **{name: every[name] for name in _MEASURED},
                "media_type": pc.fill_null(every["media_type"], "unknown"),
            }
        ).select(MEDIA.schema.names)
    ]
    result.tables["signature"] = [
        pa.table(
            {
                **where.source(every),
                "hasher": pa.array([sha256.NAME] * n, pa.string()),
                "value": every["sha256"].cast(pa.binary()),
                "quality": pa.nulls(n, pa.int16()),
                "frame": pa.array([-1] * n, pa.int32()),
                "t_ms": pa.nulls(n, pa.int64()),
                "until_ms": pa.nulls(n, pa.int64()),
            }
        ).select(SIGNATURE.schema.names),
        pa.table({**where.source(signatures), **{name: signatures[name] for name in _HASHED}}).select(
            SIGNATURE.schema.names
        ),
    ]
    result.tables["media_fact"] = [
        pa.table({**where.source(hashed.facts), **facts.columns(hashed.facts)}).select(MEDIA_FACT.schema.names)
    ]
    broken = [row for row in rows if isinstance(row, Broken)]
    if broken:
        result.rejected = len(broken)
        result.rejects = [
            pa.table(
                {
                    "part": pa.array(["files"] * len(broken), pa.string()),
                    "reason": pa.array([row.reason for row in broken], pa.string()),
                    "exhibit": pa.array([source.digest] * len(broken), DIGEST),
                    "locator": pa.array([row.locator for row in broken], pa.string()),
                },
                schema=pa.schema([(c.name, c.type) for c in REJECT.columns]),
            )
        ]
    return result, [("files", len(rows), len(lines), len(broken), 0, "")]


_MEASURED = ("size", "status", "reason", "decoded_ms", "stated_ms", "decoded_rows", "stated_rows")
_HASHED = ("hasher", "value", "quality", "frame", "t_ms", "until_ms")


class _Where:
    """The columns media, exhibit and locator of rows that name a file by its number and what lies in it by its place.

    `files`: the hashed files and what lies in them; `numbers`: their lines of the manifest.
    """

    def __init__(self, exhibit: bytes, numbers: Sequence[int], files: pa.Table) -> None:
        self._exhibit = exhibit
        self._line = pa.array([f"line:{number}" for number in numbers], pa.string())
        self._key = _key(files)
        self._media = pc.binary_join_element_wise(
            "media:", pa.array(map(bytes.hex, files["sha256"].to_pylist()), pa.string()), ""
        )

    def source(self, rows: pa.Table) -> dict[str, pa.Array]:
        """The columns for these rows; `view` stands last in a locator, where they have it."""
        locator = self._line.take(rows["index"].combine_chunks())
        for name in [name for name in ("place", "view") if name in rows.column_names]:
            inside = pc.binary_join_element_wise(locator, rows[name].combine_chunks(), ">")
            locator = pc.if_else(pc.equal(rows[name].combine_chunks(), ""), locator, inside)
        at = pc.index_in(_key(rows), self._key)
        exhibit = pa.repeat(pa.scalar(self._exhibit, DIGEST), rows.num_rows)
        return {"media": self._media.take(at), "exhibit": exhibit, "locator": locator}


def _key(rows: pa.Table) -> pa.Array:
    """What names a file, or a part of it, among the hashed ones."""
    return pc.binary_join_element_wise(
        rows["index"].combine_chunks().cast(pa.string()), rows["place"].combine_chunks(), " "
    )
