"""Looks at a case that cannot be written: logged beside it, in a custody log of their own that names the case."""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from leadline import own_state
from leadline.errors import CaseError
from leadline.model.settings import LOOKS
from leadline.store import durable
from leadline.store.append import Writer
from leadline.store.layout import Layout
from leadline.store.log import Log


def log_of(layout: Layout, log: Log) -> Path:
    """Where looks at a case that cannot be written are logged: beside its folder, or in the user's own state folder.

    The second where the folder that holds the case cannot be written either, as on a read-only medium.
    """
    root = layout.root
    near = root.with_name(f"{root.name}.looks.jsonl")
    if os.access(root.parent, os.W_OK):
        return near
    with durable.reported("the folder of the user's state"):
        return own_state.folder() / f"{log.origin.replace('/', '-')}.looks.jsonl"


def note(layout: Layout, log: Log, allowed: str, act: str, said: Mapping[str, Any]) -> Path:
    """Logs a look beside the case, and where; CaseError where the case's settings refuse such looks."""
    if allowed != LOOKS[0]:
        raise CaseError(
            "the case cannot be written, and its settings refuse a look that its own log does not hold",
            where=layout.root.name,
            remedy="work on a copy that can be written; read_only_looks=beside allows it",
        )
    path = log_of(layout, log)
    with durable.locked(path):
        beside = Log(path)
        writer = Writer(layout, beside)
        if not beside.entries:
            writer.note("beside", {"case": log.origin}, {})
        writer.note(act, {**said, "entries": len(log.entries), "root": log.root.hex()}, {})
    return path
