"""What is saved under tests/ holds no secret: judged by the shape of values, not by the names of headers.

Run by `make check`. Cassettes are taken apart to single texts, packed bodies unpacked; a finding never repeats a value.
"""

from __future__ import annotations

import gzip
import re
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import yaml  # type: ignore[import-untyped]

from watchlist.secrets import has_user_info, mask_text, mask_url
from watchlist.secrets.shapes import is_key, shapes

ROOT = Path(__file__).parents[2]
CASSETTES = "tests/cassettes"
EXAMPLES = ("tests/feeds", "tests/pages")
GZIP = b"\x1f\x8b"

_COOKIE = re.compile(
    r"^[\w!#$%&'*+.^`|~-]+=[^;\s]+;\s*(?:path|expires|max-age|domain|secure|httponly|samesite)\b", re.IGNORECASE
)
_MAIL = re.compile(r"[\w.+-]+@(?=[\w-]*[a-z])((?:[\w-]+\.)+[a-z]{2,})", re.IGNORECASE)
_FICTIONAL = re.compile(r"(?:^|\.)(?:test|example|invalid|localhost|example\.(?:com|net|org))$", re.IGNORECASE)
_PICTURE_DATA = re.compile(r"data:(?:image|font)/[\w.+-]+;base64,[A-Za-z0-9+/=%\s]*")
_PICTURE = re.compile(r"@\d+x\.")
_ETAG = re.compile(r'(?:W/)?"[\x21\x23-\x7e]{0,64}"')
_WORD = re.compile(r"(?<![\w+/-])(?:sha(?:256|384|512)-)?[A-Za-z0-9+/_-]{24,}+={0,2}")
_COOKIE_HEADERS = frozenset({"set-cookie", "set-cookie2", "cookie"})


def findings(text: str) -> Iterator[str]:
    """What in one text has the shape of a secret, in words."""
    text = _PICTURE_DATA.sub("data:", text)
    for what, has_it in _SHAPES.items():
        if has_it(text):
            yield what


def _has_random_word(text: str) -> bool:
    """Entity tags, integrity hashes and hexadecimal hashes are no secrets; a name of several words is none either."""
    if _ETAG.fullmatch(text):
        return False
    words = (found[0] for found in _WORD.finditer(text))
    return any(is_key(word) for word in words if not word.startswith("sha"))


def _has_real_mail(text: str) -> bool:
    return any(
        not _FICTIONAL.search(found[1]) and not _PICTURE.match(found[0][found[0].index("@") :])
        for found in _MAIL.finditer(text)
    )


def _has_named_secret(text: str) -> bool:
    return mask_text(text) != text or (" " not in text and mask_url(text) != text)


_SHAPES: dict[str, Callable[[str], bool]] = {
    "user name or password in an address": has_user_info,
    "a known kind of token, key or Authorization value": lambda text: bool(shapes().token.search(text)),
    "a cookie": lambda text: bool(_COOKIE.search(text)),
    "a long random string": _has_random_word,
    "a value behind a secret name": _has_named_secret,
    "a mail address that is not fictional": _has_real_mail,
}
"""From the clearest to the vaguest."""


def problems() -> Iterator[str]:
    """Everything that looks like a secret in cassettes and saved examples, one line each."""
    for folder in (CASSETTES, *EXAMPLES):
        for file in sorted(path for path in (ROOT / folder).rglob("*") if path.is_file()):
            name = file.relative_to(ROOT).as_posix()
            for where, text in texts_of(file):
                yield from (f"{name}: {where}: {what}" for what in list(findings(text))[:1])


def texts_of(file: Path) -> Iterator[tuple[str, str]]:
    """Every single text of a file with where it stands: leaves of YAML, lines of anything else."""
    data = unpacked(file.read_bytes())
    if file.suffix in {".yaml", ".yml"}:
        for number, document in enumerate(yaml.safe_load_all(data)):
            yield from _leaves(document, f"document {number + 1}" if number else "")
    else:
        lines = data.decode("utf-8", "replace").splitlines()
        yield from ((f"line {number}", line) for number, line in enumerate(lines, 1))


def unpacked(data: bytes) -> bytes:
    """The data, unpacked where it is packed by gzip."""
    return gzip.decompress(data) if data.startswith(GZIP) else data


def _leaves(value: Any, where: str) -> Iterator[tuple[str, str]]:
    if isinstance(value, dict):
        for key, each in value.items():
            if str(key).lower() in _COOKIE_HEADERS and each:
                yield f"{where}.{key}", "cookie=value; path=/"  # whatever its value looks like
            yield from _leaves(each, f"{where}.{key}".lstrip("."))
    elif isinstance(value, list):
        for number, each in enumerate(value):
            yield from _leaves(each, f"{where}[{number}]")
    elif isinstance(value, bytes):
        yield where, unpacked(value).decode("utf-8", "replace")
    elif value is not None:
        yield where, str(value)


def main() -> int:
    """Print the problems; 1 when there are any."""
    found = list(problems())
    print("\n".join(found) or "cassettes: no secret")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
