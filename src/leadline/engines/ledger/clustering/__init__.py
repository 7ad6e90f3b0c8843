"""Scripts of one owner: same keys, common inputs, pairs that may not be linked; CoinJoins told and kept out."""
