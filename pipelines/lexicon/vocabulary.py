"""The word lists of `config/vocab/`, each read once."""

from __future__ import annotations

import tomllib
from functools import cache
from typing import Any

from watchlist.settings import config_dir


@cache
def load_vocabulary(name: str) -> dict[str, Any]:
    """The file `config/vocab/NAME.toml`. Raises OSError or TOMLDecodeError: a broken installation, not bad input."""
    return tomllib.loads((config_dir() / "vocab" / f"{name}.toml").read_text("utf-8"))


@cache
def title_languages() -> tuple[str, ...]:
    """Two-letter codes of the languages that have a titles file, English first."""
    codes = sorted(file.name.split(".")[1] for file in (config_dir() / "vocab").glob("titles.*.toml"))
    return tuple(sorted(codes, key=lambda code: (code != "en", code)))
