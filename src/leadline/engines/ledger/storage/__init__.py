"""A ledger on disk: its columns, how they are written and published, and what they cover in numbers."""
