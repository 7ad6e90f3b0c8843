"""Referral packages: what people decided, built by the refer step, then moved into the case and logged as exported."""

import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

import pyarrow as pa
import pyarrow.compute as pc

from leadline.errors import StaleError
from leadline.flow import disclosed
from leadline.flow.court import court
from leadline.flow.custody import SELF_CONSISTENT, authors
from leadline.flow.exhibits import source_of
from leadline.flow.order import LAST, until
from leadline.flow.run import wanting
from leadline.flow.staleness import current_run, stale_steps
from leadline.model.progress import Progress, silent
from leadline.model.referral import CaseFace
from leadline.model.words import IN_FORCE, NONE, OPEN, SUPERSEDED
from leadline.steps import refer as step
from leadline.steps.intake import METHOD, ConfinedReader
from leadline.steps.trace import summary
from leadline.store import append, decisions
from leadline.store.case import Case
from leadline.store.environment import peak_mb, reset_peak
from leadline.store.impact import package_folders
from leadline.store.keys import Key
from leadline.store.runs import INTAKE
from leadline.store.scratch import work


@dataclass(frozen=True, slots=True)
class Referred:
    """What refer made: packages new to the case, packages that were there with the same content, persons held back."""

    made: tuple[step.Package, ...]
    there: tuple[str, ...]
    held: tuple[step.Held, ...]


def refer(
    case: Case,
    signer: Key,
    progress: Progress = silent,
    *,
    restricted: Literal["refuse", "hold_back"] = "refuse",
    assurance: tuple[str, ...] = (SELF_CONSISTENT,),
) -> Referred:
    """One signed package a jurisdiction in the case's packages folder; `assurance` are flow.custody's sentences.

    Raises StaleError when a step or an accepted decision is stale, RestrictionError when something may not travel.
    """
    behind = stale_steps(case, LAST)
    for spec in until(LAST):
        if kinds := wanting(case, spec):
            raise StaleError(
                f"step {spec.name} has not run, and no {' and no '.join(kinds)} is pinned for it",
                where=case.root.name,
                remedy=f"leadline case set CASE {' '.join(f'pin.{kind}=PATH' for kind in kinds)} --reason TEXT",
            )
    if never := [spec.name for spec in until(LAST) if current_run(case, spec) is None]:
        raise StaleError(f"{', '.join(never)}: has not run", where=case.root.name, remedy="leadline run CASE")
    if behind:
        raise StaleError(
            f"{', '.join(behind)} would now find otherwise", where=case.root.name, remedy="leadline run CASE"
        )
    case.must_write()
    made, there = [], []
    reset_peak()
    began = time.monotonic()
    with tempfile.TemporaryDirectory(dir=work(case.layout)) as folder:
        given = replace(source(case, assurance), court=court(case), acts=acts(case))
        outcome = step.build(given, signer, append.now(), Path(folder), restricted=restricted, progress=progress)
        facts = {"seconds": round(time.monotonic() - began, 3), "peak_mb": peak_mb()}
        for package in outcome.packages:
            case.log.refresh()  # another process may have referred meanwhile
            if package.name in {name for name, _ in package_folders(case)}:
                there.append(package.name)
                if standing(case)[package.jurisdiction][-1] != package.name:
                    case.note("exported", jurisdiction=package.jurisdiction, package=package.name, again=1)
                continue
            note = {"jurisdiction": package.jurisdiction, "tagmanifest": package.tagmanifest, **facts}
            case.add_package(package.name, package.path, note)
            made.append(package)
    return Referred(tuple(made), tuple(there), outcome.held)


def standing(case: Case) -> dict[str, tuple[str, ...]]:
    """The packages that went out by jurisdiction, each once, the one that stands last."""
    found: dict[str, dict[str, None]] = {}
    for entry in case.log.entries:
        if entry.act == "exported" and "package" in entry.note:
            of = found.setdefault(str(entry.note["jurisdiction"]), {})
            of.pop(str(entry.note["package"]), None)
            of[str(entry.note["package"])] = None
    return {place: tuple(names) for place, names in found.items()}


