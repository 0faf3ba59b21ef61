"""Pages that keep programs out: "Just a moment", captchas, "Pardon our interruption". Nothing is ever solved."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from typing import Any, Final

from pipelines.lexicon.vocabulary import load_vocabulary

_BEGINNING: Final = 64 * 1024
_MARKUP: Final = re.compile(r"<(script|style|noscript)\b.*?</\1\s*>|<[^>]*>", re.DOTALL)
_SCRIPT: Final = re.compile(r"<script\b.*?</script\s*>", re.DOTALL)
_FEW_WORDS: Final = 120
"""What a challenge says at most."""
_HARDLY_ANY: Final = 40
"""What stands at most on a page whose signs ordinary pages bear too."""


def is_challenge(body: bytes, *, refused: bool, headers: Mapping[str, str] | None = None) -> bool:
    """Whether an answer asks its reader to prove to be human.

    `refused`: it came with a status of 400 or more; then it shows nothing else, whatever its length. `headers` by
    lower-case name.
    """
    rules = _rules()
    said = headers or {}
    if refused and any(name in said and part in said[name].lower() for name, part in rules["headers"].items()):
        return True
    text = body[:_BEGINNING].decode("utf-8", "replace").lower()
    sure = any(sign in text for sign in rules["sure"])
    # Ordinary pages load the scripts of those who guard them.
    if not sure and not any(sign in (text if refused else _SCRIPT.sub("", text)) for sign in rules["weak"]):
        return False
    words = len(_MARKUP.sub(" ", text).split())
    return (sure and (refused or words < _FEW_WORDS)) or words < _HARDLY_ANY


@cache
def _rules() -> dict[str, Any]:
    return load_vocabulary("challenges")
