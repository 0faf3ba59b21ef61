"""A real headless Chromium for tests: what a page looks like, what it says, and that it asks for nothing."""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path

import pytest

_NAMES = ("chromium", "chromium-browser", "google-chrome")
_QUIET = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-features=NetworkTimeServiceQuerying",
    "--hide-scrollbars",
    "--enable-logging=stderr",
    "--log-level=0",
)


def chromium() -> str | None:
    """The browser's program; None where none is installed."""
    return next((found for name in _NAMES if (found := shutil.which(name))), None)


needs_chromium = pytest.mark.skipif(chromium() is None, reason="no Chromium: apt install chromium")


@dataclass(frozen=True)
class Opened:
    """What came of opening a page: its DOM after loading, and the browser's log with console messages in it."""

    dom: str
    log: str

    @property
    def console(self) -> list[str]:
        """Everything pages wrote to the console: errors of scripts and of the content security policy too."""
        return [line for line in self.log.splitlines() if ":CONSOLE" in line]


def open_page(url: str, *options: str) -> Opened:
    """Load an address or `file://` page in a fresh profile; `options` are further switches of the browser."""
    done = _run("--dump-dom", *options, url)
    return Opened(dom=done.stdout, log=done.stderr)


def screenshot(url: str, file: Path, *, width: int, height: int = 2000, dark: bool = False) -> Path:
    """Take a picture of a page, in light or dark colours, at a width in CSS pixels."""
    scheme = f"--blink-settings=preferredColorScheme={0 if dark else 1}"
    _run(f"--screenshot={file}", f"--window-size={width},{height}", scheme, url)
    return file


def _run(*arguments: str) -> subprocess.CompletedProcess[str]:
    program = chromium()
    if program is None:
        raise RuntimeError("no Chromium is installed")
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as profile:
        command = [program, *_QUIET, f"--user-data-dir={profile}", *arguments]
        return subprocess.run(command, capture_output=True, text=True, timeout=60, check=True)
