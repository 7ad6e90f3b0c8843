"""Media files to digests and perceptual hashes in confined child processes; no decoded picture leaves them."""

from leadline.engines.media.frames import VIDEO, decoders
from leadline.engines.media.hashing import FILES, FRAMINGS, SIGNATURES, Hashed, hash_files, hash_framings
from leadline.engines.media.photodna_slot import command as licensed_hasher
from leadline.engines.media.photodna_slot import hash_licensed

__all__ = [
    "FILES",
    "FRAMINGS",
    "SIGNATURES",
    "VIDEO",
    "Hashed",
    "decoders",
    "hash_files",
    "hash_framings",
    "hash_licensed",
    "licensed_hasher",
]
