"""One exhibit read by its map: record tables, rejects and the tally of every row."""

import fnmatch
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pyarrow as pa

from leadline.errors import MappingError
from leadline.kinds.mapping.maps import Map, PartRule
from leadline.kinds.reader import Broken, Image, Part, Reader, Source
from leadline.model.evidence import MEDIA, RECORDS, REJECT, SIGNATURE, TALLY
from leadline.model.progress import Progress
from leadline.model.tables import DIGEST, from_columns, in_key_order
from leadline.steps.intake import media
from leadline.steps.intake.apply import Mapped, apply
from leadline.steps.intake.catalog import best, choose_reader, fitting, in_folder
from leadline.steps.intake.embedded import without_images
from leadline.steps.intake.fields import Rows, text_of

METHOD = "intake"
VERSION = 8
TABLES = (*RECORDS, REJECT, TALLY)
"""The tables one call gives."""

Lookups = dict[str, tuple[pa.Array, pa.Array]]


def chosen(source: Source, map_: Map | None) -> tuple[Reader, Map]:
    """The reader and map for an exhibit; MappingError when no map is given and none fits, naming what stands in it."""
    reader = choose_reader(source)
    if map_ is None:
        seen = [] if reader.default_map else [(p.name, p.columns) for p in reader.parts(source, None, _silent)]
        map_ = fitting(reader, seen)
        if map_ is None:
            raise MappingError(
                "no shipped map fits this exhibit",
                where=source.where(),
                remedy=f"write a map (docs/maps.md) for its {len(seen)} parts and give it with --map",
            )
    if map_.reader != reader.name:
        raise MappingError(
            f"map {map_.name} is for {map_.reader}, the exhibit is read by {reader.name}",
            where=source.where(),
            remedy="give the map made for this exhibit",
        )
    return reader, map_


def among(source: Source, folder: str) -> str:
    """The path of the map of a folder that fits an exhibit, or nothing; MappingError where two fit equally well."""
    maps, reader = in_folder(folder), choose_reader(source)
    if reader.name not in {m.reader for m in maps.values()}:
        return ""
    return best(maps, reader.name, [(p.name, p.columns) for p in reader.parts(source, None, _silent)])


def read_exhibit(
    source: Source,
    map_: Map | None,
    progress: Progress,
    workers: int = 0,
    video: str = "dense",
    table: Path | None = None,
    licensed: Sequence[str] = (),
) -> dict[str, pa.Table]:
    """The tables of model.evidence that stand in one exhibit, by name, each in key order.

    A container's record whose files are at hand (`source.root`) has its media hashed and decoded in child processes,
    `workers` of them (0: as many as the media engine likes), videos as `video` says; what `table` holds
    of them already is not done again. Raises EvidenceError and MappingError.
    """
    reader, map_ = chosen(source, map_)
    source = replace(source, encoding=map_.encoding)
    if source.root is not None:
        return read_medium(source, progress, workers, video, table, licensed)[0]
    there = looked_up(source, reader, map_, progress)
    result = Mapped()
    tally: list[tuple[object, ...]] = []
    for part in reader.parts(source, None, progress):
        as_made(source, map_, part.name, part.columns)
        _read_part(source, part, map_, there, result, tally)
    if missing := sorted(set(map_.layout) - {str(row[0]) for row in tally}):
        raise _other_layout(source, f"the exhibit has no part {', '.join(missing)}")
    return finished(source, result, tally)


def as_made(source: Source, map_: Map, part: str, columns: Sequence[str]) -> None:
    """MappingError where a part has not the columns that the map was made for: read in half, it would read wrong."""
    if part not in map_.layout:
        return
    lacks, has = (sorted(a) for a in (set(map_.layout[part]) - set(columns), set(columns) - set(map_.layout[part])))
    if lacks or has:
        said = [f"lacks {', '.join(lacks)}"] * bool(lacks) + [f"has besides {', '.join(has)}"] * bool(has)
        raise _other_layout(source, f"part {part} {' and '.join(said)}")


def _other_layout(source: Source, difference: str) -> MappingError:
    return MappingError(
        f"the layout is not the one this map was made for: {difference}",
        where=source.where(),
        remedy="propose a map for this exhibit (leadline intake CASE PATH --propose MAP), or correct [layout]",
    )


def read_medium(
    source: Source,
    progress: Progress,
    workers: int = 0,
    video: str = "dense",
    table: Path | None = None,
    licensed: Sequence[str] = (),
    *,
    demanded: bool = False,
) -> tuple[dict[str, pa.Table], dict[str, str]]:
    """The tables of a folder's manifest whose files are at hand, and how the workers that read these were confined.

    Raises:
        EvidenceError: a file is gone, or is not what the manifest says.
        CaseError: `demanded`, and a worker cannot be wholly confined.
    """
    assert source.root is not None
    result, tally = media.read_folder(source, source.root, progress, workers, video, table, licensed, demanded=demanded)
    return finished(source, result, tally), result.confined


def finished(source: Source, result: Mapped, tally: list[tuple[object, ...]]) -> dict[str, pa.Table]:
    """Every table of intake in key order, empty ones too."""
    tables = {}
    for spec in RECORDS:
        found = result.tables.get(spec.name, [])
        tables[spec.name] = in_key_order(spec, pa.concat_tables(found)) if found else spec.schema.empty_table()
    rejects = result.rejects or [REJECT.schema.empty_table()]
    tables["reject"] = in_key_order(REJECT, pa.concat_tables([t.cast(_loose(REJECT.schema)) for t in rejects]))
    columns = list(zip(*tally, strict=True)) if tally else [()] * 6
    names = ("part", "rows_in", "mapped", "rejected", "left_out", "unmapped_columns")
    tables["tally"] = from_columns(
        TALLY,
        {"exhibit": pa.array([source.digest] * len(tally), DIGEST)}
        | {n: list(v) for n, v in zip(names, columns, strict=True)},
    )
    return tables


