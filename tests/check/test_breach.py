"""`make check` is no decoration: a planted breach fails it."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.check import tree

ROOT = Path(__file__).parents[2]


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """The project's packages in a folder of their own, under git."""
    for name in ("crawler", "pipelines", "watchlist"):
        shutil.copytree(ROOT / name, tmp_path / name, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    return tmp_path


def lint(folder: Path) -> subprocess.CompletedProcess[str]:
    """import-linter on the copy."""
    return subprocess.run(
        [Path(sys.executable).parent / "lint-imports", "--no-cache"],
        cwd=folder,
        env=os.environ | {"PYTHONPATH": str(folder)},
        capture_output=True,
        text=True,
        check=False,
    )


def test_the_contracts_are_kept(copy: Path) -> None:
    done = lint(copy)
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize(
    ("file", "line"),
    [
        ("crawler/pages/document.py", "import watchlist.store"),
        ("pipelines/normalise.py", "import httpx"),
        ("pipelines/lexicon/names.py", "import crawler.items"),
        ("watchlist/ledger/build.py", "import watchlist.jobs"),
        ("pipelines/resolve.py", "import crawler.fetch"),
        ("watchlist/secrets/masks.py", "import watchlist.models"),
    ],
)
def test_a_planted_import_breaks_a_contract(copy: Path, file: str, line: str) -> None:
    planted = copy / file
    planted.write_text(planted.read_text("utf-8") + f"\n{line}\n", "utf-8")
    done = lint(copy)
    assert done.returncode != 0
    assert "BROKEN" in done.stdout


def test_a_module_without_a_place_breaks_a_contract(copy: Path) -> None:
    (copy / "watchlist" / "helpers.py").write_text('"""No place."""\n')
    assert "watchlist.helpers" in lint(copy).stdout


@pytest.mark.parametrize(
    ("name", "text", "says"),
    [
        ("watchlist/sneaky.py", "import urllib.request\n", "only crawler.fetch"),
        ("pipelines/broad.py", "try:\n    pass\nexcept Exception:\n    pass\n", "catches Exception"),
        ("notes/plan.md", "later\n", "top-level"),
        ("config/x.toml", "path = '/ro" + "ot/x'\n", "absolute path"),
        ("x.lock", "https://example.test/a/b-1.0.whl\n", "package index"),
    ],
)
def test_what_no_linter_knows_is_found(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, text: str, says: str
) -> None:
    subprocess.run(["git", "init", "-q", tmp_path], check=True)
    (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
    (tmp_path / name).write_text(text)
    monkeypatch.setattr(tree, "ROOT", tmp_path)
    (problem,) = tree.problems()
    assert says in problem


def test_the_tree_itself_has_no_problem() -> None:
    assert list(tree.problems()) == []