def acts(case: Case) -> step.Acts:
    """What custody.txt tells of a case now: its log, when and by whom each exhibit came in, what each step ran on."""
    taken = {}
    for entry in case.log.entries:
        for name in entry.files:
            if name.startswith("exhibits/"):
                taken["".join(name.split("/")[1:])] = (entry.at, entry.by)
    ran: dict[str, tuple[tuple[str, str], ...]] = {}
    for run in case.current_runs():
        facts = run.environment
        parts = [(n, str(facts[n])) for n in ("platform", "python") if n in facts]
        packages = facts.get("packages", {})
        ran[run.step] = (*parts, *sorted((str(n), str(v)) for n, v in packages.items()))
    log = case.log
    others = {r["exhibit"].hex(): (r["md5"], r["sha1"]) for r in case.current("exhibit_digest").to_pylist()}
    return step.Acts((log.origin, len(log.entries), log.root.hex()), taken, ran, standing(case), cleared(case), others)


def cleared(case: Case) -> dict[str, tuple[tuple[str, str, str, str], ...]]:
    """By jurisdiction what was cleared for it and still is: (restriction, moment, operator, reason), in order."""
    found: dict[tuple[str, str], tuple[str, str, str]] = {}
    for entry in case.log.entries:
        for text in entry.note.get("set", ()) if entry.act == "set" else ():
            for operator in ("+=", "-="):
                key, _, value = str(text).partition(f"clear{operator}")
                if key or not value:
                    continue
                place, _, word = value.partition(":")
                found.pop((place, word), None)
                if operator == "+=":
                    found[place, word] = (entry.at, entry.by, str(entry.note.get("reason", NONE)))
    rows: dict[str, list[tuple[str, str, str, str]]] = {}
    for (place, word), told in found.items():
        rows.setdefault(place, []).append((word, *told))
    return {place: tuple(some) for place, some in rows.items()}


def companions(case: Case) -> dict[bytes, tuple[bytes, ...]]:
    """{exhibit: what the newest reading of it read with it}, as a database's write-ahead log."""
    found = {}
    for run in case.current_runs((INTAKE,)):
        beside = [str(v) for k, v in sorted(run.inputs.items()) if k.startswith("exhibit:beside")]
        if run.method == METHOD and beside:
            found[bytes.fromhex(str(run.inputs["exhibit"]))] = tuple(map(bytes.fromhex, beside))
    return found


def altered(case: Case, exhibit: bytes, places: Sequence[str]) -> dict[str, str]:
    """Which places of an exhibit stand only in what is read with it, or read otherwise without it."""
    return ConfinedReader(source_of(case, exhibit.hex()), demanded=case.settings.demanded).altered(places)


def open_requests(case: Case) -> step.Requests:
    """What to ask services over all payments of the case, without what a return has answered."""
    given = source(case)
    found = step.requests(given, given.table("payment"))
    return step.Requests(*(_open(table) for table in (found.recorded, found.inferred, found.waiting)))


def _open(table: pa.Table) -> pa.Table:
    return table.filter(pc.equal(table.column("state"), OPEN))


def source(case: Case, assurance: tuple[str, ...] = ()) -> step.Source:
    """What refer reads of a case: current tables, the newest decision a finding, and which of those are stale."""
    made = [(d, state) for d, state in case.decisions() if d.predicate in step.DECIDES_ON]
    standing = [(d, state) for d, state in made if state in (IN_FORCE, "stale")]
    runs = tuple(sorted((run.step, run.id, run.method, run.version) for run in case.current_runs()))
    settings = case.settings
    ledgers = settings.pinned("ledger")
    face = CaseFace(
        name=settings.name,
        authority=settings.authority,
        scope=settings.scope,
        sender=settings.sender,
        contact=settings.contact,
        file_number=settings.file_number,
        network=str(ledgers[0].params.get("network", "")) if ledgers else "",
        currency=settings.currency,
        valuation_date=settings.valuation_date,
        pins=tuple((p.kind, p.name, p.digest) for p in settings.pins),
        runs=runs,
        custody=(*assurance, authors(case)) if assurance else (),
        about=tuple(disclosed.about(case)),
        limits=disclosed.limits(case),
        reached=tuple(summary.lines(summary.reached({name: case.current(name) for name in summary.READS}))),
    )
    return step.Source(
        {name: case.current(name) for name in step.READS},
        decisions.table(d for d, _ in standing),
        frozenset(d.finding for d, state in standing if state == "stale"),
        face,
        settings.clearances(),
        settings.restrictions,
        earlier=decisions.table(d for d, state in made if state == SUPERSEDED),
        made=tuple(bytes.fromhex(d.id) for d, _ in made),
        companions=companions(case),
        altered=lambda exhibit, places: altered(case, exhibit, places),
    )
