"""Maps proposed: what the columns of an unknown schema hold, and which records that makes. See docs/maps.md."""
