"""Who may use the desk: people, their passwords and keys, their sessions, and what they did."""
