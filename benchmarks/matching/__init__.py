"""What `make bench-match` measures."""
