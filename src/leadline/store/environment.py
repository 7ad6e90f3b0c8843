"""What a run ran on: recorded beside it, outside its id; environments with one digest must give equal tables."""

import hashlib
import platform
import re
import resource
import sys
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path

from leadline.store.entry import canonical

_PEAK_RESET = Path("/proc/self/clear_refs")
_STATUS = Path("/proc/self/status")


def packages() -> dict[str, str]:
    """Versions of the libraries Leadline needs, by name; of what is not installed, nothing."""
    found = {"leadline": metadata.version("leadline")}
    for requirement in metadata.requires("leadline") or ():
        match = re.match(r"[A-Za-z0-9._-]+", requirement)
        if match and "extra ==" not in requirement:
            try:
                found[match[0].lower()] = metadata.version(match[0])
            except metadata.PackageNotFoundError:
                continue
    return dict(sorted(found.items()))


def environment() -> dict[str, object]:
    """Python, platform and library versions, and the digest of all three."""
    facts: dict[str, object] = {
        "python": platform.python_version(),
        "platform": f"{platform.system()}-{platform.machine()}",
        "packages": packages(),
    }
    return {**facts, "digest": hashlib.sha256(canonical(facts)).hexdigest()}


@dataclass(slots=True)
class _Children:
    """Peak memory of finished children when measuring began: the system only ever tells the largest so far."""

    before: int = 0


_CHILDREN = _Children()


def reset_peak() -> None:
    """Starts measuring peak memory anew, where the system lets us (Linux); elsewhere the peak is the process's."""
    _CHILDREN.before = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
    try:
        _PEAK_RESET.write_text("5")
    except OSError:
        return


def peak_mb() -> int:
    """Peak resident memory in MiB since `reset_peak`: this process's, and a child's if it is the largest so far."""
    children = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
    own = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    unit = 1 if sys.platform == "darwin" else 1 << 10
    try:
        match = re.search(r"VmHWM:\s+(\d+) kB", _STATUS.read_text())
        own = int(match[1]) if match else own
    except OSError:
        pass
    return (own + (children if children > _CHILDREN.before else 0)) * unit >> 20
