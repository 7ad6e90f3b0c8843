"""What Leadline keeps for its user outside every case: a folder that is theirs alone, and a secret in it.

With the secret a program knows its own again: what lies in a case's scratch anyone may have put there, who has held the
case in hand; what bears a mark made with the secret was written by this user on this machine.
"""

import fcntl
import hashlib
import hmac
import os
import pwd
from functools import cache
from pathlib import Path

SECRET_BYTES = 32
"""As long as the hash it is used with (RFC 2104 section 3)."""
NEW = "secret.new"
"""Where it is written first: one name, so that a killed process leaves one file, and the next has it replaced."""


def folder() -> Path:
    """The folder, made when it is not there; OSError where it cannot be, or is not the user's alone.

    ``$XDG_STATE_HOME/leadline``, by default ``~/.local/state/leadline`` (XDG Base Directory Specification 0.8).
    """
    base = os.environ.get("XDG_STATE_HOME") or Path(pwd.getpwuid(os.getuid()).pw_dir) / ".local" / "state"
    found = Path(base) / "leadline"
    found.mkdir(mode=0o700, parents=True, exist_ok=True)
    _private(found)
    return found


@cache
def secret() -> bytes:
    """The user's secret, made once; one of this process alone where none can be kept."""
    try:
        path = folder() / "secret"
        if not path.is_symlink() and not path.exists():
            _kept(path)
        _private(path)
        found = path.read_bytes()
    except (OSError, KeyError):
        return os.urandom(SECRET_BYTES)
    return found if len(found) == SECRET_BYTES else os.urandom(SECRET_BYTES)


def _kept(path: Path) -> None:
    """Writes a new secret to `path`, whole or not at all, unless another process was first."""
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        fcntl.flock(folder, fcntl.LOCK_EX)  # which the system lets go of when this process ends
        if path.exists():
            return
        new = path.with_name(NEW)
        new.unlink(missing_ok=True)
        with os.fdopen(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(os.urandom(SECRET_BYTES))
        os.rename(new, path)
    finally:
        os.close(folder)


def mark(data: bytes) -> bytes:
    """32 bytes that only who has the secret can make of `data`: HMAC-SHA-256 (RFC 2104)."""
    return hmac.new(secret(), data, hashlib.sha256).digest()


def is_marked(data: bytes, given: bytes) -> bool:
    """Whether `given` is the mark of `data`."""
    return hmac.compare_digest(mark(data), given)


def _private(path: Path) -> None:
    """PermissionError for a file or folder that another user owns, may open, or has put a link in place of."""
    found = path.lstat()
    if path.is_symlink() or found.st_uid != os.getuid() or found.st_mode & 0o077:
        raise PermissionError(f"{path} is not its user's alone")
