"""Block and undo files as a node leaves them: found, parsed, hashed, and the active chain among them."""
