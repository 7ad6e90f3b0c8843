"""Heavy work on plain arrays, one engine a folder; knows nothing of cases."""
