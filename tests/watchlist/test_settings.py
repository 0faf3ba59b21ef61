"""Settings: what is wrong is said in one line with its place, a password is never said again, the environment wins."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.terminal import call
from watchlist.errors import InputError
from watchlist.settings import DATABASE_VARIABLE, load_settings

SECRET = "planted-pg-value"
POSTGRESQL = f"postgresql+psycopg://me:{SECRET}@db.test:5432/watch"
WRONG = [
    f"postgresql://me:{SECRET}",  # no host: what is behind the colon looks like a port
    f"postgresql://db.test:{SECRET}/watch",
    f"postgresql://me:{SECRET}@2@db.test/watch",  # the rest would look like a host
    f"postgresql://me:half/{SECRET}@db.test/watch",
    f"postgresql://me:half?{SECRET}@db.test/watch",
    f"postgres+nothing me {SECRET}",
    f"postgresql://me@db.test/watch?sslmode=require&password={SECRET}",
    f"mysql://me:{SECRET}@db.test/watch",
    SECRET,
]


def write(home: Path, text: str) -> Path:
    (home / "config.toml").write_text(text, "utf-8")
    return home


def test_the_database_of_the_environment_goes_before_the_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(tmp_path, '[database]\nurl = "sqlite:////elsewhere/x.db"\n')
    assert load_settings(tmp_path, {}).database_url == "sqlite:////elsewhere/x.db"
    assert load_settings(tmp_path, {DATABASE_VARIABLE: f" {POSTGRESQL}\n"}).database_url == POSTGRESQL
    monkeypatch.setenv(DATABASE_VARIABLE, POSTGRESQL)
    assert load_settings(tmp_path).database_url == POSTGRESQL
    assert load_settings(tmp_path, {}).database_url == "sqlite:////elsewhere/x.db"


def test_no_repr_of_settings_shows_the_address(tmp_path: Path) -> None:
    settings = load_settings(tmp_path, {DATABASE_VARIABLE: POSTGRESQL})
    assert SECRET not in f"{settings}{settings!r}{settings.database!r}"


@pytest.mark.parametrize("url", WRONG)
def test_a_wrong_address_of_a_database_is_refused_without_saying_it(url: str, tmp_path: Path) -> None:
    with pytest.raises(InputError) as of_environment:
        load_settings(tmp_path, {DATABASE_VARIABLE: url})
    write(tmp_path, f'contact = ""\n[database]\nurl = "{url}"\n')
    with pytest.raises(InputError) as of_file:
        load_settings(tmp_path, {})
    assert str(of_environment.value).startswith(f"environment variable {DATABASE_VARIABLE}: ")
    assert str(of_file.value).startswith(f"{tmp_path / 'config.toml'}, line 3: setting 'database.url': ")
    assert "%40" in (of_file.value.hint or "")
    assert SECRET not in f"{of_environment.value}{of_file.value}"


@pytest.mark.parametrize(
    "text",
    [
        f'database = "postgresql://me:{SECRET}@db.test/x"\n',
        f'[database]\nurl = ["postgresql://me:{SECRET}@db.test/x"]\n',
        f'[database]\nurl.x = "postgresql://me:{SECRET}@db.test/x"\n',
        f'[database]\nadress = "postgresql://me:{SECRET}@db.test/x"\n',
        f"[database]\nurl = postgresql://me:{SECRET}@db.test/x\n",
        f'[database]\nurl = "postgresql://me:{SECRET}@db.test/x\n',
        f'url = "postgresql://me:{SECRET}@db.test/x"\n',
        f'contact = "https://me:{SECRET}@me.test/"\n',
        f'about_url = "https://me:{SECRET}@me.test/"\n',
        f'contact = ["https://me:{SECRET}@me.test/"]\n',
    ],
)
def test_an_address_in_the_wrong_form_is_not_said_again(text: str, tmp_path: Path) -> None:
    with pytest.raises(InputError) as caught:
        load_settings(write(tmp_path, text), {})
    assert SECRET not in str(caught.value)


@pytest.mark.parametrize(
    "words", [("doctor",), ("doctor", "--json"), ("people", "list"), ("init", "--contact", "a@b.test")]
)
@pytest.mark.parametrize("url", [*WRONG[:3], f"postgresql+psycopg://me:{SECRET}@127.0.0.1:9/watch"])
def test_no_command_says_the_address(
    words: tuple[str, ...], url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(DATABASE_VARIABLE, url)
    done = call(tmp_path / "home", *words)
    assert done.status != 0 or words[0] == "init"
    assert SECRET not in done.out + done.err
    assert "@2@" not in done.err
    assert done.err.count("\n") < 5


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("[network]\ngap_seconds = 1\n", "line 2: setting 'network.gap_seconds'"),
        ("[network]\ngap_seconds = nan\n", "line 2: setting 'network.gap_seconds'"),
        ("[network]\ndeadline_seconds = inf\n", "line 2: setting 'network.deadline_seconds'"),
        ("[network]\nhosts = { 'a.test' = '93.184.216.34:80' }\n", "loopback"),
        ("[network]\nhosts = { 'a.test' = '127.0.0.1:70000' }\n", "loopback"),
        ('contact = "a@b.test\\u000aX-Evil: 1"\n', "line 1: setting 'contact'"),
        ("[feeds]\nevery = 5\n", "line 2: unknown setting 'feeds.every'"),
        ("x = " + "9" * 5000 + "\n", "without end"),
        ("x = " + "[" * 5000 + "\n", "without end"),
        ("x = 1\nx = 2\n", "not valid TOML"),
    ],
)
def test_what_is_wrong_is_named_with_its_place(text: str, says: str, tmp_path: Path) -> None:
    with pytest.raises(InputError) as caught:
        load_settings(write(tmp_path, text), {})
    assert says in str(caught.value)
    assert len(str(caught.value)) < 400


def test_a_folder_instead_of_the_file_is_said(tmp_path: Path) -> None:
    (tmp_path / "config.toml").mkdir()
    with pytest.raises(InputError, match="cannot be read"):
        load_settings(tmp_path, {})
