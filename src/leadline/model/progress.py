"""How long work tells how far it is."""

from collections.abc import Callable

Progress = Callable[[str, int, int], None]
"""Called with (what, done, total); total 0 when unknown."""


def silent(what: str, done: int, total: int) -> None:
    """A Progress that shows nothing."""
