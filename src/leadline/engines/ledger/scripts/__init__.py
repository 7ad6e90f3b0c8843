"""The script dictionary: every distinct output script once, found by its bytes."""
