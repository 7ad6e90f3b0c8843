"""Bitcoin's own encodings: scripts, addresses, keys, descriptors, networks, amounts."""
