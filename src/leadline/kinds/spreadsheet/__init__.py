"""Workbooks in Office Open XML as a stream of cells: what the file states, with the cells that cannot be read named."""
