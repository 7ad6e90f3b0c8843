"""The command line: one module a noun, each parses, calls one view or flow, prints; `names` lists every command."""
