"""Secrets: the user's tokens, and masks for whatever is shown, logged or exported."""

from __future__ import annotations

from watchlist.secrets.masks import MASK, has_user_info, hide, mask_text, mask_url
from watchlist.secrets.output import SecretsFilter, describe_error, mask_output
from watchlist.secrets.tokens import Tokens, token_variable

__all__ = [
    "MASK",
    "SecretsFilter",
    "Tokens",
    "describe_error",
    "has_user_info",
    "hide",
    "mask_output",
    "mask_text",
    "mask_url",
    "token_variable",
]
