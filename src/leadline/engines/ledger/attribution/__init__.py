"""Whose a script may be: keys, merges and their error, behaviour of services and mixers without a name."""
