"""Cassettes: answers of servers recorded once, replayed with recording off. Fictional content only.

A test replays inside `with cassette(NAME) as tape:` and then asserts `tape.all_played` and what came out: a replay
that fails is silent otherwise. To record anew, run the test module that owns the cassette as a program. What looks
like a secret is masked as it is recorded, in addresses, headers and bodies; `tests.check.cassettes` judges the files.
"""

from __future__ import annotations

import gzip
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import vcr

from watchlist.secrets import mask_text, mask_url

FOLDER = Path(__file__).parent / "cassettes"
MATCH_ON = ["method", "scheme", "host", "port", "path", "query"]
SECRET_HEADERS = ["authorization", "cookie", "proxy-authorization", "x-api-key", "user-agent"]
NOT_KEPT = {"set-cookie", "set-cookie2", "date", "server", "www-authenticate"}
_GZIP = b"\x1f\x8b"


@contextmanager
def cassette(name: str, *, record: bool = False, folder: Path = FOLDER) -> Iterator[Any]:
    """Replay `FOLDER/NAME.yaml`, or write it anew. Only httpx, which the door uses, is patched."""
    tapes = vcr.VCR(
        cassette_library_dir=str(folder),
        record_mode="all" if record else "none",
        match_on=MATCH_ON,
        filter_headers=SECRET_HEADERS,
        before_record_request=_clean_request,
        before_record_response=_clean_response,
    )
    with tapes.use_cassette(f"{name}.yaml") as tape:
        yield tape


def _clean_request(request: Any) -> Any:
    """Masked alike when recording and when replaying, so that a request finds its answer."""
    request.uri = mask_url(request.uri)
    for name in list(request.headers):
        request.headers[name] = _masked(request.headers[name])
    return request


def _clean_response(response: dict[str, Any]) -> dict[str, Any]:
    headers = {
        name: [_masked(value) for value in values]
        for name, values in response["headers"].items()
        if name.lower() not in NOT_KEPT
    }
    body = response["body"]["string"]
    clean = _clean_body(body)
    if clean != body:
        headers |= {name: [str(len(clean))] for name in headers if name.lower() == "content-length"}
    return {**response, "headers": headers, "body": {"string": clean}}


def _clean_body(body: Any) -> Any:
    """A text without secrets, packed again where it was packed; any other body as it is."""
    if isinstance(body, bytes) and body.startswith(_GZIP):
        plain = gzip.decompress(body)
        clean = _masked(plain)
        return body if clean == plain else gzip.compress(clean, mtime=0)
    return _masked(body)


def _masked(value: Any) -> Any:
    """Text or bytes masked, in the kind they came in; bytes are read so that every one of them comes back."""
    if isinstance(value, bytes):
        return mask_text(value.decode("latin-1")).encode("latin-1")
    return mask_text(value) if isinstance(value, str) else value
