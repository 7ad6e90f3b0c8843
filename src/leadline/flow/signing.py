"""Keys of whoever signs, made or read from their files; a key never lies in a case."""

from pathlib import Path

from leadline.kinds.codecs import signed_note
from leadline.store.keys import Key, public
from leadline.store.keys import load as signer
from leadline.store.keys import new as new_key

__all__ = ["Key", "new_key", "public", "public_line", "signer"]


def public_line(path: Path) -> str:
    """The public key in a file as the one line that settings hold; UsageError when it is none."""
    return signed_note.verifier_text(*public(path))
