"""The training case: synthetic people, wallets, chain, site, media, returns, and the truth to score against."""
