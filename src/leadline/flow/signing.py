"""Keys of whoever signs, made or read from their files; a key never lies in a case."""

from leadline.store.keys import Key, public
from leadline.store.keys import load as signer
from leadline.store.keys import new as new_key

__all__ = ["Key", "new_key", "public", "signer"]
