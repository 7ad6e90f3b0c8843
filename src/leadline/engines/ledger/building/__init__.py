"""A ledger built from block files, or grown by further blocks; and block files checked without building."""
