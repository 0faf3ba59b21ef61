"""Keyrings for tests: real backend classes that keep their passwords in memory, fail, are locked or never answer."""

from __future__ import annotations

import contextlib
import json
import os
import threading
from collections.abc import Iterator
from pathlib import Path

import keyring
from keyring.backend import KeyringBackend
from keyring.errors import KeyringLocked, NoKeyringError


class MemoryKeyring(KeyringBackend):
    """Passwords by service and user name; `asked` are the look-ups."""

    priority = 1

    def __init__(self, passwords: dict[tuple[str, str], str] | None = None) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self.passwords = dict(passwords or {})
        self.asked: list[tuple[str, str]] = []

    def get_password(self, service: str, username: str) -> str | None:
        self.asked.append((service, username))
        return self.passwords.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        self.passwords[service, username] = password

    def delete_password(self, service: str, username: str) -> None:
        del self.passwords[service, username]


class FileKeyring(MemoryKeyring):
    """For another process: what the file named by TEST_KEYRING holds, {"name": "password"} of our service."""

    def get_password(self, service: str, username: str) -> str | None:
        found: dict[str, str] = json.loads(Path(os.environ["TEST_KEYRING"]).read_text("utf-8"))
        return found.get(username) if service == "mentorwatch" else None


class FailingKeyring(MemoryKeyring):
    """Raises the error it was made with."""

    def __init__(self, error: Exception) -> None:
        super().__init__()
        self.error = error

    def get_password(self, service: str, username: str) -> str | None:
        self.asked.append((service, username))
        raise self.error


class SilentKeyring(MemoryKeyring):
    """Waits for a user who is not there, until `released`."""

    def __init__(self) -> None:
        super().__init__()
        self.released = threading.Event()

    def get_password(self, service: str, username: str) -> str | None:
        self.released.wait()
        return None


LOCKED = KeyringLocked("Failed to unlock the collection!")
MISSING = NoKeyringError("No recommended backend was available.")


@contextlib.contextmanager
def installed(backend: KeyringBackend) -> Iterator[KeyringBackend]:
    """This keyring is the system's for a while."""
    before = keyring.get_keyring()
    keyring.set_keyring(backend)
    try:
        yield backend
    finally:
        keyring.set_keyring(before)
