"""What a ledger lacks for a case: by day, or by height."""
