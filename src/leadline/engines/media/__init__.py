"""Media files to digests and frame hashes, in child processes."""
