"""What a statement of a dump says of its tables."""

from dataclasses import dataclass

Name = tuple[str, str]
"""(database, table); no database where none is in use."""


@dataclass(frozen=True, slots=True)
class Created:
    """A table's columns with their types in small letters; of a copy (`like`) those of the other table.

    `hidden` are columns that stand in no definition and may yet be filled; `absent`: only where there is no such table.
    """

    name: Name
    start: int
    end: int
    columns: dict[str, str]
    hidden: dict[str, str]
    like: Name | None
    absent: bool


@dataclass(frozen=True, slots=True)
class Insert:
    """Rows for a table from byte `at` to `end`; `start` is the statement's, `cut` says that the dump ends in it.

    `assigned`: it holds one row, as ``INSERT ... SET a = 1, b = 2`` does.
    """

    name: Name
    columns: tuple[str, ...]
    start: int
    at: int
    end: int
    cut: bool
    assigned: bool = False


@dataclass(frozen=True, slots=True)
class Unread:
    """A statement that could fill or change a table and is not read; a table where it names one."""

    name: Name | None
    start: int
    end: int
    cut: bool = False


@dataclass(frozen=True, slots=True)
class Undone:
    """A statement that takes back, renames or reshapes what these tables hold, if they hold something.

    A name without a table is every table of its database. `what` is its first word: DROP, DELETE, TRUNCATE, RENAME or
    ALTER.
    """

    names: tuple[Name, ...]
    start: int
    end: int
    what: bytes


@dataclass(frozen=True, slots=True)
class Remark:
    """mysqldump's opening or closing line."""

    closing: bool
    start: int


Said = Created | Insert | Unread | Undone | Remark
