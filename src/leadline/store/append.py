"""The one way anything enters a case: staged in scratch, moved into place, then one log line.

A thing exists when the log says so.

    stage/...  written, fsynced           killed here: scratch is cleared by the next append
    intent     names what will be moved    killed here: as above
    rename     each file or folder, fsync  killed here: the next append sets aside what intent names, logged
    log line   appended, fsynced           killed here: a torn line is cut off, then as above; a whole one counts
"""

import json
import os
import pwd
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from leadline.errors import CaseError, IntegrityError
from leadline.store import checked, durable, roll, scratch
from leadline.store.acts import EARLIER, is_look
from leadline.store.entry import Entry, canonical
from leadline.store.keys import Key
from leadline.store.layout import Layout, is_unit
from leadline.store.log import Log

PRIVATE = 0o700
"""Who may enter a case: its owner alone, for it holds what was seized."""


def operator() -> str:
    """Who is at work: the name the system has for the user this process really is, whatever its environment says."""
    try:
        return pwd.getpwuid(os.getuid()).pw_name
    except KeyError:
        return f"uid-{os.getuid()}"


def author(log: Log, key: Key | None) -> str:
    """Who acts: the system's user, or where the case has a roll its operator who has `key`; CaseError for nobody."""
    operators = log.course.roll
    if not operators.operators:
        return operator()
    if key is None:
        raise CaseError(
            "this case has a roll of operators, and nobody has signed in",
            remedy="--operator KEY, or LEADLINE_OPERATOR=KEY in the environment; from Python, Case.open(operator=...)",
        )
    found = operators.of_key(key.public)
    if found is None:
        raise CaseError("no operator on this case's roll has this key", remedy="leadline case operator list CASE")
    return found.name


def now() -> datetime:
    """The moment, for acts only: no table of a case depends on it."""
    return datetime.now(UTC)


def stamp(at: datetime) -> str:
    """A moment as acts write it: ISO 8601, UTC, microseconds."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


class Writer:
    """What may be done while the writer's lock is held; made by `writing` only."""

    def __init__(self, layout: Layout, log: Log, key: Key | None = None) -> None:
        self._layout = layout
        self._log = log
        self._key = key

    def path(self, name: str) -> Path:
        """Where to write the file or folder that will be `name` in the case."""
        path = self._layout.stage.joinpath(*name.split("/"))
        path.parent.mkdir(parents=True, exist_ok=True)
        return path

    def commit(self, act: str, note: Mapping[str, Any], names: tuple[str, ...] = ()) -> Entry:
        """Moves the staged files or folders of these names into place and logs them; all or nothing."""
        with durable.reported(self._layout.root.name):
            files = self._staged(names)
            entry = self._next(act, note, files)
            if names:
                self._intend(names)
            moved: list[str] = []
            try:
                for name in names:
                    target = self._layout.absolute(name)
                    durable.make_folder(target.parent)
                    durable.rename(self.path(name), target)
                    moved.append(name)
                for folder in sorted({self._layout.absolute(name).parent for name in names}):
                    durable.sync_folder(folder)
                self._enter(entry)
                for name, digest in files.items():
                    checked.written(self._layout.absolute(name), digest)
            except OSError:
                for name in moved:
                    durable.rename(self._layout.absolute(name), self.path(name))
                durable.remove(self._layout.intent)
                raise
            if names:
                durable.remove(self._layout.intent)
        return entry

    def note(self, act: str, note: Mapping[str, Any], files: Mapping[str, str]) -> Entry:
        """Appends one entry to the log."""
        with durable.reported(self._layout.root.name):
            return self._enter(self._next(act, note, files))

    def _next(self, act: str, note: Mapping[str, Any], files: Mapping[str, str]) -> Entry:
        """The log's next entry; IntegrityError when it may not be one, before anything has moved."""
        at, said = stamp(now()), dict(note)
        if at < self._log.course.at:
            said["clock"] = EARLIER
        who = author(self._log, self._key)
        entry = Entry(len(self._log.entries), at, who, act, dict(files), said, self._log.root.hex())
        if self._log.course.roll.operators and self._key is not None:
            entry = roll.sign(entry, self._key.sign)
        if reason := self._log.course.roll.refused(entry, look=is_look(entry)):
            raise CaseError(reason, where=who, remedy="leadline case operator list CASE says who may do what")
        self._log.check(entry)
        return entry

    def _enter(self, entry: Entry) -> Entry:
        durable.append_line(self._log.path, entry.line() + b"\n")
        self._log.refresh()
        return entry

    def settings(self, data: bytes, act: str, note: Mapping[str, Any]) -> Entry:
        """Changes case.toml: the log line carries the new text, so an interrupted change is completed from it."""
        path = self.path("case.toml")
        durable.write(path, data)
        digest = durable.sha256(path)
        with durable.reported("case.toml"):
            entry = self._enter(self._next(act, {**note, "text": data.decode()}, {"case.toml": digest}))
            durable.rename(path, self._layout.toml)
            durable.sync_folder(self._layout.root)
        return entry

    def _staged(self, names: tuple[str, ...]) -> dict[str, str]:
        files: dict[str, str] = {}
        for name in names:
            path = self.path(name)
            for file in sorted(path.rglob("*")) if path.is_dir() else [path]:
                if file.is_file():
                    files[file.relative_to(self._layout.stage).as_posix()] = durable.sha256(file)
        return files

    def _intend(self, names: tuple[str, ...]) -> None:
        durable.remove(self._layout.intent)
        durable.write(self._layout.intent, canonical(list(names)))
        durable.sync_folder(self._layout.scratch)


