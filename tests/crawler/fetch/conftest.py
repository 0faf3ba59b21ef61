"""What all tests of the door share: a certificate authority, and back-off without chance."""

from __future__ import annotations

import pytest
import trustme

from crawler.fetch import backoff


@pytest.fixture(scope="session")
def ca() -> trustme.CA:
    return trustme.CA()


@pytest.fixture(autouse=True)
def exact_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    """Pauses of exactly 1, 2, 4 ... minutes."""
    monkeypatch.setattr(backoff, "JITTER", 0.0)
