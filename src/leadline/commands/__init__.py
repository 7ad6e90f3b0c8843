"""The command line, one module a noun; `leadline.cli` only lists them."""
