"""Mistakes in the data are named with their file."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from watchlist.demo.world import load_world
from watchlist.errors import InputError
from watchlist.settings import config_dir


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return shutil.copytree(config_dir() / "demo", tmp_path / "demo")


def change(file: Path, old: str, new: str) -> None:
    text = file.read_text("utf-8")
    assert old in text
    file.write_text(text.replace(old, new, 1), "utf-8")


@pytest.mark.parametrize(
    ("name", "old", "new", "says"),
    [
        ("companies/www.tidewren.test.toml", "about =", "abuot =", "www.tidewren.test.toml: Company"),
        ("companies/www.tidewren.test.toml", 'place = "navigation"', 'place = "roof"', "leadership.place"),
        ("companies/www.tidewren.test.toml", "marisela-quindro", "maria-nobody", "people.toml: nobody is called maria"),
        ("feeds/speakers.toml", "okonjo-reed.test/feed.xml", 'okonjo"', "speakers.toml"),
        ("feeds/speakers.toml", "[-5, ", '["soon", ', "posts.0.day"),
        ("world.toml", "2026-03-02", '"soon"', "first_day"),
    ],
)
def test_a_mistake_is_named(folder: Path, name: str, old: str, new: str, says: str) -> None:
    change(folder / name, old, new)
    with pytest.raises(InputError) as caught:
        load_world(folder)
    assert says in str(caught.value)


def test_a_new_post_appears_on_its_day(folder: Path) -> None:
    change(folder / "feeds/speakers.toml", "posts = [", 'posts = [\n  [5, "Brand new & shiny", "Yes."],')
    world = load_world(folder)
    texts = [world.answer("okonjo-reed.test", "/feed.xml", day).body for day in (4, 5)]
    assert [b"Brand new &amp; shiny" in text for text in texts] == [False, True]
