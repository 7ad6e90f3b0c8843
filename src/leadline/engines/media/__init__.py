"""Media files to digests and perceptual hashes in confined child processes; no decoded picture leaves them."""

from leadline.engines.media.frames import VIDEO, decoders
from leadline.engines.media.hashing import CROPS, FILES, SIGNATURES, Hashed, hash_crops, hash_files
from leadline.engines.media.photodna_slot import command as licensed_hasher
from leadline.engines.media.photodna_slot import hash_licensed

__all__ = [
    "CROPS",
    "FILES",
    "SIGNATURES",
    "VIDEO",
    "Hashed",
    "decoders",
    "hash_crops",
    "hash_files",
    "hash_licensed",
    "licensed_hasher",
]
