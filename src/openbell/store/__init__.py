"""The only place that speaks to a database: the lake (prices, for good) and the ledger (the desk's own state)."""
