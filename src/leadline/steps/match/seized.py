"""What was seized, as arrays: files in evidence order, their digests, their frames, their uploads."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from leadline.kinds.hasher import HASHERS
from leadline.kinds.hashers import pdq
from leadline.model.words import DECODED, DIGEST_ONLY, EMBEDDED, TIMEOUT, UNDECODABLE
from leadline.steps.step import Inputs

RANK = (DECODED, TIMEOUT, UNDECODABLE, EMBEDDED, DIGEST_ONLY)
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
    when there is none), uploads, upload_exhibit, upload_locator. `digests` has a row a hash that is compared for
    equality: i (row of `files`), hasher, value, exhibit, locator; the digest that names a file is among them. `frames`
    are the perceptual hashes that may be compared; `framed` says of each file whether it has any, good or not.
    `crops` are pictures framed anew, frame 0 each, and films without bars; `places` has exhibit, locator and crop
    (null for a frame as it is) of each row that Frames name: the case's own rows of signature and of crop.
    """

    files: pa.Table
    digests: pa.Table
    frames: Frames
    framed: npt.NDArray[np.bool_]
    crops: Frames
    places: pa.Table

    @property
    def name(self) -> str:
        """The oldest file: the name under which long searches of this seizure are kept."""
        return str(self.files["media"][0]) if self.files.num_rows else ""


def load(inputs: Inputs, named: pa.Table) -> Seized:
    """The media, signatures and upload events of the case; `named` has a digest named in records and its file a row."""
    files = _files(inputs, named)
    stated, anew = inputs.table("signature"), inputs.table("crop")
    known = files.select(["media"]).append_column("i", pa.array(np.arange(files.num_rows)))
    perceptual = _perceptual(inputs, stated, known)
    framed = np.zeros(files.num_rows, np.bool_)
    framed[perceptual["i"].to_numpy()] = True
    kept = ["exhibit", "locator"]
    unframed = stated.select(kept).append_column("crop", pa.nulls(stated.num_rows, pa.string()))
    places = pa.concat_tables([unframed, anew.select([*kept, "crop"]).cast(unframed.schema)])
    return Seized(
        files,
        _digests(inputs, files, known),
        _frames(stated, perceptual),
        framed,
        _frames(anew, _crops(inputs, anew, known), stated.num_rows),
        places,
    )


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


def _files(inputs: Inputs, named: pa.Table) -> pa.Table:
    """One row a file, in evidence order; a file that only events name counts as digest_only.

    An upload that names a file by a digest tied to it counts for both.
    """
    ranks = " ".join(f"WHEN '{word}' THEN {n}" for n, word in enumerate(RANK))
    return inputs.sql(
        f"""
        WITH every AS (
            SELECT *, false AS tie FROM uploads
            UNION ALL SELECT u.* REPLACE (t.file AS media), true FROM uploads u JOIN named t USING (media)),
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
            SELECT up.media, '{DIGEST_ONLY}', NULL, up.exhibit, up.locator FROM up ANTI JOIN media USING (media)),
        best AS (
            SELECT *, row_number() OVER (
                PARTITION BY media ORDER BY CASE status {ranks} ELSE 9 END, exhibit, locator) AS n FROM stated)
        SELECT b.media, b.status, b.reason, b.exhibit, b.locator, coalesce(up.utc, {NEVER})::BIGINT AS first,
            coalesce(up.uploads, 0)::BIGINT AS uploads, up.exhibit AS upload_exhibit, up.locator AS upload_locator
        FROM best b LEFT JOIN up USING (media) WHERE b.n = 1
        ORDER BY 6, 1
        """,
        uploads=uploads(inputs),
        named=named,
    ).combine_chunks()


def _digests(inputs: Inputs, files: pa.Table, known: pa.Table) -> pa.Table:
    """One row a digest of a file, its own name included, in order of file, hasher, value."""
    return inputs.sql(
        """
        WITH stated AS (
            SELECT media, hasher, value, exhibit, locator FROM signature
            WHERE hasher <> 'sha256' AND list_contains($exact, hasher)
            QUALIFY row_number() OVER (PARTITION BY media, hasher, frame, value ORDER BY exhibit, locator) = 1)
        SELECT k.i, s.hasher, s.value, s.exhibit, s.locator FROM stated s JOIN known k USING (media)
        UNION ALL
        SELECT k.i, CASE WHEN starts_with(media, 'media:md5-') THEN 'md5' WHEN starts_with(media, 'media:sha1-')
            THEN 'sha1' ELSE 'sha256' END, unhex(regexp_extract(media, '[0-9a-f]+$')), f.exhibit, f.locator
        FROM files f JOIN known k USING (media)
        ORDER BY 1, 2, 3, 4, 5
        """.replace("$exact", str([h.name for h in HASHERS if not h.radius])),
        known=known,
        files=files,
    ).combine_chunks()


