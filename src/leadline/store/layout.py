"""Where everything of a case lies; every path of a case is made here.

CASE/
  case.toml               name, authority, scope, settings, pins, withdrawals; changed by `leadline case set` only
  exhibits/ab/cdef...     records by SHA-256, read-only
  runs/<step>-<16 hex>/   run.json and one Parquet file a table, read-only
  decisions/<64 hex>.json one decision a file, named by its SHA-256, read-only; of many made at once .jsonl, one a line
  log/log.jsonl           custody log, one entry a line, an RFC 6962 Merkle tree over the lines
  packages/               what went out, one folder a package
  scratch/                ignored by verify: lock, staging, what an interrupted write left
    lock                  held by flock while something is appended
    intent.json           the files the append in progress moves into place
    stage/                files being written; cleared by the next append
    aside/                what the last recovery took out of the case; cleared by the next append
    work-*/               a process's working copies, held by flock; one that nobody holds is cleared at the next start
    media/                what is hashed of a media folder whose run is not appended yet; an intake carries on from it
"""

import re
from dataclasses import dataclass
from pathlib import Path

from leadline.errors import CaseError, UsageError

FORMAT = 4
"""Version of this layout, written into case.toml; a case of another one is refused (store.formats)."""

_RUN_ID = re.compile(r"[a-z]+-[0-9a-f]{16}")
_HEX64 = re.compile(r"[0-9a-f]{64}")
_PACKAGE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")


@dataclass(frozen=True, slots=True)
class Layout:
    """The paths of one case folder."""

    root: Path

    @property
    def toml(self) -> Path:
        """case.toml."""
        return self.root / "case.toml"

    @property
    def log(self) -> Path:
        """The custody log."""
        return self.root / "log" / "log.jsonl"

    @property
    def scratch(self) -> Path:
        """The folder verify ignores."""
        return self.root / "scratch"

    @property
    def lock(self) -> Path:
        """The writer's lock file."""
        return self.scratch / "lock"

    @property
    def intent(self) -> Path:
        """The files the append in progress moves into place."""
        return self.scratch / "intent.json"

    @property
    def stage(self) -> Path:
        """Where files are written before they are moved into place."""
        return self.scratch / "stage"

    @property
    def aside(self) -> Path:
        """Where an interrupted append's files are moved."""
        return self.scratch / "aside"

    @property
    def folders(self) -> tuple[Path, ...]:
        """The folders of an empty case."""
        return tuple(self.root / name for name in ("exhibits", "runs", "decisions", "log", "packages", "scratch"))

    def absolute(self, name: str) -> Path:
        """The path of a file named as the log names it: relative, with forward slashes."""
        return self.root.joinpath(*name.split("/"))

    def name(self, path: Path) -> str:
        """How the log names a path of the case."""
        return path.relative_to(self.root).as_posix()


def lies_in_a_case(path: Path) -> bool:
    """Whether `path` (through links too) is a case's folder or lies in one."""
    whole = path.absolute()
    real = path.resolve()
    return any(Layout(folder).log.is_file() for folder in {whole, real, *whole.parents, *real.parents})


def outside(path: Path) -> None:
    """CaseError when a file or folder to be written at `path` would lie in a case."""
    if lies_in_a_case(path):
        raise CaseError(
            "a case holds only what its log names", where=str(path), remedy="name a place outside every case"
        )


FILES = {
    "settings": re.compile(r"case\.toml"),
    "exhibit": re.compile(r"exhibits/[0-9a-f]{2}/[0-9a-f]{62}"),
    "run": re.compile(rf"runs/{_RUN_ID.pattern}/(?:run\.json|[a-z][a-z0-9_]*\.parquet)"),
    "decision": re.compile(rf"decisions/{_HEX64.pattern}\.jsonl?"),
    "package": re.compile(rf"packages/{_PACKAGE.pattern}(?:/{_PACKAGE.pattern})+"),
}
"""The kinds of file a case holds and how the log names one of each."""
_UNIT = re.compile(
    rf"{FILES['exhibit'].pattern}|runs/{_RUN_ID.pattern}|{FILES['decision'].pattern}|packages/{_PACKAGE.pattern}"
)


def is_unit(name: str) -> bool:
    """Whether a name is that of something moved into place as a whole: an exhibit, run, decision or package."""
    return _UNIT.fullmatch(name) is not None


def exhibit_name(sha256: str) -> str:
    """The name of an exhibit's file within the case; UsageError when `sha256` is not 64 hex digits."""
    if not _HEX64.fullmatch(sha256):
        raise UsageError("not an exhibit digest", remedy="64 lower-case hex digits")
    return f"exhibits/{sha256[:2]}/{sha256[2:]}"


def run_name(run_id: str, file: str = "") -> str:
    """The name of a run's folder, or of a file in it; UsageError when the id is not one."""
    if not _RUN_ID.fullmatch(run_id):
        raise UsageError("not a run id", remedy="step-<16 hex digits>")
    return f"runs/{run_id}/{file}" if file else f"runs/{run_id}"


def decision_name(sha256: str) -> str:
    """The name of a decision's file; UsageError when `sha256` is not 64 hex digits."""
    if not _HEX64.fullmatch(sha256):
        raise UsageError("not a decision digest", remedy="64 lower-case hex digits")
    return f"decisions/{sha256}.json"


def batch_name(sha256: str) -> str:
    """The name of a file of many decisions, by the digest of the file."""
    return f"{decision_name(sha256)}l"


def package_name(package: str) -> str:
    """The name of a package's folder; UsageError when `package` is not a plain name."""
    if not _PACKAGE.fullmatch(package):
        raise UsageError("not a package name", remedy="letters, digits, dot, hyphen, underscore")
    return f"packages/{package}"
