"""What a portfolio is worth and how it has done: pure, from transactions, prices and rates to figures and reasons."""
