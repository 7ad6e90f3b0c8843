"""The hashers Leadline knows, one file each."""
