"""Every error Leadline raises on purpose.

    LeadlineError                 what happened, where in the evidence, what to do
    ├── UsageError                the call itself is wrong (command line: exit 2)
    ├── EvidenceError             an exhibit cannot be read as what it claims to be
    │   └── ReaderError           reading it ended its reader, or takes more than it may
    ├── MappingError              a map does not fit its exhibit or its grammar
    ├── ChainError                block files, headers or transactions are not consistent
    │   └── ForkError             a pin lies on a stale branch
    ├── KindError                 an unknown or unusable hash, list, tag pack, price series or jurisdiction
    ├── CaseError                 the case folder refuses
    │   ├── IntegrityError        something on disk is not what the log says
    │   ├── StaleError            a decision rests on a basis that has changed
    │   └── RestrictionError      a restriction forbids this use
    ├── SpaceError                the disk is too small or full
    └── ExtraError                an optional library or program is not there

`where` names an exhibit and a locator, never a name or free text from evidence.
"""

import errno
import os

_FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)


class LeadlineError(Exception):
    """What happened, where, and the remedy; printed as one to three lines."""

    def __init__(self, what: str, *, where: str = "", remedy: str = "") -> None:
        super().__init__(what)
        self.what = what
        self.where = where
        self.remedy = remedy

    def __str__(self) -> str:
        parts = [self.what]
        if self.where:
            parts.append(f"where: {self.where}")
        if self.remedy:
            parts.append(f"remedy: {self.remedy}")
        return "\n".join(parts)


class UsageError(LeadlineError):
    """The call itself is wrong."""


class EvidenceError(LeadlineError):
    """An exhibit cannot be read as what it claims to be."""


class ReaderError(EvidenceError):
    """Reading it ended its reader, or takes more than it may."""


class MappingError(LeadlineError):
    """A map does not fit its exhibit or its grammar."""


class ChainError(LeadlineError):
    """Block files, headers or transactions are not consistent."""


class ForkError(ChainError):
    """A pin lies on a stale branch."""


class KindError(LeadlineError):
    """An unknown or unusable hash, list, tag pack, price series or jurisdiction."""


class CaseError(LeadlineError):
    """The case folder refuses."""


class IntegrityError(CaseError):
    """Something on disk is not what the log says."""


class StaleError(CaseError):
    """A decision rests on a basis that has changed."""


class RestrictionError(CaseError):
    """A restriction forbids this use."""


class SpaceError(LeadlineError):
    """The disk is too small or full."""


class ExtraError(LeadlineError):
    """An optional library or program is not there."""


def from_os(error: OSError, where: str) -> LeadlineError:
    """The Leadline error for an OSError met at `where` while writing."""
    if error.errno in _FULL:
        return SpaceError(
            "the disk is full, or a limit on file size was reached; nothing was added to the case",
            where=where,
            remedy="free some space and run the same command again",
        )
    if error.errno == errno.EROFS:
        return CaseError(
            "this place cannot be written: its medium is read-only",
            where=where,
            remedy="name a place on another disk, or work on a copy there",
        )
    what = os.strerror(error.errno) if error.errno else "input or output failed"
    return CaseError(
        f"a file cannot be read or written: {what.lower()}",
        where=where,
        remedy="check the folder's owner and permissions",
    )
