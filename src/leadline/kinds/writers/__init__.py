"""The writers Leadline knows, one file each."""
