"""The sober web: 50 hosts as the real web is, most of which show no HR leader, and what the ledger makes of each."""
