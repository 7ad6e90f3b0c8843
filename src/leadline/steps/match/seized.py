"""What was seized, as arrays: files in evidence order, their digests, their frames, their uploads."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from leadline.kinds.hasher import HASHERS
from leadline.kinds.hashers import pdq
from leadline.steps.step import Inputs

RANK = ("decoded", "timeout", "undecodable", "planted", "digest_only")
"""Of several statements about one file, the one that says most speaks for it."""
NEVER = np.iinfo(np.int64).max
"""The upload time of a file that no event uploads: after every time."""


@dataclass(frozen=True, slots=True)
class Frames:
    """Perceptual hashes that may be compared, those of a file in order of frame.

    File, hash (n, 32), quality, frame number, milliseconds at which it begins and up to which like frames follow (-1
    where unknown), row of `Seized.places`.
    """

    file: npt.NDArray[np.int64]
    value: npt.NDArray[np.uint8]
    quality: npt.NDArray[np.int64]
    number: npt.NDArray[np.int64]
    t_ms: npt.NDArray[np.int64]
    until: npt.NDArray[np.int64]
    row: npt.NDArray[np.int64]

    def take(self, at: npt.NDArray[np.int64]) -> "Frames":
        """The frames at these places."""
        return Frames(*(getattr(self, name)[at] for name in self.__slots__))

    def joined(self, other: "Frames") -> "Frames":
        """These and then the other ones."""
        return Frames(*(np.concatenate([getattr(self, name), getattr(other, name)]) for name in self.__slots__))


@dataclass(frozen=True, slots=True)
class Seized:
    """Every file once, in evidence order: earliest upload, then digest.

    `files` has a row a file: media, status, reason, exhibit, locator, first (upload, microseconds since 1970; NEVER
    when there is none), uploads, upload_exhibit, upload_locator. `hashes` has a row a hash: i (row of `files`), hasher,
    value, quality, frame, t_ms, until_ms, exhibit, locator; the digest that names a file is among them. `frames` are
    those that may be compared; `framed` says of each file whether it has any perceptual hash, good or not. `framings`
    are pictures framed anew, frame 0 each; `places` has exhibit, locator and framing (null for a frame as it is).
    """

    files: pa.Table
    hashes: pa.Table
    frames: Frames
    framed: npt.NDArray[np.bool_]
    framings: Frames
    places: pa.Table

    @property
    def name(self) -> str:
        """The oldest file: the name under which long searches of this seizure are kept."""
        return str(self.files["media"][0]) if self.files.num_rows else ""


def load(inputs: Inputs, tied: pa.Table) -> Seized:
    """The media, signatures and upload events of the case; `tied` has a digest named in records and its file a row."""
    files = _files(inputs, tied)
    hashes = _hashes(inputs, files)
    perceptual = pa.array([h.name for h in HASHERS if h.radius])
    framed = np.zeros(files.num_rows, np.bool_)
    framed[hashes.filter(pc.is_in(hashes["hasher"], perceptual))["i"].to_numpy()] = True
    anew = _framings(inputs, files)
    kept = ["exhibit", "locator"]
    places = pa.concat_tables(
        [
            hashes.select(kept).append_column("framing", pa.nulls(hashes.num_rows, pa.string())),
            anew.select([*kept, "framing"]),
        ]
    ).combine_chunks()
    return Seized(files, hashes, _frames(hashes), framed, _frames(anew, hashes.num_rows), places)


def uploads(inputs: Inputs) -> pa.Table:
    """The upload events of files: event, media, utc (microseconds or null), exhibit, locator."""
    events = inputs.table("event")
    media = pc.fill_null(pc.starts_with(events["object"], "media:"), False)
    events = events.filter(pc.and_(pc.equal(events["kind"], "upload"), media))
    return pa.table(
        {
            "event": events["event"],
            "media": events["object"],
            "utc": events["utc_low"].cast(pa.int64()),
            "exhibit": events["exhibit"],
            "locator": events["locator"],
        }
    )


def _files(inputs: Inputs, tied: pa.Table) -> pa.Table:
    """One row a file, in evidence order; a file that only events name counts as digest_only.

    An upload that names a file by a digest tied to it counts for both.
    """
    ranks = " ".join(f"WHEN '{word}' THEN {n}" for n, word in enumerate(RANK))
    return inputs.sql(
        f"""
        WITH every AS (
            SELECT *, false AS tie FROM uploads
            UNION ALL SELECT u.* REPLACE (t.file AS media), true FROM uploads u JOIN tied t USING (media)),
        one AS (
            SELECT *, row_number() OVER (PARTITION BY event, tie ORDER BY utc NULLS LAST, exhibit, locator) AS n
            FROM every),
        placed AS (
            SELECT *, row_number() OVER (PARTITION BY media ORDER BY utc NULLS LAST, event) AS m,
                count(*) OVER (PARTITION BY media) AS uploads
            FROM one WHERE n = 1),
        up AS (SELECT * FROM placed WHERE m = 1),
        stated AS (
            SELECT media, status, reason, exhibit, locator FROM media
            UNION ALL
            SELECT up.media, 'digest_only', NULL, up.exhibit, up.locator FROM up ANTI JOIN media USING (media)),
        best AS (
            SELECT *, row_number() OVER (
                PARTITION BY media ORDER BY CASE status {ranks} ELSE 9 END, exhibit, locator) AS n FROM stated)
        SELECT b.media, b.status, b.reason, b.exhibit, b.locator, coalesce(up.utc, {NEVER})::BIGINT AS first,
            coalesce(up.uploads, 0)::BIGINT AS uploads, up.exhibit AS upload_exhibit, up.locator AS upload_locator
        FROM best b LEFT JOIN up USING (media) WHERE b.n = 1
        ORDER BY 6, 1
        """,
        uploads=uploads(inputs),
        tied=tied,
    ).combine_chunks()


def _hashes(inputs: Inputs, files: pa.Table) -> pa.Table:
    """One row a hash of a file, its own name included, in order of file, hasher, frame, value."""
    known = files.select(["media", "exhibit", "locator"]).append_column("i", pa.array(np.arange(files.num_rows)))
    return inputs.sql(
        """
        WITH stated AS (
            SELECT *, row_number() OVER (
                PARTITION BY media, hasher, frame, value ORDER BY exhibit, locator) AS n FROM signature)
        SELECT k.i, s.hasher, s.value, s.quality, s.frame, s.t_ms, s.until_ms, s.exhibit, s.locator
            FROM stated s JOIN known k USING (media) WHERE s.n = 1 AND s.hasher <> 'sha256'
        UNION ALL
        SELECT i, CASE WHEN starts_with(media, 'media:md5-') THEN 'md5' WHEN starts_with(media, 'media:sha1-')
            THEN 'sha1' ELSE 'sha256' END, unhex(regexp_extract(media, '[0-9a-f]+$')), NULL, -1, NULL, NULL, exhibit,
            locator FROM known
        ORDER BY 1, 2, 5, 3
        """,
        known=known,
    ).combine_chunks()


def _framings(inputs: Inputs, files: pa.Table) -> pa.Table:
    """The columns of hashes, and framing, of every picture framed anew, each framing of a file once."""
    known = files.select(["media"]).append_column("i", pa.array(np.arange(files.num_rows)))
    return inputs.sql(
        """
        SELECT k.i, f.hasher, f.value, f.quality, 0::INTEGER AS frame, NULL::BIGINT AS t_ms, NULL::BIGINT AS until_ms,
            f.exhibit, f.locator, f.framing
        FROM framing f JOIN known k USING (media)
        QUALIFY row_number() OVER (PARTITION BY k.i, f.hasher, f.framing, f.value ORDER BY f.exhibit, f.locator) = 1
        ORDER BY 1, 10, 3
        """,
        known=known,
    ).combine_chunks()


def _frames(hashes: pa.Table, offset: int = 0) -> Frames:
    """The perceptual hashes good enough to compare; rows of places begin at `offset`."""
    good = pc.and_(pc.equal(hashes["hasher"], pdq.NAME), pc.greater_equal(hashes["quality"], pdq.QUALITY))
    good = pc.and_(pc.fill_null(good, False), pc.equal(pc.binary_length(hashes["value"]), pdq.SIZE))
    zero = pc.equal(hashes["value"], pa.scalar(bytes(pdq.SIZE), hashes["value"].type))
    row = np.flatnonzero(pc.and_(good, pc.invert(zero)).to_numpy())
    rows = hashes.take(row)
    return Frames(
        rows["i"].to_numpy(),
        values_of(rows["value"]),
        rows["quality"].to_numpy().astype(np.int64),
        rows["frame"].to_numpy().astype(np.int64),
        pc.fill_null(rows["t_ms"], -1).to_numpy().astype(np.int64),
        pc.coalesce(rows["until_ms"], rows["t_ms"], pa.scalar(-1, pa.int64())).to_numpy().astype(np.int64),
        row + offset,
    )


def values_of(column: pa.ChunkedArray) -> npt.NDArray[np.uint8]:
    """The hashes of a binary column, each pdq.SIZE bytes long, as an array (n, 32)."""
    parts = [np.empty((0, pdq.SIZE), np.uint8)]
    for chunk in column.chunks:
        if len(chunk):
            fixed = chunk.cast(pa.binary(pdq.SIZE))
            data = np.frombuffer(fixed.buffers()[1], np.uint8)
            parts.append(data[fixed.offset * pdq.SIZE :][: len(fixed) * pdq.SIZE].reshape(-1, pdq.SIZE))
    return np.concatenate(parts) if len(parts) != 2 else parts[1]
