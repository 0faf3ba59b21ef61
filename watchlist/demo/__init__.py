"""The little web: fictional companies, conferences and feeds over 14 days, served on loopback."""
