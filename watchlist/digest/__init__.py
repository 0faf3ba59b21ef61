"""The daily digest: which day and window (window), the facts (read), what to show (compose), how it looks (render)."""
