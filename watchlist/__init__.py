"""The user's side: goal, watchlist, digest, schedule, command line."""
