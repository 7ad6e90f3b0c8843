"""A proposed map as values: records a part, questions that only an analyst can answer, and what is left unmapped."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from leadline.kinds.proposing.columns import Sample
from leadline.kinds.proposing.meanings import Meaning
from leadline.kinds.proposing.names import folded

Value = str | Mapping[str, object]
"""A column of a record as a map writes it: a template, or a table with a column."""
Fields = Mapping[str, Value]
Time = Mapping[str, object] | None
"""A record's time as a map writes it; None for none."""
NEITHER = "neither"
"""The answer by which no record is made."""


@dataclass(frozen=True, slots=True)
class Question:
    """What the data do not settle: the name that stands for the answer, the question, the choices, and what was seen.

    Without `choices` any text is an answer.
    """

    name: str
    text: str
    choices: tuple[str, ...] = ()
    because: str = ""


@dataclass(frozen=True, slots=True)
class Proposed:
    """One record a row: its table, columns, times, conditions, and the answers (question, words) it is made for."""

    table: str
    fields: Fields
    time: Time = None
    until: Time = None
    where: tuple[Mapping[str, object], ...] = ()
    when: tuple[str, tuple[str, ...]] | None = None


@dataclass(slots=True)
class PartProposal:
    """What is proposed of one part: what its columns hold, what its rows are and why, its records."""

    sample: Sample
    meanings: tuple[Meaning, ...]
    key: str
    says: str = ""
    records: list[Proposed] = field(default_factory=list)

    @property
    def name(self) -> str:
        """The part's name."""
        return self.sample.part

    def of(self, *names: str) -> list[Meaning]:
        """The columns that hold one of these, in order."""
        return [m for m in self.meanings if m.name in names]

    @property
    def used(self) -> set[str]:
        """The columns that a record reads."""
        text = repr([(r.fields, r.time, r.until, r.where) for r in self.records])
        names = (m.column.name for m in self.meanings)
        return {c for c in names if f"{{{c}}}" in text or f"{{{c}|" in text or f"'column': {c!r}" in text}

    @property
    def row(self) -> str:
        """What names a row in a ref: its key, else its place in the exhibit."""
        return f"{{{self.key}}}" if self.key else "{@place}"


@dataclass(slots=True)
class Proposal:
    """A whole map: parts in order, questions by their name, lookups as name: (part, key, value).

    `network` of addresses is left empty where each says its own: those of test networks do not.
    """

    reader: str
    parts: list[PartProposal]
    network: str = ""
    questions: dict[str, Question] = field(default_factory=dict)
    lookups: dict[str, tuple[str, str, str]] = field(default_factory=dict)

    def ask(self, name: str, text: str, choices: Sequence[str] = (), because: str = "") -> str:
        """The token that stands for the answer of a question, which is asked once."""
        slug = folded(name)[:80]
        self.questions.setdefault(slug, Question(slug, text, tuple(choices), because))
        return f"<{slug}>"

    def look_up(self, part: str, key: str, value: str) -> str:
        """The name of a lookup of one part's values by its key."""
        for name, there in self.lookups.items():
            if there == (part, key, value):
                return name
        name = folded(f"{part}_{value}")
        self.lookups[name] = (part, key, value)
        return name

    def drop_unasked(self) -> None:
        """Leaves out questions that no record needs."""
        text = repr([part.records for part in self.parts]) + self.network
        needed = {n for n in self.questions if f"<{n}>" in text or f"'{n}'," in text}
        self.questions = {n: q for n, q in self.questions.items() if n in needed}
