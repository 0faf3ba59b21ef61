"""What words mean: names, titles, organisations, links, languages; pure functions over config/vocab."""
