"""Spiders: they only navigate; pages extract."""
