"""Media files to digests and perceptual hashes in confined child processes; no decoded picture leaves them."""

from leadline.engines.media.hashing import FILES, SIGNATURES, Hashed, hash_files

__all__ = ["FILES", "SIGNATURES", "Hashed", "hash_files"]
