"""Heavy work on plain arrays: ledger, hamming, media, sql; knows nothing of cases."""
