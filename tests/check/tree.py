"""Rules about the tree that no linter knows: run by `make check`."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from tests.check import second_path

ROOT = Path(__file__).parents[2]
TOP = {"crawler", "pipelines", "watchlist", "config", "tests", ".ci"}
BROAD = {"watchlist/scheduler.py", "watchlist/jobs/refreshing.py"}
"""Where `except Exception` may stand: the job loops."""
TEXT = {".py", ".toml", ".md", ".txt", ".html", ".csv", ".lock", ".json", ".yaml", ".xml", ".css", "", ".cfg", ".mako"}

ADDRESS_OF_INDEX = re.compile(
    r"https?://[^\s\"']+\.(whl|tar\.gz|tgz)([#\"'\s]|$)|(index-url|registry)\s*[=:]\s*[\"']?https?:|files\.pythonhosted|pypi\.org"
)
ABSOLUTE_PATH = re.compile(r"(?<![\w.<])/(work|root|home/\w+|Users/\w+)/")


def tracked() -> list[Path]:
    """The files of the tree that git knows or would add."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    return [ROOT / line for line in listed.stdout.splitlines() if (ROOT / line).is_file()]


def problems() -> Iterator[str]:
    """Everything that breaks a rule, one line each."""
    for file in tracked():
        name = file.relative_to(ROOT).as_posix()
        if "/" in name and name.split("/")[0] not in TOP:
            yield f"{name}: not in one of the top-level folders {sorted(TOP)}"
        if file.suffix in TEXT and name != "tests/check/tree.py":
            yield from _text_problems(name, file.read_text("utf-8", errors="replace"))
        if file.suffix == ".py" and not name.startswith("tests/"):
            yield from _code_problems(name, ast.parse(file.read_text("utf-8")))


def _text_problems(name: str, text: str) -> Iterator[str]:
    for number, line in enumerate(text.splitlines(), 1):
        if ADDRESS_OF_INDEX.search(line):
            yield f"{name}:{number}: address of a package index or download"
        if ABSOLUTE_PATH.search(line):
            yield f"{name}:{number}: absolute path of a machine"


def _code_problems(name: str, tree: ast.Module) -> Iterator[str]:
    yield from second_path.problems(name, tree)
    for node in ast.walk(tree):
        if isinstance(node, ast.ExceptHandler) and name not in BROAD:
            caught = ast.unparse(node.type) if node.type else "everything"
            if caught in {"everything", "Exception", "BaseException"} and not _raises_again(node):
                yield f"{name}:{node.lineno}: catches {caught}; only job loops may"


def _raises_again(handler: ast.ExceptHandler) -> bool:
    """Cleaning up and passing the error on absorbs nothing."""
    last = handler.body[-1]
    return isinstance(last, ast.Raise) and last.exc is None


def main() -> int:
    """Print the problems; 1 when there are any."""
    found = list(problems())
    print("\n".join(found) or "tree: no problem")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
