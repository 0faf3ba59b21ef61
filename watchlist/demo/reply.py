"""What a web on loopback answers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Reply:
    """One answer: status, header fields and the whole body. The server adds Content-Length itself."""

    status: int
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
