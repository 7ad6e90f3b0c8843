"""A case on disk: opened, read, and written by appending only."""

import os
import shutil
from collections.abc import Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from leadline.errors import CaseError, IntegrityError, UsageError
from leadline.model.catalog import TABLES
from leadline.model.findings import finding_id
from leadline.model.tables import empty, in_key_order
from leadline.store import (
    append,
    blobs,
    checked,
    decisions,
    durable,
    keys,
    looks,
    roll,
    runs,
    scratch,
    session,
    settings,
    signatures,
)
from leadline.store.basis import Basis
from leadline.store.decisions import Decision
from leadline.store.findings import Findings
from leadline.store.keys import Key
from leadline.store.layout import Layout, decision_name, outside, package_name, run_name
from leadline.store.log import Log
from leadline.store.roll import Operator
from leadline.store.runs import Run
from leadline.store.settings import Pinned, Settings

HAND_EDIT = "leadline case set CASE --discard-edit --reason TEXT, then leadline case set CASE key=value --reason TEXT"


class Case:
    """One case; `create` and `open` make it. What is read is kept until the log grows."""

    def __init__(self, layout: Layout, log: Log, operator: Key | None = None) -> None:
        self.layout = layout
        self.log = log
        self._key = operator
        self._settings = settings.from_toml(append.settings_text(log))
        self._runs: dict[str, Run] = {}
        self._tables: dict[tuple[str, tuple[str, ...]], pa.Table] = {}
        self._basis: tuple[object, Basis] | None = None
        self._decisions: tuple[int, Mapping[str, Decision]] | None = None
        self._states: tuple[Mapping[str, Decision], Basis, pa.Table, list[tuple[Decision, str]]] | None = None

    @classmethod
    def create(cls, path: Path, name: str, *, authority: str = "", scope: str = "") -> "Case":
        """A new empty case at `path`; CaseError when something is there already."""
        first = settings.first(name, authority, scope)
        root = path.absolute()
        if root.exists() and (not root.is_dir() or any(root.iterdir())):
            raise CaseError("the folder is not empty", where=str(path), remedy="name a new folder")
        if not scratch.is_work(root):
            outside(root.parent)
        append.create(root, settings.to_toml(first), {"name": name})
        return cls.open(path)

    @classmethod
    def open(cls, path: Path, *, discard_edit: bool = False, operator: Key | None = None) -> "Case":
        """The case at `path`; CaseError when there is none, IntegrityError when case.toml was changed by hand.

        `operator` is the key to sign in with, by default the process's (store.session); without a roll none is asked.
        """
        layout = Layout(path.absolute())
        with durable.reported(str(path)):
            there = layout.log.is_file()
        if not there:
            raise CaseError("no case lies here", where=str(path), remedy="leadline case new CASE --name NAME")
        log = Log(layout.log)
        if not log.entries:
            raise IntegrityError("the case's log is empty", where=str(path), remedy="restore it from a copy")
        said = durable.sha256(layout.toml, "case.toml") if layout.toml.is_file() else ""
        if scratch.writable(layout):
            scratch.clear(layout.scratch)
        if said != log.files.get("case.toml") and not append.interrupted(layout, log) and not discard_edit:
            raise IntegrityError("case.toml was changed by hand", where="case.toml", remedy=HAND_EDIT)
        named = session.KEY_FILE.get()
        if log.course.roll.operators and operator is None and named is not None:
            operator = keys.load(*named)
        if log.course.roll.operators and operator is not None:
            append.author(log, operator)
        return cls(layout, log, operator)

    @property
    def operators(self) -> Mapping[str, Operator]:
        """The roll, by name; empty for a case whose operators are not authenticated."""
        return self.log.course.roll.operators

    def change_roll(self, what: str, operator: Operator, reason: str) -> None:
        """Puts an operator on the roll (roll.ADD) or takes one off (roll.REMOVE), logged with the reason.

        CaseError when the roll does not allow it.
        """
        note = {**roll.change(what, operator), "reason": reason}
        with self._writing() as writer:
            writer.note("operator", note, {})

    @property
    def root(self) -> Path:
        """The case's folder."""
        return self.layout.root

    @property
    def settings(self) -> Settings:
        """What case.toml says, as the log holds it."""
        return self._settings

    @property
    def withdrawals(self) -> frozenset[str]:
        """Refs withdrawn from the case."""
        return frozenset(self._settings.withdrawn)

    def change(self, new: Settings, reason: str, note: Mapping[str, Any]) -> None:
        """Replaces the settings, logged with the reason; UsageError without one."""
        if not reason.strip():
            raise UsageError("a change needs a reason", remedy="--reason TEXT")
        with self._writing() as writer:
            writer.settings(settings.to_toml(new), "set", {**note, "reason": reason})
        self._settings = new

    def take_over(self, other: Settings) -> None:
        """Makes this case, which holds nothing yet, one that rebuilds the case of these settings."""
        with self._writing() as writer:
            writer.settings(settings.to_toml(other), "rebuild", {})
        self._settings = other

    def pin(self, kind: str, path: Path, digest: str, params: Mapping[str, Any], reason: str) -> Pinned:
        """Pins something outside the case; the path is kept relative to the case when both lie in one folder."""
        whole = Path(os.path.abspath(path))
        near = whole.is_relative_to(self.root.parent)
        kept = os.path.relpath(whole, self.root) if near else str(whole)
        pin = Pinned(kind, whole.name, kept, digest, params)
        self.change(settings.pinned(self.settings, pin), reason, {"pin": kind, "digest": digest})
        return pin

    def recover(self) -> None:
        """Puts right what an interrupted append left; does nothing when there is nothing, or nothing can be written."""
        if not scratch.writable(self.layout):
            return
        with self._writing():
            self.log.refresh()

    def note(self, act: str, **note: str | int | list[str]) -> None:
        """Logs an act that adds no file: a view, a query, an export; beside the case where that cannot be written."""
        if not scratch.writable(self.layout):
            who = {"operator": append.author(self.log, self._key)} if self.operators else {}
            looks.note(self.layout, self.log, self.settings.read_only_looks, act, {**note, **who})
            return
        with self._writing() as writer:
            writer.note(act, note, {})

    def add_exhibit(self, path: Path, where: str = "") -> str:
        """SHA-256 (hex) of a file, copied in unless its content is there already; `where` names it in errors."""
        with self._writing() as writer:
            return blobs.add(writer, self.layout, self.log, path, where or path.name)[0]

    def exhibit_path(self, sha256: str) -> Path:
        """Where the stored copy of an exhibit lies; IntegrityError when there is none."""
        return blobs.path(self.layout, self.log, sha256)

    def append_run(
        self,
        step: str,
        method: str,
        version: int,
        params: Mapping[str, Any],
        inputs: Mapping[str, Any],
        tables: Mapping[str, pa.Table],
        environment: Mapping[str, Any],
    ) -> Run:
        """Appends a run and makes it current; a known one is named again and must have the same tables."""
        id_ = runs.run_id(step, method, version, params, inputs)
        run = Run(id_, step, method, version, params, inputs, {}, environment)
        durable.need(self.root, sum(table.nbytes for table in tables.values()))
        with self._writing() as writer:
            known = run_name(id_, "run.json") in self.log.files
            run = runs.stage(writer.path(run_name(id_)), run, tables)
            if not known:
                writer.commit("run", {"run": id_}, (run_name(id_),))
            else:
                before = self.run(id_)
                if before.tables != run.tables:
                    raise IntegrityError(
                        "the same inputs gave other tables", where=id_, remedy="report this as an error"
                    )
                writer.note("run", {"run": id_}, {})
        return run

    def run(self, id_: str) -> Run:
        """The run of this id."""
        if id_ not in self._runs:
            self._runs[id_] = runs.read(self.layout, self.log.files, id_)
        return self._runs[id_]

    def runs(self) -> list[Run]:
        """Every run in the order in which it last became current."""
        self.log.refresh()
        named = [str(entry.note["run"]) for entry in self.log.entries if entry.act == "run"]
        return [self.run(id_) for id_ in reversed(dict.fromkeys(reversed(named)))]

    def current_runs(self, steps: Sequence[str] | None = None) -> list[Run]:
        """The current runs, in order of id, of all steps or of those named."""
        found = runs.current(self.runs(), self.settings.withdrawn)
        return [run for run in found if steps is None or run.step in steps]

    def current(self, table: str, steps: Sequence[str] | None = None) -> pa.Table:
        """The rows of a table over the current runs (of the named steps), in key order."""
        if table not in TABLES:
            raise UsageError(f"no table {table!r}", remedy="one of: " + ", ".join(TABLES))
        if table == "decision":
            return decisions.table(d for d, state in self.decisions() if state == "in_force")
        ids = tuple(run.id for run in self.current_runs(steps) if run.tables.get(table, ("", 0))[1])
        key = (table, ids)
        if key not in self._tables:
            parts = [self._table(id_, table) for id_ in ids]
            whole = pa.concat_tables(parts) if parts else empty(TABLES[table])
            for old in [k for k in self._tables if k[0] == table][:-1]:
                del self._tables[old]
            self._tables[key] = in_key_order(TABLES[table], whole) if len(parts) > 1 else whole
        return self._tables[key]

    def _writing(self) -> AbstractContextManager[append.Writer]:
        """The case's writer: nothing enters the case but through it."""
        return append.writing(self.layout, self.log, self._key)

    def _table(self, id_: str, table: str) -> pa.Table:
        """One table of a run as it lies there."""
        return runs.read_table(self.layout, self.log.files, id_, table)

    def findings(self, predicate: str) -> Findings:
        """The current findings of a predicate; reading them is logged."""
        self.note("queried", what="findings", predicate=predicate)
        return Findings.of(predicate, self.current)

    def basis(self) -> Basis:
        """What the current findings rest on, without what was withdrawn."""
        table = self.current("basis")
        key = (id(table), self.settings.withdrawn)
        if self._basis is None or self._basis[0] != key:
            self._basis = (key, Basis(table, self.settings.withdrawn))
        return self._basis[1]

    def all_decisions(self) -> list[Decision]:
        """Every decision, in the order in which it was last made."""
        return list(self._decided().values())

    def _decided(self) -> Mapping[str, Decision]:
        """Every decision by its name, in the order in which it was last made; read again when the log has grown."""
        if self._decisions is not None and self._decisions[0] == len(self.log.entries):
            return self._decisions[1]
        made = decisions.made(self.log.entries, lambda name: checked.data(self.layout, self.log.files, name))
        self._decisions = (len(self.log.entries), made)
        return made

    def decisions(self) -> list[tuple[Decision, str]]:
        """Every decision in log order with its state (store.decisions.STATES)."""
        known, basis, table = self._decided(), self.basis(), self.current("finding")
        before = self._states
        if before is None or before[0] is not known or before[1] is not basis or before[2] is not table:
            found, ids = list(known.values()), table.column("id")
            wanted = pa.array([d.finding for d in found], pa.binary(32))
            existing = set(ids.filter(pc.is_in(ids, value_set=wanted)).to_pylist())
            states = decisions.states(found, basis, existing, self.withdrawals)
            before = self._states = known, basis, table, list(zip(found, states, strict=True))
        return before[3]

    def existing(self, claims: Iterable[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
        """The claims that are current findings."""
        rows = list(claims)
        asked = [finding_id(str(r["subject"]), str(r["predicate"]), str(r["object"])) for r in rows]
        ids = self.current("finding").column("id")
        there = set(ids.filter(pc.is_in(ids, value_set=pa.array(asked, pa.binary(32)))).to_pylist())
        return [row for row, id_ in zip(rows, asked, strict=True) if id_ in there]

    def decide(
        self,
        claims: Iterable[Mapping[str, Any]],
        *,
        on_behalf_of: str = "",
        scripted: bool = False,
        at: str = "",
        signed: tuple[Key, str] | None = None,
    ) -> list[Decision]:
        """The decisions made, in one log entry; a claim has subject, predicate, object, verdict, reason, maybe value.

        UsageError when a claim is no current finding, or one about which a decision changes nothing. They are by the
        operator, who may name another they decide for; `at` is the moment (now when empty; a script has none).
        `signed` is a key and what it vouches for beside the decisions.
        """
        moment = at or (decisions.SCRIPTED_AT if scripted else append.stamp(append.now()))
        who = decisions.SCRIPTED_BY if scripted else append.author(self.log, self._key)
        rows = list(claims)
        known = {id(row) for row in self.existing(rows)}
        asked = ((row, id(row) in known) for row in rows)
        made = decisions.of_claims(asked, self.basis(), who, on_behalf_of, moment, scripted=scripted)
        self._decide("decide", made, {} if signed is None else signatures.signature(made, *signed))
        return made

    def adopt(self, made: Sequence[Decision]) -> None:
        """Takes over decisions as they are; IntegrityError in a case that was not made to rebuild another."""
        self._decide("adopt", made, {})

    def _decide(self, act: str, made: Sequence[Decision], note: Mapping[str, Any]) -> None:
        """Writes decisions, in one log entry with `note`; one that is there already is named again."""
        with self._writing() as writer:
            named = {decision.id: decision.data() for decision in made}
            there = self._decided()
            files = decisions.files_of({id_: data for id_, data in named.items() if id_ not in there})
            for name, data in files.items():
                durable.write(writer.path(name), data)
            if named:
                again = [decision_name(id_) for id_ in named if id_ in there]
                writer.commit(act, {**note, "again": again}, tuple(files))

    def add_package(self, name: str, folder: Path, note: Mapping[str, Any]) -> Path:
        """Where the package lies: `folder` moved into place and logged as `exported`; `note` tells what it rests on."""
        target = package_name(name)
        with self._writing() as writer:
            if any(file.startswith(target + "/") for file in self.log.files):
                raise CaseError("a package of this name went out already", where=target)
            staged = writer.path(target)
            with durable.reported(target):
                shutil.move(folder, staged)
                for path in (*sorted(staged.rglob("*")), staged):
                    durable.settle(path)
            writer.commit("exported", {**note, "package": name}, (target,))
        return self.layout.absolute(target)


def open_case(path: str | Path) -> Case:
    """The case at `path`, as ``leadline.open`` gives it."""
    return Case.open(Path(path))
