"""How fast and how small: one file per question, with its limit and, where there is one, a peer in the same run."""
