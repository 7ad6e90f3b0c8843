"""Block files to columns, spends, clusters and walks."""
