"""The chains Leadline knows, one file each."""
