"""The sources Leadline knows, one file each."""
