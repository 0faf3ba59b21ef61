"""One module a reader; its name is its identity."""
