"""What rests on something, however far above: findings, decisions and packages that its withdrawal can touch.

What stood in an exhibit alone, such as the files of a folder, rests on it too: it falls with it.
It is the outer bound: of what rests on a tag, much may stand on other support. `flow.withdrawal` tries which.
"""

import csv
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from leadline.errors import UsageError
from leadline.model import refs
from leadline.store import checked
from leadline.store.case import Case
from leadline.store.runs import INTAKE, fallen

KINDS = ("exhibit", "run", "tag", "list", "price", "ledger", "tx", "rule", "finding", "decision")
"""What a basis row can name, and a reading, on which rests what rests on the exhibit that it read."""


@dataclass(frozen=True, slots=True)
class Resting:
    """What rests on it, sorted: findings (id and, for each, whether it rests on it *for*), decisions and packages."""

    findings: tuple[tuple[bytes, bool], ...]
    decisions: tuple[str, ...]
    packages: tuple[str, ...]


def resting(case: Case, text: str) -> Resting:
    """What rests on a ref, or on ``ref#locator`` of an exhibit, pin or ledger; UsageError when it is no such ref."""
    ref, _, locator = text.partition("#")
    kind, key = refs.parse(ref)
    if kind not in KINDS:
        raise UsageError(f"nothing rests on a {kind}", remedy="one of: " + ", ".join(KINDS))
    if kind == "decision" and key not in {d.id for d in case.all_decisions()}:
        raise UsageError("the case holds no such decision", where=ref, remedy="leadline explain names them")
    read = [f"exhibit:{_read_by(case, key)}"] if kind == "run" else [ref]
    if kind == "exhibit" and not locator:
        with_it = fallen(case.runs(), case.withdrawals | {ref}) - fallen(case.runs(), case.withdrawals)
        read = sorted({ref, *(f"exhibit:{digest}" for digest in with_it)})
    table = case.current("basis")
    by_rule = pc.and_(pc.equal(table.column("kind"), "merge"), pc.ends_with(table.column("locator"), f">{ref}"))
    about = [f"decision:{d.id}" for d in case.all_decisions() if kind == "finding" and d.finding.hex() == key]
    first = by_rule if kind == "rule" else pc.is_in(table.column("ref"), pa.array([*read, *about], pa.string()))
    if locator:
        first = pc.and_(first, pc.equal(table.column("locator"), locator))
    found: dict[bytes, bool] = {bytes.fromhex(key): True} if kind == "finding" else {}
    gone = {key} if kind == "decision" else set()
    frontier = table.filter(first)
    while frontier.num_rows:
        new = []
        ids, roles = frontier.column("finding").to_pylist(), frontier.column("role").to_pylist()
        for id_, role in zip(ids, roles, strict=True):
            if id_ not in found:
                new.append(id_)
            found[id_] = found.get(id_, False) or role == "for"
        below = [f"finding:{id_.hex()}" for id_ in dict.fromkeys(new)]
        decided = [d for d in case.all_decisions() if d.finding in new and d.id not in gone]
        gone.update(d.id for d in decided)
        below += [f"decision:{d.id}" for d in decided]
        frontier = table.filter(pc.is_in(table.column("ref"), value_set=pa.array(below, pa.string())))
    gone.update(d.id for d in case.all_decisions() if d.finding in found)
    ids = {id_.hex() for id_ in found}
    named = {text} if locator else {text, *read}
    packages = [name for name, _ in package_folders(case) if _rests(case, name, ids, gone, named)]
    return Resting(tuple(sorted(found.items())), tuple(sorted(gone)), tuple(packages))


def _read_by(case: Case, run: str) -> str:
    """The digest of the exhibit that a run of intake read; of another run, or one that is not current, nothing."""
    if run not in {known.id for known in case.runs()}:
        raise UsageError("the case holds no such run", where=f"run:{run}", remedy="leadline case status CASE --json")
    return next((str(r.inputs["exhibit"]) for r in case.current_runs((INTAKE,)) if r.id == run), "")


def package_folders(case: Case) -> list[tuple[str, Path]]:
    """(name, folder) of every package that went out, in order of name."""
    names = sorted({name.split("/")[1] for name in case.log.files if name.startswith("packages/")})
    return [(name, case.layout.absolute(f"packages/{name}")) for name in names]


def _rests(case: Case, package: str, findings: set[str], decisions: set[str], named: set[str]) -> bool:
    """Whether a package's tables name one of the findings or decisions, or one of the refs in a basis."""
    folder, ends = f"packages/{package}/data/tables/", tuple(f">{ref}" for ref in named)
    for name in sorted(n for n in case.log.files if n.startswith(folder) and n.endswith(".csv")):
        with checked.path(case.layout, case.log.files, name).open(encoding="utf-8", newline="") as file:
            for row in csv.DictReader(file):
                if row.get("finding") in findings or row.get("id") in decisions or row.get("id") in findings:
                    return True
                whole = f"{row.get('ref')}#{row.get('locator')}"
                if "ref" in row and (named & {row["ref"], whole} or whole.endswith(ends)):
                    return True
    return False
