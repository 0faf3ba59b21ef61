"""Pure readers of feeds and API answers, one file a kind."""