@contextmanager
def writing(layout: Layout, log: Log, key: Key | None = None) -> Iterator[Writer]:
    """The case's writer, alone, after what an interrupted append left was put right; its stage is empty.

    Where the case has a roll of operators the writer signs with `key`.
    """
    scratch.must_write(layout)
    scratch.whole(layout)
    with durable.locked(layout.lock):
        writer = Writer(layout, log, key)
        with durable.reported(layout.root.name):
            log.refresh()
            for path in (layout.stage, layout.aside):
                if path.exists():
                    durable.remove(path)
            _recover(layout, log, writer)
        yield writer


def create(root: Path, data: bytes, note: Mapping[str, Any]) -> None:
    """An empty case at `root`, with case.toml's bytes: made aside, then moved into place."""
    new = root.with_name(f".{root.name}.new")
    layout = Layout(new)
    with durable.reported(str(root)):
        shutil.rmtree(new, ignore_errors=True)
        root.parent.mkdir(parents=True, exist_ok=True)
        new.mkdir(mode=PRIVATE)
        for folder in layout.folders:
            folder.mkdir()
        layout.log.touch()
        with writing(layout, Log(layout.log)) as writer:
            writer.settings(data, "created", note)
        for folder in (*layout.folders, new):
            durable.sync_folder(folder)
        if root.exists():
            root.rmdir()
        durable.rename(new, root)
        durable.sync_folder(root.parent)


def interrupted(layout: Layout, log: Log) -> bool:
    """Whether an append was cut off and nothing has put it right yet."""
    return bool(log.torn) or layout.intent.exists() or _late(layout, log)


def _recover(layout: Layout, log: Log, writer: Writer) -> None:
    torn = log.torn
    if torn:
        durable.cut(log.path, log.whole)
        log.refresh()
    left = [name for name in intended(layout) if _unlogged(layout, log, name)]
    for name in left:
        target = layout.aside.joinpath(*name.split("/"))
        target.parent.mkdir(parents=True, exist_ok=True)
        durable.rename(layout.absolute(name), target)
        durable.sync_folder(layout.absolute(name).parent)
    late = _late(layout, log)
    if torn or left or late:
        writer.note(
            "recovered", {"torn_bytes": torn, "set_aside": left, "completed": ["case.toml"] if late else []}, {}
        )
    if late:
        path = writer.path("case.toml")
        durable.write(path, settings_text(log))
        durable.rename(path, layout.toml)
        durable.sync_folder(layout.root)
    if layout.intent.exists():
        durable.remove(layout.intent)


def intended(layout: Layout) -> list[str]:
    """The names an append in progress would move into place; none when the intent itself is not whole."""
    try:
        names = json.loads(layout.intent.read_bytes())
    except (OSError, ValueError):
        return []
    return [name for name in names if isinstance(name, str) and is_unit(name)]


def _unlogged(layout: Layout, log: Log, name: str) -> bool:
    known = name in log.files or any(file.startswith(name + "/") for file in log.files)
    return not known and layout.absolute(name).exists()


def settings_text(log: Log) -> bytes:
    """case.toml's bytes as the log last gave them; IntegrityError when it gives none."""
    for entry in reversed(log.entries):
        if "case.toml" in entry.files:
            return str(entry.note["text"]).encode()
    raise IntegrityError(
        "the log gives no settings",
        where=log.path.name,
        remedy=checked.REMEDY,
    )


def _late(layout: Layout, log: Log) -> bool:
    """Whether case.toml is what the log said before its last change: the change was logged but not carried out."""
    said = [entry.files["case.toml"] for entry in log.entries if "case.toml" in entry.files]
    if len(said) < 2 or not layout.toml.is_file():
        return False
    there = durable.sha256(layout.toml)
    return there != said[-1] and there == said[-2]