def _perceptual(inputs: Inputs, stated: pa.Table, known: pa.Table) -> pa.Table:
    """i and row (of `stated`) of every perceptual hash of a file, each once, in order of file, hasher, frame, value."""
    numbered = stated.append_column("row", pa.array(np.arange(stated.num_rows)))
    return inputs.sql(
        """
        SELECT i, row FROM (
            SELECT k.i, s.hasher, s.frame, s.value, s.row,
                row_number() OVER (PARTITION BY k.i, s.hasher, s.frame, s.value ORDER BY s.exhibit, s.locator) AS n
            FROM numbered s JOIN known k USING (media) WHERE list_contains($perceptual, s.hasher))
        WHERE n = 1 ORDER BY i, hasher, frame, value
        """.replace("$perceptual", str([h.name for h in HASHERS if h.radius])),
        known=known,
        numbered=numbered,
    ).combine_chunks()


def _crops(inputs: Inputs, anew: pa.Table, known: pa.Table) -> pa.Table:
    """i and row (of `anew`) of every frame framed anew, each once, in order of file, crop, frame."""
    numbered = anew.append_column("row", pa.array(np.arange(anew.num_rows)))
    return inputs.sql(
        """
        SELECT i, row FROM (
            SELECT k.i, f.crop, f.frame, f.value, f.row, row_number() OVER (
                PARTITION BY k.i, f.hasher, f.crop, f.frame, f.value ORDER BY f.exhibit, f.locator) AS n
            FROM numbered f JOIN known k USING (media))
        WHERE n = 1 ORDER BY i, crop, frame, value
        """,
        known=known,
        numbered=numbered,
    ).combine_chunks()


def _frames(stated: pa.Table, rows: pa.Table, offset: int = 0) -> Frames:
    """Those of the hashes in `rows` of `stated` that are good enough to compare; rows of places begin at `offset`."""
    value = stated["value"]
    good = pc.and_(pc.equal(stated["hasher"], pdq.NAME), pc.greater_equal(stated["quality"], pdq.QUALITY))
    good = pc.and_(pc.fill_null(good, False), pc.equal(pc.binary_length(value), pdq.SIZE))
    good = pc.and_(good, pc.not_equal(value, pa.scalar(bytes(pdq.SIZE), value.type)))
    rows = rows.filter(good.take(rows["row"]))
    row = rows["row"].to_numpy()
    kept = stated.select(["value", "quality", "frame", "t_ms", "until_ms"]).take(rows["row"])
    return Frames(
        rows["i"].to_numpy(),
        values_of(kept["value"]),
        kept["quality"].to_numpy().astype(np.int64),
        kept["frame"].to_numpy().astype(np.int64),
        pc.fill_null(kept["t_ms"], -1).to_numpy().astype(np.int64),
        pc.coalesce(kept["until_ms"], kept["t_ms"], pa.scalar(-1, pa.int64())).to_numpy().astype(np.int64),
        row + offset,
    )


def values_of(column: pa.ChunkedArray | pa.Array) -> npt.NDArray[np.uint8]:
    """The hashes (n, 32) of a binary column without nulls, each pdq.SIZE bytes long; one chunk is not copied."""
    parts = [np.empty((0, pdq.SIZE), np.uint8)]
    for chunk in column.chunks if isinstance(column, pa.ChunkedArray) else [column]:
        if len(chunk):
            _, offsets, data = chunk.buffers()
            first, last = np.frombuffer(offsets, np.int32, len(chunk) + 1, chunk.offset * 4)[[0, -1]].tolist()
            parts.append(np.frombuffer(data, np.uint8)[first:last].reshape(len(chunk), pdq.SIZE))
    return np.concatenate(parts) if len(parts) != 2 else parts[1]
