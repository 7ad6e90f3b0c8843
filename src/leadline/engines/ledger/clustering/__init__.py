"""Scripts of one owner: same keys, common inputs, pairs kept apart; CoinJoins told and kept out."""
