"""What brokers and other programs write of a portfolio: from a file to transactions, and back."""
