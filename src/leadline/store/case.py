"""A case on disk: made, opened, and written by appending only; what it holds is read in store.held."""

import os
import shutil
from collections.abc import Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

import pyarrow as pa

from leadline.errors import CaseError, IntegrityError, UsageError
from leadline.model import session
from leadline.store import (
    append,
    blobs,
    decisions,
    durable,
    formats,
    keys,
    looks,
    roll,
    runs,
    scratch,
    settings,
    signatures,
)
from leadline.store.decisions import Decision
from leadline.store.findings import Findings
from leadline.store.held import Held
from leadline.store.keys import Key
from leadline.store.layout import Layout, decision_name, outside, package_name, run_name
from leadline.store.log import Log
from leadline.store.roll import Operator
from leadline.store.runs import Run
from leadline.store.settings import Pinned, Settings

HAND_EDIT = "leadline case set CASE --discard-edit --reason TEXT, then leadline case set CASE key=value --reason TEXT"


class Case(Held):
    """One case and its only writer; `create` and `open` make it."""

    @classmethod
    def create(cls, path: Path, name: str, *, authority: str = "", scope: str = "") -> "Case":
        """A new empty case at `path`; CaseError when something is there already."""
        first = settings.first(name, authority, scope)
        root = path.absolute()
        if Layout(root).log.is_file():
            raise CaseError(
                "a case lies there already", where=str(path), remedy="work on it: leadline intake CASE PATH..."
            )
        if root.exists() and (not root.is_dir() or any(root.iterdir())):
            raise CaseError("the folder is not empty", where=str(path), remedy="name a new folder")
        if not scratch.is_work(root):
            outside(root.parent)
        append.create(root, settings.to_toml(first), {"name": name, **formats.stamp()})
        return cls.open(path)

    @classmethod
    def open(cls, path: Path, *, discard_edit: bool = False, operator: Key | None = None) -> "Case":
        """The case at `path`; CaseError when there is none or another version of Leadline made it.

        IntegrityError when case.toml was changed by hand.

        `operator` is the key to sign in with, by default the process's (model.session); without a roll none is asked.
        """
        layout = Layout(path.absolute())
        with durable.reported(str(path)):
            there = layout.log.is_file()
        if not there:
            raise CaseError("no case lies here", where=str(path), remedy="leadline case new CASE --name NAME")
        formats.check(layout)
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

    def who(self) -> str:
        """Who acts; CaseError where the case has a roll and nobody on it has signed in."""
        return append.author(self.log, self._key)

    def change_roll(self, what: str, operator: Operator, reason: str) -> None:
        """Puts an operator on the roll (roll.ADD) or takes one off (roll.REMOVE), logged with the reason.

        CaseError when the roll does not allow it.
        """
        note = {**roll.change(what, operator), "reason": reason}
        with self._writing() as writer:
            writer.note("operator", note, {})

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

    def must_write(self) -> None:
        """CaseError unless the case can be written, so that long work is not done for nothing."""
        scratch.must_write(self.layout)

    def recover(self) -> None:
        """Puts right what an interrupted append left; does nothing when there is nothing, or nothing can be written."""
        if not scratch.writable(self.layout):
            return
        with self._writing():
            self.log.refresh()

    def note(self, act: str, **note: str | int | list[str]) -> None:
        """Logs an act that adds no file: a view, a query, an export; beside the case where that cannot be written."""
        if not scratch.writable(self.layout):
            who = {"operator": self.who()} if self.operators else {}
            looks.note(self.layout, self.log, self.settings.read_only_looks, act, {**note, **who})
            return
        with self._writing() as writer:
            writer.note(act, note, {})

    def add_exhibit(self, path: Path, where: str = "") -> str:
        """SHA-256 (hex) of a file, copied in unless its content is there already; `where` names it in errors."""
        with self._writing() as writer:
            return blobs.add(writer, self.layout, self.log, path, where or path.name)[0]

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
        """Appends a run and makes it current; a known one is named again, IntegrityError when its tables are others."""
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

    def _writing(self) -> AbstractContextManager[append.Writer]:
        """The case's writer: nothing enters the case but through it."""
        return append.writing(self.layout, self.log, self._key)

    def findings(self, predicate: str) -> Findings:
        """The current findings of a predicate; reading them is logged."""
        self.note("queried", what="findings", predicate=predicate)
        return Findings.of(predicate, self.current)

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
        who = decisions.SCRIPTED_BY if scripted else self.who()
        rows = list(claims)
        known = {id(row) for row in self.existing(rows)}
        asked = ((row, id(row) in known) for row in rows)
        made = decisions.of_claims(asked, self.basis(), who, on_behalf_of, moment, scripted=scripted)
        note = {decisions.SCRIPTED: True} if scripted else {}
        self._decide("decide", made, note if signed is None else {**note, **signatures.signature(made, *signed)})
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
        """Where the package lies: `folder` moved into place and logged as `exported`; `note` tells what it rests on.

        CaseError when a package of this name went out already.
        """
        target = package_name(name)
        with self._writing() as writer:
            if any(file.startswith(target + "/") for file in self.log.files):
                raise CaseError(
                    "a package of this name went out already", where=target, remedy="leadline refer again finds it"
                )
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
