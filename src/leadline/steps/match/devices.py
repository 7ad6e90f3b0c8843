"""Which device a file says made it: a digest of make, model and serial number, never their text.

A serial number names one device; make and model alone name thousands of them, and the digest says so. EXIF and
containers can be edited and are lost in copies: a device groups the queue, and claims nothing.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from leadline.model.words import CONTRADICTED, MODEL, SERIAL
from leadline.steps.step import Inputs


@dataclass(frozen=True, slots=True)
class Device:
    """`digest` is null where the file contradicts itself; `files` of the seizure name the same device."""

    digest: bytes | None
    by: str
    files: int | None


def devices(inputs: Inputs) -> Mapping[str, Device]:
    """The device of every file that names one, by media ref.

    The digest is SHA-256 of the normal forms of make, model and serial, joined by the ASCII unit separator, an empty
    word for one that is not stated. A file that states two different makes, models or serials contradicts itself,
    whether in one exhibit or in two; a model that begins with its make is the same without. A make alone is no device.
    """
    text = f"""
        WITH made AS (SELECT media, min(normal) AS make FROM media_fact WHERE kind = 'make' GROUP BY media),
        named AS (
            SELECT media, kind, CASE WHEN kind = 'model' AND starts_with(normal, make || ' ')
                THEN substr(normal, length(make) + 2) ELSE normal END AS normal
            FROM media_fact LEFT JOIN made USING (media)
            WHERE kind IN ('make', 'model', 'serial') AND normal IS NOT NULL),
        stated AS (
            SELECT media, kind, count(DISTINCT normal) AS n, min(normal) AS normal FROM named GROUP BY media, kind),
        whole AS (
            SELECT media, bool_or(n > 1) AS conflict, coalesce(max(normal) FILTER (kind = 'make'), '') AS make,
                coalesce(max(normal) FILTER (kind = 'model'), '') AS model,
                coalesce(max(normal) FILTER (kind = 'serial'), '') AS serial
            FROM stated GROUP BY media),
        device AS (
            SELECT media, CASE WHEN conflict THEN '{CONTRADICTED}'
                    WHEN serial <> '' THEN '{SERIAL}' ELSE '{MODEL}' END AS rests,
                CASE WHEN NOT conflict THEN unhex(sha256(make || chr(31) || model || chr(31) || serial)) END AS digest
            FROM whole WHERE conflict OR model <> '' OR serial <> '')
        SELECT media, rests, digest, CASE WHEN digest IS NOT NULL THEN count(*) OVER (PARTITION BY digest) END AS files
        FROM device ORDER BY media
    """
    return {r["media"]: Device(r["digest"], r["rests"], r["files"]) for r in inputs.sql(text).to_pylist()}
