"""One exhibit taken in: copied, read once by its map, and each place where it stood."""

import hashlib
import shlex
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pyarrow as pa

from leadline.confinement.silence import watched
from leadline.errors import CaseError, IntegrityError
from leadline.flow import maps, useful_reading
from leadline.kinds.reader import Source
from leadline.model.evidence import EXHIBIT, EXHIBIT_DIGEST, OCCURRENCE
from leadline.model.progress import Progress
from leadline.model.tables import from_rows
from leadline.model.words import STORED
from leadline.steps import intake as step
from leadline.store import durable
from leadline.store.case import Case
from leadline.store.entry import canonical
from leadline.store.environment import environment, peak_mb, reset_peak
from leadline.store.runs import INTAKE, OCCURRENCES, Run, run_id
from leadline.store.scratch import work

DENSE = "dense"
"""What is done with videos unless one asks for something else."""
UNKNOWN = "unknown"
BESIDE = "application/octet-stream"
"""Media type of a file that only belongs to an exhibit, such as a write-ahead log: it has no reader of its own."""


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of one item: its exhibit in hex, its run of records, whether either is new, the run it replaces."""

    exhibit: str
    run: Run
    new: bool
    replaces: str = ""


def source_of(case: Case, exhibit: str) -> Source:
    """An exhibit of the case as its newest reading got it: what belongs to it, its files' medium, its encoding."""
    beside: tuple[str, ...] = ()
    medium: str | None = None
    given = ""
    for run in case.runs():
        if run.step == INTAKE and run.method == step.METHOD and run.inputs.get("exhibit") == exhibit:
            beside = tuple(v for k, v in sorted(run.inputs.items()) if k.startswith("exhibit:beside"))
            medium = run.environment.get("medium")
            given = _given(case, run.params, run.inputs)
    source = _source(case, exhibit, beside, Path(medium) if medium else None)
    map_ = step.load_map(given)
    return source if map_ is None else replace(source, encoding=map_.encoding)


def _given(case: Case, params: Mapping[str, Any], inputs: Mapping[str, Any]) -> str:
    """The map that a reading names: the path of the one kept in the case, or the name of one that is shipped."""
    kept = inputs.get("exhibit:map")
    return str(case.exhibit_path(str(kept))) if kept else str(params["map"])


def _source(case: Case, exhibit: str, beside: Sequence[str], root: Path | None) -> Source:
    paths = tuple(case.exhibit_path(digest) for digest in beside)
    return Source(bytes.fromhex(exhibit), case.exhibit_path(exhibit), paths, root, work(case.layout))


def take(case: Case, item: step.Item, where: str, progress: Progress, video: str) -> Taken:
    """Takes in one item; errors call it `where`, because a file's name may itself be evidence."""
    before = len(case.log.entries)
    if item.container is not None:
        with tempfile.TemporaryDirectory(dir=work(case.layout)) as folder:
            listing = Path(folder) / "manifest"
            if _taken(case, item.path, video):
                listing.write_bytes(item.container.record(item.path, progress))
            else:
                _licensed_allowed(case, step.licensed_hasher())
                table = _table(case, item.path, video)
                listing.write_bytes(
                    step.list_folder(item.path, progress, video, table, demanded=case.settings.demanded)
                )
            exhibit = case.add_exhibit(listing, where)
    else:
        _recognised(case, item, where)
        exhibit = case.add_exhibit(item.path, where)
    beside = [case.add_exhibit(path, f"{where}, the file beside it") for path in item.beside]
    medium = item.path.absolute() if item.container is not None else None
    source = _source(case, exhibit, beside, medium)
    item = replace(item, map=step.ConfinedReader(source, item.map, case.settings.demanded).settled())
    given = step.load_map(item.map, f"the map of {item.place}")
    if item.container is not None and given is not None and given.reader != item.container.reader:
        item = replace(item, map="")  # the map is for files in it
    reader, map_ = step.ConfinedReader(source, item.map, case.settings.demanded).chosen()
    inputs = {"exhibit": exhibit, **{f"exhibit:beside{n}": digest for n, digest in enumerate(beside)}}
    shipped = map_.name in step.NAMED and (not item.map or item.map in step.NAMED)
    facts: dict[str, Any] = {"map": map_.name, "map_digest": map_.digest, "reader": reader.name}
    if medium:
        facts["video"] = video
        if program := step.licensed_hasher():
            facts["licensed"] = shlex.join(program)
    if not shipped:
        if signer := maps.signer(Path(item.map), map_, case.settings.map_signers):
            facts |= {"map_version": map_.version, "map_signer": signer}
        inputs["exhibit:map"] = case.add_exhibit(Path(item.map), "the map given")
    standing = {run.place: run.id for run in case.current_runs((INTAKE,))}
    run = read(case, facts, inputs, medium, progress, useful=True)
    replaced = standing.get(run.place, run.id)
    params = {
        "name": item.name,
        "media_type": reader.media_type,
        "beside": [path.name for path in item.beside],
        "acquired_at": item.acquired_at or UNKNOWN,
        "acquired_by": item.acquired_by or UNKNOWN,
        "authority": item.authority or case.settings.authority or UNKNOWN,
        "restrictions": sorted(item.restrictions),
        **({"item": item.item} if item.item else {}),
        **({"parent": item.parent, "path": item.at} if item.parent else {}),
    }
    places = {name: digest for name, digest in inputs.items() if name != "exhibit:map"}
    occur(case, params, places, {})
    return Taken(exhibit, run, len(case.log.entries) > before, replaced if replaced != run.id else "")


