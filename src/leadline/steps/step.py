"""What a step is to the flow: what it reads and writes, and one function from inputs to tables."""

import importlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

import pyarrow as pa

from leadline.errors import UsageError
from leadline.model import findings
from leadline.model.predicates import PREDICATES
from leadline.model.progress import Progress
from leadline.model.tables import TableSpec, from_columns, from_rows
from leadline.model.words import BASIS_KINDS, SIDES


@dataclass(frozen=True, slots=True)
class Pin:
    """Something outside the case that it pins; `kind` is ledger, list, tag or price, `digest` hex.

    `demanded`: only a reader that is wholly confined may read it.
    """

    kind: str
    name: str
    path: Path
    digest: str
    params: Mapping[str, Any] = field(default_factory=dict)
    demanded: bool = False

    @property
    def read_as(self) -> str:
        """How the user's cache calls what was read of it: what no confined reader vouches for has another name."""
        return f"{self.digest}-confined" if self.demanded else self.digest


class Inputs(Protocol):
    """What the flow hands a step; nothing else of the case can be reached."""

    @property
    def settings(self) -> Mapping[str, Any]:
        """The settings of case.toml the step declares in `StepSpec.settings`."""
        ...

    @property
    def withdrawn(self) -> frozenset[str]:
        """Refs withdrawn from this case (``tag:<sha256>#entry:5``, ``list:...``, ``tx:<txid>`` for a merge)."""
        ...

    @property
    def progress(self) -> Progress:
        """Where to say how far the work is."""
        ...

    def table(self, name: str) -> pa.Table:
        """Current rows of a table the step declares in `reads`, over all current runs, in key order."""
        ...

    def entities(self, name: str) -> pa.Table:
        """`table(name)` with each entity once (model.evidence.first_statements); record tables only."""
        ...

    def pins(self, kind: str) -> Sequence[Pin]:
        """The pins of a kind, in order of name; their digests were checked."""
        ...

    def decisions(self) -> pa.Table:
        """model.findings.DECISION rows in force (newest a finding, not stale) on the predicates in `decides_on`."""
        ...

    def sql(self, text: str, **extra: pa.Table) -> pa.Table:
        """The result of one SQL text over the declared tables and `extra`; the text orders what must be ordered."""
        ...


@dataclass(frozen=True, slots=True)
class StepSpec:
    """One step: name, method and version (part of the run id), what it reads, pins and writes, and its function.

    `needs` are the kinds of pins without which it has nothing to work on. `place` is where the function stands, as
    ``module:attribute``; it is imported when the step is run, so that whoever only asks what a step reads loads no
    engine.
    """

    name: str
    method: str
    version: int
    says: str
    reads: tuple[str, ...]
    pins: tuple[str, ...]
    decides_on: tuple[str, ...]
    settings: tuple[str, ...]
    writes: tuple[TableSpec, ...]
    place: str
    needs: tuple[str, ...] = ()

    def run(self, inputs: Inputs) -> Mapping[str, pa.Table]:
        """The tables the step makes of its inputs."""
        module, _, name = self.place.partition(":")
        work: Callable[[Inputs], Mapping[str, pa.Table]] = getattr(importlib.import_module(module), name)
        return work(inputs)


class Claims:
    """Collects findings and their basis while a step runs, then gives both tables; ids are computed here only."""

    def __init__(self, step: str) -> None:
        self._step = step
        self._findings: dict[bytes, tuple[bytes, str, str, str]] = {}
        self._basis: list[tuple[bytes, str, str, str, str]] = []

    def add(self, subject: str, predicate: str, object_: str) -> bytes:
        """The id of the claim (subject, predicate, object), added once; UsageError for a predicate of another step."""
        known = PREDICATES.get(predicate)
        if known is None or known.step != self._step:
            raise UsageError(f"step {self._step} may not write predicate {predicate!r}")
        if subject.partition(":")[0] not in known.subject or object_.partition(":")[0] not in known.object:
            raise UsageError(f"predicate {predicate!r} does not join such a subject and object")
        id_ = findings.finding_id(subject, predicate, object_)
        self._findings[id_] = (id_, subject, predicate, object_)
        return id_

    def rest(self, finding: bytes, kind: str, ref: str, locator: str = "", role: str = "for") -> None:
        """`finding` rests on this, for or against it; UsageError for a kind or role that is no word of the model."""
        if kind not in BASIS_KINDS or role not in SIDES:
            raise UsageError(f"unknown basis kind {kind!r} or role {role!r}")
        self._basis.append((finding, kind, ref, locator, role))

    def tables(self) -> dict[str, pa.Table]:
        """The finding and basis tables; UsageError when a finding rests on nothing."""
        bare = set(self._findings) - {row[0] for row in self._basis if row[4] == "for"}
        if bare:
            raise UsageError(f"{len(bare)} findings of step {self._step} rest on nothing")
        names = [c.name for c in findings.BASIS.columns]
        columns = zip(*self._basis, strict=True) if self._basis else [[] for _ in names]
        return {
            "finding": from_rows(findings.FINDING, self._findings.values()),
            "basis": from_columns(findings.BASIS, dict(zip(names, (list(c) for c in columns), strict=True))),
        }
