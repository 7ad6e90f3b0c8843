"""What the tables of a dump hold, as its statements say one after another."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np
import pyarrow as pa

from leadline.kinds.reader import Batch, Broken
from leadline.kinds.readers.sqldump import rows_kernels as sqlrows
from leadline.kinds.readers.sqldump.rows import LONGEST_ROW, Run, alike, batches, values
from leadline.kinds.readers.sqldump.said import Created, Insert, Name, Remark, Said, Undone, Unread
from leadline.kinds.readers.sqldump.session import Session
from leadline.kinds.readers.sqldump.statements import Text
from leadline.model.progress import Progress
from leadline.model.words import BAD_STATEMENT, CUT_LINE


@dataclass(slots=True)
class Table:
    """A table as far as the dump has been read: columns by their name in small letters, its rows, what is not read."""

    columns: dict[str, str] = field(default_factory=dict)
    created: dict[str, str] = field(default_factory=dict)
    hidden: dict[str, str] = field(default_factory=dict)
    runs: list[Run] = field(default_factory=list)
    broken: list[Broken] = field(default_factory=list)

    def create(self, columns: dict[str, str], hidden: dict[str, str]) -> None:
        """The table as a CREATE TABLE makes it."""
        self.created, self.hidden = columns, hidden
        for name in columns:
            self.columns.setdefault(name.lower(), name)

    def filled(self, named: tuple[str, ...]) -> dict[str, str]:
        """The columns that an INSERT fills with their types: those it names, or all of the table's."""
        if not named:
            return self.created
        types = {name.lower(): type_ for name, type_ in (self.hidden | self.created).items()}
        return {self.columns.setdefault(n.lower(), n): types.get(n.lower(), "text") for n in named}

    def insert(self, session: Session, insert: Insert, columns: dict[str, str]) -> None:
        """Takes in the rows of one statement."""
        for name in columns:
            self.columns.setdefault(name.lower(), name)
        how = alike(session, columns, assigned=insert.assigned)
        if not self.runs or self.runs[-1].how != how:
            self.runs.append(Run(how))
        self.runs[-1].add(insert)

    def batches(self, text: Text, progress: Progress) -> Iterator[Batch]:
        """Its rows, and what could not be read."""
        columns = tuple(self.columns.values())
        if self.broken:
            yield rejected(columns, self.broken)
        yield from batches(text, self.runs, columns, progress)


def rejected(columns: tuple[str, ...], broken: list[Broken]) -> Batch:
    rows = pa.table({name: pa.array([], pa.string()) for name in columns})
    return Batch(rows, pa.array([], pa.string()), tuple(broken))


@dataclass(slots=True)
class Dump:
    """All that a dump says of tables, by their names in order of first mention, and what it says beside them."""

    tables: dict[Name, Table] = field(default_factory=dict)
    others: list[Broken] = field(default_factory=list)
    ends: list[Broken] = field(default_factory=list)
    open: bool = False

    def table(self, name: Name) -> Table:
        """The table of this name, new where it was not mentioned before."""
        return self.tables.setdefault(name, Table())

    def take(self, text: Text, session: Session, said: Said) -> None:
        """What one more statement says."""
        if isinstance(said, Created):
            self._create(said)
        elif isinstance(said, Insert):
            self.table(said.name).insert(session, said, self.filled(text, session, said))
        elif isinstance(said, Unread):
            broken = Broken(f"byte:{said.start}-{said.end}", CUT_LINE if said.cut else BAD_STATEMENT)
            (self.table(said.name).broken if said.name else self.others).append(broken)
        elif isinstance(said, Undone):
            self._undo(said)
        else:
            self._remark(said)

    def filled(self, text: Text, session: Session, insert: Insert) -> dict[str, str]:
        """The columns that an INSERT fills with their types: 1, 2, 3 ... where their names stand nowhere."""
        return self.table(insert.name).filled(insert.columns) or _counted(text, session, insert)

    def _create(self, said: Created) -> None:
        table = self.table(said.name)
        if said.absent and table.created:
            return
        if table.created and table.runs:  # another table of this name
            self._refuse(said)
        like = self.tables.get(said.like) if said.like else None
        table.create(like.created if like else said.columns, said.hidden)

    def _undo(self, said: Undone) -> None:
        """Refuses a statement that changes what is read, and forgets the columns of tables that are dropped."""
        tables = [held for name in said.names for held in self._named(*name)]
        if any(held.runs or (said.what == b"ALTER" and held.created) for held in tables):
            self._refuse(said)
        for held in tables if said.what == b"DROP" else []:
            held.created = {}

    def _named(self, database: str, table: str) -> list[Table]:
        """The table of this name, or where none is named all of a database, as far as the dump has made them."""
        if table:
            return [self.tables[database, table]] if (database, table) in self.tables else []
        return [held for key, held in self.tables.items() if key[0] == database]

    def _refuse(self, said: Created | Undone) -> None:
        self.others.append(Broken(f"byte:{said.start}-{said.end}", "bad_statement"))

    def _remark(self, said: Remark) -> None:
        if not said.closing and self.open:
            self.ends.append(Broken(f"byte:{said.start}-{said.start}", "cut_line"))
        self.open = not said.closing

    def named(self) -> Iterator[tuple[str, Table]]:
        """Its tables by the names of parts: with the database where tables of two have one name."""
        alone = Counter(table for _, table in self.tables)
        for (database, table), found in self.tables.items():
            yield f"{database}.{table}" if database and alone[table] > 1 else table, found


def _counted(text: Text, session: Session, insert: Insert) -> dict[str, str]:
    """Columns of a table whose names stand nowhere: 1, 2, 3 ... by place in its first row."""
    row = row_at(text, insert.at, insert.end, session, assigned=insert.assigned)
    return {str(j + 1): "text" for j in range(len(row))}


def row_at(text: Text, at: int, end: int, session: Session, *, assigned: bool) -> list[bytes | None]:
    """The values of the row that begins at byte `at`; none where no whole row stands there."""
    begin, after, first = (np.zeros(2, np.int64) for _ in range(3))
    at_, end_, kinds = (np.zeros(sqlrows.COLUMNS, type_) for type_ in (np.int64, np.int64, np.uint8))
    _, rows, found, _ = sqlrows.scan(
        text, at, end, end, LONGEST_ROW, session.ansi, session.backslash, assigned,
        0, 0, begin, after, first, at_, end_, kinds,
    )  # fmt: skip
    if not rows:
        return []
    row: list[bytes | None] = values(
        text, at_[:found], end_[:found], kinds[:found], backslash=session.backslash
    ).to_pylist()
    return row
