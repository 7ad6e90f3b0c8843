"""The readers Leadline knows, one file each."""