def _licensed_allowed(case: Case, program: Sequence[str]) -> None:
    """CaseError where a licensed hasher, which is not confined, would decode files of a case that demands it."""
    if program and case.settings.demanded:
        raise CaseError(
            "this case demands that readers are confined, and a licensed hasher is not",
            remedy="unset LEADLINE_PHOTODNA, or: leadline case set CASE confinement=tried --reason TEXT",
        )


def _recognised(case: Case, item: step.Item, where: str) -> None:
    """Refuses what no reader knows before it is copied: a picture, say, has no place in a case.

    A file of a container is not copied either when no map fits: nobody asked for it by name.
    """
    digest = durable.sha256(item.path, where)
    source = Source(bytes.fromhex(digest), item.path, item.beside, scratch=work(case.layout))
    reader = step.ConfinedReader(source, item.map if item.parent else "", case.settings.demanded)
    if item.parent:
        replace(reader, given=reader.settled()).chosen()
    else:
        reader.recognised()


def read(
    case: Case,
    params: Mapping[str, Any],
    inputs: Mapping[str, Any],
    medium: Path | None,
    progress: Progress,
    *,
    useful: bool = False,
) -> Run:
    """The run of an exhibit's records, appended unless it is the newest reading of it already.

    Raises:
        IntegrityError: the map is not the one that the run was made with.
        MappingError: a `useful` reading is asked for, and every row is a reject: it would stand in the place of a
            better one.
    """
    id_ = run_id(INTAKE, step.METHOD, step.VERSION, params, inputs)
    if id_ in {run.place: run.id for run in case.runs()}.values():
        return case.run(id_)
    given = _given(case, params, inputs)
    map_ = step.load_map(given)
    if map_ is None or map_.digest != params["map_digest"]:
        raise IntegrityError(
            f"map {params['map']} is not the one this run was made with", where=id_, remedy="use the version of the run"
        )
    beside = [str(v) for k, v in sorted(inputs.items()) if k.startswith("exhibit:beside")]
    reset_peak()
    began = time.monotonic()
    source = _source(case, str(inputs["exhibit"]), beside, medium)
    video = str(params.get("video", DENSE))
    hashed = _table(case, medium, video) if medium else None
    program = shlex.split(str(params.get("licensed", "")))
    if medium:
        _licensed_allowed(case, program)
        tables, confined = step.read_medium(
            source, progress, video=video, table=hashed, licensed=program, demanded=case.settings.demanded
        )
    else:
        answer = step.ConfinedReader(source, given, case.settings.demanded).tables(map_.reader, progress)
        tables, confined = dict(answer.tables), answer.state.facts()
    if useful and "exhibit:map" in inputs:
        useful_reading.held(tables, map_.name, source.where())
    took: dict[str, Any] = {"seconds": round(time.monotonic() - began, 3), "peak_mb": peak_mb(), "confined": confined}
    took["silence"] = "watched" if watched() else "not watched"
    if medium:
        took |= {"medium": str(medium), "decoders": step.decoders()}
    run = case.append_run(INTAKE, step.METHOD, step.VERSION, params, inputs, tables, {**environment(), **took})
    if hashed:
        step.remove_tables(hashed)
    return run


def _taken(case: Case, folder: Path, video: str) -> bool:
    """Whether this folder was taken in before, and so is only listed to see whether it has changed."""
    here = str(folder.absolute())
    return any(run.environment.get("medium") == here and run.params.get("video") == video for run in case.runs())


def _table(case: Case, folder: Path, video: str) -> Path:
    """Where what is done with the files of a folder is kept until its run is appended: a kill costs one batch."""
    name = hashlib.sha256(canonical([str(folder.absolute()), video, step.VERSION, step.decoders()])).hexdigest()
    place = case.layout.scratch / "media"
    place.mkdir(exist_ok=True)
    return place / f"{name[:16]}.sqlite"


def occur(case: Case, params: Mapping[str, Any], inputs: Mapping[str, Any], facts: Mapping[str, Any]) -> Run:
    """The run that says what an exhibit (and what belongs to it) is and where it stood."""
    id_ = run_id(INTAKE, OCCURRENCES, step.VERSION, params, inputs)
    if any(run.id == id_ for run in case.runs()):
        return case.run(id_)
    names = [str(params["name"]), *params["beside"]]
    types = [str(params["media_type"])] + [BESIDE] * len(params["beside"])
    digests = [bytes.fromhex(str(v)) for _, v in sorted(inputs.items())]
    acquired = (params["acquired_at"], params["acquired_by"], params["authority"], ",".join(params["restrictions"]))
    number_of = params.get("item")
    parent = bytes.fromhex(str(params["parent"])) if "parent" in params else None
    paths = [str(params.get("path", params["name"])), *params["beside"]]
    exhibits, places, others = [], [], []
    for number, (digest, name, type_) in enumerate(zip(digests, names, types, strict=True)):
        copy = case.exhibit_path(digest.hex())
        size = copy.stat().st_size
        md5, sha1, _ = durable.digests(copy)
        others.append((digest, md5, sha1))
        exhibits.append((digest, size, type_, STORED, *acquired, number_of))
        places.append((digest, digests[0] if number else parent, name, paths[number]))
    tables: dict[str, pa.Table] = {
        "exhibit": from_rows(EXHIBIT, exhibits),
        "exhibit_digest": from_rows(EXHIBIT_DIGEST, others),
        "occurrence": from_rows(OCCURRENCE, places),
    }
    took = {**environment(), **facts}
    return case.append_run(INTAKE, OCCURRENCES, step.VERSION, params, inputs, tables, took)
