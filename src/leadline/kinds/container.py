"""The contract of a container: something named as one that holds files, each of which may be an exhibit of its own.

A container is a module-level value of class `Container` in `leadline.kinds.containers`; the explicit list stands in
that package's face. Its record is the exhibit that stands for it in a case; what it holds stays where it is.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from leadline.model.progress import Progress


@dataclass(frozen=True, slots=True)
class Child:
    """A file in a container: where it can be read now, its path in the container, and its locator in the record."""

    path: Path
    name: str
    locator: str


@dataclass(frozen=True, slots=True)
class Container:
    """One kind of container.

    `holds(path)` says whether a path is one; `record(path, progress)` gives the bytes that stand for it as an exhibit,
    read by the reader named `reader`; `children(record, path)` the files it holds, `unread(record, path)` what in it
    could not be read, which has its place in the record too. All raise EvidenceError where the container is none.
    """

    name: str
    says: str
    reader: str
    holds: Callable[[Path], bool]
    record: Callable[[Path, Progress], bytes]
    children: Callable[[bytes, Path], Iterator[Child]]
    unread: Callable[[bytes, Path], Iterator[Child]]
