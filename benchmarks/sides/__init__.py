"""An older commit beside today's code, each installed in an environment of its own, raced in one run."""
