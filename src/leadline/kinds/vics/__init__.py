"""VICS, the exchange format of media examiners: read and written."""
