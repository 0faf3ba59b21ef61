"""What the user brings in by hand: an own export, saved pages, a word."""
