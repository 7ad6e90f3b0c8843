"""Which output of a payment is change: signs, published heuristics, wallet fingerprints."""
