"""The hash lists of the training case: one as CSV, one as VICS 2.0, most entries without a perceptual hash.

Known files stand in one or both, by one or more digests, under categories that sometimes differ; patterns of which the
seizure holds only copies stand with their perceptual hash. Around them stand entries that match nothing, and the bad
entries real lists have: the digest of no bytes, an all-zero hash, a digest cut short, a hash without quality.
"""

import base64
import csv
import hashlib
import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from leadline.scenario.media import embedded_image
from leadline.scenario.random_streams import stream

COLUMNS = ("sha256", "sha1", "md5", "pdq", "pdq_quality", "category", "scheme", "note")
SCHEME = "training-a"
CONTEXT = "https://example.org/VICSDATAMODEL/ProjectVic/DataModels/2.0.xml/Default/$metadata#Media"
NOISE = 4
"""Entries that match nothing, for each file of the seizure; a real list is larger still."""
MOST_NOISE = 60_000
"""But no more than this: the record case shows the size of the seizure, not of the lists."""
NOTE = "identified: contact the training unit"
"""What travels with some entries: whom to ask."""
Entry = dict[str, str]


def write_lists(lists_dir: Path, media: pa.Table, seed: int, media_dir: Path | None = None) -> None:
    """Writes known_digests.csv and known_vics.json for a table of media (scenario.media).

    `media_dir` (by default ``../evidence/media``) is where the files lie, if there are any: MD5 and SHA-1 are theirs.
    """
    rng = stream(seed, "lists")
    lists_dir.mkdir(parents=True, exist_ok=True)
    folder = media_dir or lists_dir.parent / "evidence" / "media"
    known = [_digests(row, folder) for row in media.filter(pc.equal(media["group"], "known")).to_pylist()]
    near = media.filter(pc.equal(media["group"], "similar")).to_pylist()
    noise = min(NOISE * len(media), MOST_NOISE)
    plain = [*_plain(rng, known, near), *_bad(rng), *(_drawn(rng) for _ in range(noise))]
    order = rng.permutation(len(plain)).tolist()
    with (lists_dir / "known_digests.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, COLUMNS, restval="", lineterminator="\r\n")
        writer.writeheader()
        writer.writerows(plain[i] for i in order)
    records = [*_records(rng, known, seed), *(_record(rng, _drawn(rng), {}) for _ in range(noise))]
    order = rng.permutation(len(records)).tolist()
    text = ",\n".join(json.dumps({"MediaID": n, **records[i]}) for n, i in enumerate(order, 1))
    with (lists_dir / "known_vics.json").open("w", encoding="utf-8-sig", newline="") as file:
        file.write('{"@odata.context": ' + json.dumps(CONTEXT) + ', "value": [\n' + text + "\n]}\n")


def _digests(row: Mapping[str, Any], folder: Path) -> Entry:
    """The digests of a file; only its SHA-256 where there is no file."""
    path = folder / row["path"]
    if not path.is_file():
        return {"sha256": row["sha256"]}
    data = path.read_bytes()
    return {
        "sha256": row["sha256"],
        "sha1": hashlib.sha1(data, usedforsecurity=False).hexdigest(),
        "md5": hashlib.md5(data, usedforsecurity=False).hexdigest(),
    }


def _plain(rng: np.random.Generator, known: list[Entry], near: list[dict[str, Any]]) -> Iterator[Entry]:
    """Lines of the CSV list about the seizure: two of three known files, and every pattern that it holds copies of."""
    for n, digests in enumerate(known):
        if n % 3 == 2:
            continue
        kinds = [k for k in ("md5", "sha1", "sha256") if k in digests]
        kept = kinds if n % 2 else kinds[-1:]
        yield {
            **{k: digests[k] for k in kept},
            "category": str(1 + n % 2),
            "scheme": SCHEME,
            "note": NOTE if n % 4 == 0 else "",
        }
    seen = set()
    for row in near:
        if row["origin"] not in seen:
            seen.add(row["origin"])
            yield {
                "md5": rng.bytes(16).hex(), "pdq": row["listed_pdq"], "pdq_quality": str(row["listed_quality"]),
                "category": "1", "scheme": SCHEME,
            }  # fmt: skip


def _bad(rng: np.random.Generator) -> Iterator[Entry]:
    """The bad entries real lists have."""
    yield {"sha256": hashlib.sha256(b"").hexdigest(), "category": "1", "scheme": SCHEME}
    yield {"md5": hashlib.md5(b"", usedforsecurity=False).hexdigest(), "category": "2", "scheme": SCHEME}
    yield {"pdq": "00" * 32, "pdq_quality": "80", "category": "1", "scheme": SCHEME}
    yield {"pdq": "0" * 32, "pdq_quality": "80", "category": "1", "scheme": SCHEME}
    yield {"pdq": rng.bytes(32).hex(), "pdq_quality": "7", "category": "1", "scheme": SCHEME}
    yield {"pdq": rng.bytes(32).hex(), "category": "1", "scheme": SCHEME}
    yield {"md5": rng.bytes(15).hex(), "category": "1", "scheme": SCHEME}
    yield {"sha1": "not a digest", "category": "1", "scheme": SCHEME}


def _drawn(rng: np.random.Generator) -> Entry:
    """An entry that matches nothing."""
    draw = rng.bytes(68)
    entry = {"md5": draw[:16].hex(), "sha1": draw[16:36].hex(), "category": str(1 + draw[0] % 3), "scheme": SCHEME}
    if draw[1] < 8:
        entry |= {"pdq": draw[36:68].hex(), "pdq_quality": str(50 + draw[2] % 51)}
    return entry


def _records(rng: np.random.Generator, known: list[Entry], seed: int) -> Iterator[dict[str, Any]]:
    """Records of the VICS list about the seizure: two of three known files, some under another category."""
    for n, digests in enumerate(known):
        if n % 3 == 0:
            continue
        miniature = base64.b64encode(embedded_image(seed * 1_000 + 900, "png")).decode() if n == 1 else None
        extra = {"Miniature": miniature} if miniature else {}
        yield _record(rng, {**digests, "category": str(1 + (n // 2) % 3)}, {"VictimIdentified": n % 5 == 1, **extra})


def _record(rng: np.random.Generator, entry: Entry, extra: Mapping[str, Any]) -> dict[str, Any]:
    """One media record, its hexadecimal in upper case and its flags as strings or booleans, as exporters differ."""
    record: dict[str, Any] = {"Category": int(entry["category"])}
    record |= {k.upper(): entry[k].upper() for k in ("md5", "sha1") if k in entry}
    if "md5" not in entry:
        record["AlternativeHashes"] = [{"HashName": "SHA256", "HashValue": entry["sha256"].upper()}]
    draw = rng.bytes(144)
    if draw[0] < 64:
        record["PhotoDNA"] = base64.b64encode(draw).decode()
    record["IsDistributed"] = "True" if draw[1] < 90 else False
    return {**record, **extra}
