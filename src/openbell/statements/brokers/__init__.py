"""One file per broker or program: how its files are recognised, and what their rows are."""