def _loose(schema: pa.Schema) -> pa.Schema:
    return pa.schema([pa.field(f.name, f.type) for f in schema])


def _read_part(
    source: Source, part: Part, map_: Map, lookups: Lookups, result: Mapped, tally: list[tuple[object, ...]]
) -> None:
    """Adds the records, rejects and tally of one part."""
    rule = map_.rule(part.name, part.columns)
    used = map_.used(part.name, rule) if rule else frozenset()
    before = (result.mapped, result.rejected, result.left_out)
    rows_in = 0
    for batch in part.batches:
        rows_in += batch.rows.num_rows + len(batch.broken)
        clean, images, holds = without_images(batch)
        _add_images(source, images, result)
        result.rejected += len(batch.broken)
        _add_broken(source, part.name, [*batch.broken, *(fault for _, fault in batch.cells)], result)
        faulty = np.zeros(len(holds), np.bool_)
        faulty[[at for at, _ in batch.cells]] = True
        rows = Rows(part.name, clean.rows, clean.locators, source.digest.hex(), lookups)
        apply(rule or PartRule(part.name, (), ()), rows, map_.network, result, holds, faulty)
    if part.images:
        rows_in += len(part.images)
        result.mapped += len(part.images)
        _add_images(source, tuple(part.images), result)
    done = (result.mapped - before[0], result.rejected - before[1], result.left_out - before[2])
    unmapped = ",".join(sorted(set(part.columns) - used))
    tally.append((part.name, rows_in, *done, unmapped))
    if part.before:
        tally.append((f"{part.name}, before the header", part.before, 0, 0, part.before, ""))


def _add_broken(source: Source, part: str, broken: Sequence[Broken], result: Mapped) -> None:
    """Adds the rejects of rows and cells that no record was made of."""
    if not broken:
        return
    result.rejects.append(
        pa.table(
            {
                "part": pa.array([part] * len(broken), pa.string()),
                "reason": pa.array([b.reason for b in broken], pa.string()),
                "exhibit": pa.array([source.digest] * len(broken), DIGEST),
                "locator": pa.array([b.locator for b in broken], pa.string()),
            },
            schema=_loose(REJECT.schema),
        )
    )


def _add_images(source: Source, images: tuple[Image, ...], result: Mapped) -> None:
    """Media and signature rows, status embedded, for images that stood inside the exhibit."""
    if not images:
        return
    n = len(images)
    exhibit = pa.array([source.digest] * n, DIGEST)
    refs = pa.array([f"media:{i.sha256}" for i in images], pa.string())
    place = pa.array([i.locator for i in images], pa.string())
    result.tables.setdefault("media", []).append(
        pa.table(
            {
                "media": refs,
                "size": pa.array([i.size for i in images], pa.int64()),
                "media_type": pa.array([i.media_type for i in images], pa.string()),
                "status": pa.array(["embedded"] * n, pa.string()),
                "reason": pa.nulls(n, pa.string()),
                "decoded_ms": pa.nulls(n, pa.int64()),
                "stated_ms": pa.nulls(n, pa.int64()),
                "decoded_rows": pa.nulls(n, pa.int64()),
                "stated_rows": pa.nulls(n, pa.int64()),
                "exhibit": exhibit,
                "locator": place,
            },
            schema=_loose(MEDIA.schema),
        )
    )
    result.tables.setdefault("signature", []).append(
        pa.table(
            {
                "media": refs,
                "hasher": pa.array(["sha256"] * n, pa.string()),
                "value": pa.array([bytes.fromhex(i.sha256) for i in images], pa.binary()),
                "quality": pa.nulls(n, pa.int16()),
                "frame": pa.array([-1] * n, pa.int32()),
                "t_ms": pa.nulls(n, pa.int64()),
                "until_ms": pa.nulls(n, pa.int64()),
                "exhibit": exhibit,
                "locator": place,
            },
            schema=_loose(SIGNATURE.schema),
        )
    )


def looked_up(source: Source, reader: Reader, map_: Map, progress: Progress) -> Lookups:
    """The map's lookups: (keys as text, values), the first value of a repeated key."""
    result: Lookups = {}
    for lookup in map_.lookups:
        keys, values = [pa.array([], pa.string())], [pa.array([], pa.string())]
        for part in _named(reader, source, lookup.part, progress):
            for batch in part.batches:
                clean = without_images(batch)[0]
                rows = Rows(part.name, clean.rows, clean.locators, source.digest.hex(), {})
                keys.append(text_of(rows, lookup.key)[0])
                values.append(text_of(rows, lookup.value)[0])
        key = pa.concat_arrays(keys)
        coded = key.dictionary_encode()
        first = np.unique(coded.indices.fill_null(-1).to_numpy(zero_copy_only=False), return_index=True)
        at = pa.array(first[1][first[0] >= 0])
        result[lookup.name] = (key.take(at), pa.concat_arrays(values).take(at))
    return result


def _named(reader: Reader, source: Source, pattern: str, progress: Progress) -> Iterator[Part]:
    """The parts whose name fits the pattern."""
    exact = None if any(c in pattern for c in "*?[") else frozenset({pattern})
    for part in reader.parts(source, exact, progress):
        if fnmatch.fnmatchcase(part.name, pattern):
            yield part


def _silent(_what: str, _done: int, _total: int) -> None:
    """Shows nothing."""
