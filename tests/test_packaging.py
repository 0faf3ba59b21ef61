"""The wheel, installed elsewhere, is the whole program: data, migrations, templates, the demo."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import sysconfig
import venv
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
pytestmark = pytest.mark.real


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("dist")
    subprocess.run([sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", folder], cwd=ROOT, check=True)
    (built,) = folder.glob("*.whl")
    return built


def test_everything_below_config_is_in_the_wheel_and_no_tests(wheel: Path) -> None:
    names = set(zipfile.ZipFile(wheel).namelist())
    data = {path.relative_to(ROOT / "config").as_posix() for path in (ROOT / "config").rglob("*") if path.is_file()}
    assert {f"watchlist/_config/{name}" for name in data} <= names
    assert not [name for name in names if name.startswith(("tests/", "config/"))]
    assert "watchlist/store/migrations/env.py" in names


def test_the_installed_wheel_runs_the_demo(wheel: Path, tmp_path: Path) -> None:
    place = tmp_path / "elsewhere"
    venv.create(place, with_pip=True)
    scripts = place / ("Scripts" if os.name == "nt" else "bin")
    site = subprocess.run(
        [scripts / "python", "-c", "import sysconfig; print(sysconfig.get_path('purelib'))"],
        capture_output=True, text=True, check=True,
    ).stdout.strip()  # fmt: skip
    # The dependencies are those of this environment; a path in a .pth file brings no editable install along.
    Path(site, "dependencies.pth").write_text(sysconfig.get_path("purelib") + "\n")
    install = [scripts / "python", "-m", "pip", "install", "--quiet", "--no-deps", "--no-index", wheel]
    subprocess.run(install, check=True, cwd=tmp_path)
    where = [scripts / "python", "-c", "import watchlist; print(watchlist.__file__)"]
    assert site in subprocess.run(where, capture_output=True, text=True, check=True, cwd=tmp_path).stdout
    done = subprocess.run(
        [scripts / "mentorwatch", "--home", tmp_path / "home", "demo", "--days", "2", "--json"],
        cwd=tmp_path, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    summary = json.loads(done.stdout)
    assert len(summary["days"]) == 2
    assert summary["ledger"]["companies"] == 12
