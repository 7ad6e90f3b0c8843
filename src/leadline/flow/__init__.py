"""Order, staleness and resume: where steps, store and engines meet."""
