"""The key that this process signs in with where a case has a roll of operators; the face that was called sets it."""

from contextvars import ContextVar
from pathlib import Path

KEY_FILE: ContextVar[tuple[Path, str] | None] = ContextVar("KEY_FILE", default=None)
"""The file of a private key and its password."""
