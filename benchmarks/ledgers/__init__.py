"""The races of `make bench-ledger`: each module measures some of its rows."""
