"""Items in, rows out: the bridge from pages to the watchlist."""
