"""Transaction ids, and the output that each input spends."""
