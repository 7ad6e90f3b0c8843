"""The jurisdictions Leadline knows, one file each."""
