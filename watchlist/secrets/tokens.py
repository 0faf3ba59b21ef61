"""Tokens: from the environment, else from the system keyring, each looked up when it is first needed."""

from __future__ import annotations

import logging
import os
import re
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from watchlist.errors import UsageError
from watchlist.secrets.masks import MASK, hide

log = logging.getLogger(__name__)

SERVICE: Final = "mentorwatch"
"""The name under which the keyring keeps our tokens; the user name there is the token's."""
PATIENCE_SECONDS: Final = 30.0
"""How long a keyring may take to ask its user to unlock it."""

_NOT_INSTALLED: Final = "no keyring is installed (pip install 'mentorwatch[keyring]')"
_NO_KEYRING: Final = "this system has no keyring"


class Tokens:
    """The user's tokens by name: MENTORWATCH_<NAME>_TOKEN, else the keyring's entry (mentorwatch, name).

    Thread-safe. The keyring may wait for its user (up to PATIENCE_SECONDS), so in an event loop `token` is called in a
    thread. No repr shows a value.
    """

    def __init__(self, environ: Mapping[str, str] | None = None) -> None:
        self._environ = os.environ if environ is None else environ
        self._kept: dict[str, _Hidden | None] = {}
        self._lock = threading.Lock()
        self.trouble: str | None = None
        """Why the keyring gives nothing, in one sentence; None while it answers or was not asked."""

    def token(self, name: str) -> str | None:
        """The token called `name`, e.g. "github"; None where there is none.

        Raises UsageError, without the value, for one that cannot stand in a header.
        """
        with self._lock:
            if name not in self._kept:
                found = self._environ.get(token_variable(name), "").strip() or self._from_keyring(name)
                self._kept[name] = _Hidden(_checked(name, found)) if found else None
            kept = self._kept[name]
        return kept.value if kept else None

    def __repr__(self) -> str:
        return f"Tokens({', '.join(sorted(name for name, value in self._kept.items() if value))})"

    def _from_keyring(self, name: str) -> str | None:
        """What the keyring has. When it fails that is said once, and it is asked no more."""
        if self.trouble:
            return None
        found, self.trouble = _ask_keyring(name)
        if self.trouble:
            # Who never wanted a keyring need not be warned that there is none.
            level = logging.INFO if self.trouble in {_NOT_INSTALLED, _NO_KEYRING} else logging.WARNING
            log.log(level, "%s; tokens come from the environment only, e.g. %s", self.trouble, token_variable(name))
        return (found or "").strip() or None


@dataclass(frozen=True, slots=True, repr=False)
class _Hidden:
    value: str

    def __repr__(self) -> str:
        return MASK


def token_variable(name: str) -> str:
    """The environment variable of a token: "github" -> MENTORWATCH_GITHUB_TOKEN."""
    return f"MENTORWATCH_{re.sub(r'[^A-Za-z0-9]', '_', name).upper()}_TOKEN"


def _checked(name: str, value: str) -> str:
    hide(value)
    if not (value.isascii() and value.isprintable()):
        message = f"the token {name!r} holds characters that cannot stand in a request"
        raise UsageError(message, hint=f"put it anew into {token_variable(name)} or the keyring")
    return value


def _ask_keyring(name: str) -> tuple[str | None, str | None]:
    """Password and trouble. A thread of its own asks: a locked keyring without a screen may never answer."""
    try:
        import keyring
        from keyring.errors import KeyringLocked, NoKeyringError
    except ImportError:
        return None, _NOT_INSTALLED
    from pebble import concurrent

    asked = concurrent.thread(keyring.get_password)(SERVICE, name)
    try:
        error = asked.exception(timeout=PATIENCE_SECONDS)
    except TimeoutError:
        return None, f"the system keyring does not answer within {PATIENCE_SECONDS:.0f} s; is it locked?"
    if isinstance(error, NoKeyringError):
        return None, _NO_KEYRING
    if isinstance(error, KeyringLocked):
        return None, "the system keyring is locked"
    if error is not None:
        return None, f"the system keyring failed ({type(error).__name__})"  # its text may hold anything
    return asked.result(), None
