"""The grammar of maps: how a row's cells become typed fields."""
