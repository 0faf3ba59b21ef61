"""Masks hide what is secret and nothing else; tokens come from environment or keyring; logs show neither."""

from __future__ import annotations

import io
import logging
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.crawler.fetch.doors import hostile
from tests.watchlist import keyrings
from tests.watchlist.keyrings import FailingKeyring, MemoryKeyring, SilentKeyring, installed
from watchlist.errors import MentorwatchError, UsageError
from watchlist.secrets import Tokens, describe_error, has_user_info, hide, mask_output, mask_text, mask_url, tokens
from watchlist.secrets.shapes import looks_random
from watchlist.settings import config_dir

ROOT = Path(__file__).parents[2]

# --- addresses -----------------------------------------------------------------------------------------------------

MASKED = {
    "https://user:pw@host.test/feed": "https://***@host.test/feed",
    "https://user@host.test/": "https://***@host.test/",
    "https:user:pw@host.test/": "https:***@host.test/",
    r"https:\\user:pw@host.test/": r"https:\\***@host.test/",
    "feed:https://user:pw@host.test/": "feed:https://***@host.test/",
    "//user:pw@host.test/x": "//***@host.test/x",
    "https://user:p@ss@host.test/": "https://***@host.test/",
    "https://user:pa/ss@host.test/": "https://***@host.test/",
    "https://user:p?a#ss@host.test/": "https://***@host.test/",
    "postgresql+psycopg://u:12/3@4@db.test/x": "postgresql+psycopg://***@db.test/x",
    "https://x.test/rss?a=1&key=abc&b=2": "https://x.test/rss?a=1&key=***&b=2",
    "https://x.test/?a=1&amp;api_key=abc&amp;b=2": "https://x.test/?a=1&amp;api_key=***&amp;b=2",
    "https://x.test/?auth%5Btoken%5D=abc": "https://x.test/?auth%5Btoken%5D=***",
    "https://x.test/?%6bey=abc": "https://x.test/?%6bey=***",
    "https://x.test/#access_token=abc&state=1": "https://x.test/#access_token=***&state=1",
    "https://x.test/#/login?Token=abc": "https://x.test/#/login?Token=***",
    "/back?code=4/0AX4XfWh": "/back?code=***",
    "https://x.test/a;jsessionid=1A2B/b": "https://x.test/a;jsessionid=***/b",
    "https://x.test/private/9f8e7d6c-5b4a-4c3d-8e7f-0a1b2c3d4e5f.rss": "https://x.test/private/***",
    "https://x.test/?x=Zm9vYmFyMTIzNDU2Nzg5MGFi": "https://x.test/?x=***",
    "https://x.test/?Zm9vYmFyMTIzNDU2Nzg5MGFi": "https://x.test/?***",
    "https://x.test/?x=0123456789abcdef0123456789abcdef": "https://x.test/?x=***",
    "https://x.test/f/ghp_0123456789abcdefghij/y": "https://x.test/f/***/y",
    "https://x.test/?jump=https%3A%2F%2Fu%3Apw%40y.test%2F%3Ftoken%3Dabc": (
        "https://x.test/?jump=https://***%40y.test/%3Ftoken%3D***"
    ),
    "https://archive.test/2020/https://u:pw@y.test/x?key=1": "https://archive.test/2020/https://***@y.test/x?key=***",
}
READABLE = [
    "https://medium.test/@ada/a-post-about-leading-people-2024",
    "https://x.test:8443/a/b.html?page=2&q=chief+people+officer#team",
    "https://x.test/feed?id=550e8400-e29b-41d4-a716-446655440000",
    "https://x.test/style.css?v=d41d8cd98f00b204e9800998ecf8427e",
    "https://x.test/watch?v=dQw4w9WgXcQ&utm_source=newsletter-2024-01-15-people",
    "https://x.test/map?code=de&session=12",
    "https://x.test/private/banking/our-team",
    "https://x.test/over-1000-employees-ask-for-better-leaders-2024-and-more.html",
    "https://x.test/feeds/videos.xml?channel_id=UC-lHJZR3Gqxm24_Vd_AJ5Yw",
    "http://[2001:db8::1]:80/a@b",
    "mailto:ada@x.test",
    "acct:ada@x.test",
    "not an address at all, 50 % of it",
    "",
]


@pytest.mark.parametrize(("url", "masked"), MASKED.items())
def test_what_is_secret_in_an_address_is_masked(url: str, masked: str) -> None:
    assert mask_url(url) == masked
    assert mask_text(f"fetching {url} failed") == f"fetching {masked} failed"
    assert mask_url(masked) == masked


@pytest.mark.parametrize("url", READABLE)
def test_everything_else_stays_readable(url: str) -> None:
    assert mask_url(url) == url
    assert mask_text(f"fetching {url} failed") == f"fetching {url} failed"


@pytest.mark.parametrize("url", [url for url, masked in MASKED.items() if "***@" in masked and "jump" not in url])
def test_an_address_with_a_password_is_told_from_one_without(url: str) -> None:
    assert has_user_info(url)
    assert has_user_info(f"own research, see {url}")
    assert not any(map(has_user_info, READABLE))


# --- messages ------------------------------------------------------------------------------------------------------

SECRET = "planted-Wert-1"
MESSAGES = [
    f"Authorization: Basic {SECRET}",
    f"Set-Cookie: sid={SECRET}; path=/",
    f"[(b'Server', b'x'), (b'Set-Cookie', b'sid={SECRET}; path=/'), (b'Date', b'y')]",
    f"headers={{'authorization': 'token {SECRET}'}}",
    f'{{"access_token": "{SECRET}", "n": 1}}',
    rf"{{\"refresh_token\":\"{SECRET}\"}}",
    f"host=db.test password='{SECRET}' port=5432",
    f"smtp_password = {SECRET}",
    f"Location: /back#access_token={SECRET}",
    f"<Request [b'GET', '/rss?key={SECRET}']>",
    f"cannot open https://me:half {SECRET}@x.test",
    f"the proxy me:{SECRET}@127.0.0.1:9 is down",
    f"('https://x.test/', 'https://me:{SECRET}@y.test/')",
]
PLAIN = [
    "the list key=it has 50 companies; code: 3",
    'FATAL: password authentication failed for user "me"',
    "User-Agent: mentorwatch/0.1 (+https://x.test/; me@x.test)",
    'etag "33a64df551425fcc55e4d42a148795d9f25f89d4", Sat, 21 Nov 2026 07:00:00 GMT',
    "basic information about tokens and cookies",
    "/home-of/somebody/pytest-12/test_Ab3_x0/home/mentorwatch.db",
    "token: null",
]


@pytest.mark.parametrize("text", MESSAGES)
def test_what_is_secret_in_a_message_is_masked(text: str) -> None:
    masked = mask_text(text)
    assert SECRET not in masked
    assert "***" in masked


@pytest.mark.parametrize("text", PLAIN)
def test_ordinary_messages_stay_as_they_are(text: str) -> None:
    assert mask_text(text) == text


def test_every_address_of_the_corpus_is_masked_where_it_holds_a_secret() -> None:
    values = {case["name"]: case["value"] for case in hostile("secrets")}
    for name in ("basic_auth_in_feed_url", "feed_token_in_query", "proxy_password", "postgres_password"):
        if name in values:
            assert "CANARY" not in mask_url(values[name]), name
    for name in ("response_body_token", "redirect_location_token"):
        if name in values:
            assert "CANARY" not in mask_text(values[name]), name


def test_a_value_that_is_known_is_masked_wherever_it_stands_also_percent_encoded() -> None:
    hide("pass word/1")
    assert mask_text("it says pass word/1, or pass%20word%2F1") == "it says ***, or ***"


@given(st.text(), st.text(alphabet="aA1:/@?#=&%;.\\\"' -_\n"))
def test_masks_take_any_text(text: str, odd: str) -> None:
    for each in (text, odd, f"https://{odd}", f"?{odd}", f"password={odd}"):
        mask_url(each)
        mask_text(each)
        has_user_info(each)


@given(
    user=st.from_regex(r"[a-z]{1,8}", fullmatch=True),
    password=st.from_regex(r"[A-Za-z0-9!$*+,.:;=_~-]{1,20}Q7q", fullmatch=True),
    path=st.from_regex(r"(/[a-z]{1,6}){0,3}", fullmatch=True),
)
def test_no_password_survives(user: str, password: str, path: str) -> None:
    url = f"https://{user}:{password}@x.test{path}"
    assert mask_url(url) == f"https://***@x.test{path}"
    assert password not in mask_text(f"cannot fetch {url}: no answer")


LONG = """
from watchlist.secrets import has_user_info, mask_text, mask_url
for unit in ["a", "a.", "://",
             "?", "a?", "#", "a=b&", "u:p@", "aa='", "token:", '\\"aa\\":', "//", "eyJ", "T", "%41", "-"]:
    for masked in (mask_text(unit * 100_000), mask_url(unit * 20_000), str(has_user_info(unit * 100_000))):
        assert masked
"""


def test_a_long_text_takes_no_longer_per_character() -> None:
    """Seconds in all; quadratic time would need hours, and is cut off."""
    done = subprocess.run(
        [sys.executable, "-c", LONG], cwd=ROOT, capture_output=True, text=True, timeout=200, check=False
    )
    assert done.returncode == 0, done.stderr


def test_random_strings_are_told_from_words() -> None:
    assert all(map(looks_random, ["Zm9vYmFyMTIzNDU2Nzg5MGFi", "q0w9e8r7t6y5u4i3o2p1a0s9d8f7", "0123456789abcdef" * 2]))
    words = ["chief-people-officer-2024-01-15", "20240115123000000000000000", "a" * 64, "InternationalizationOfPeople"]
    assert not any(map(looks_random, [*words, "9f8e7d6c-5b4a-4c3d-8e7f-0a1b2c3d4e5f"]))


# --- tokens --------------------------------------------------------------------------------------------------------


def test_a_token_of_the_environment_goes_before_the_keyrings() -> None:
    with installed(MemoryKeyring({("mentorwatch", "github"): "from-keyring"})) as backend:
        assert Tokens({"MENTORWATCH_GITHUB_TOKEN": " from-env\n"}).token("github") == "from-env"
        assert isinstance(backend, MemoryKeyring)
        assert backend.asked == []


def test_a_token_of_the_keyring_is_asked_for_once_and_only_when_needed() -> None:
    backend = MemoryKeyring({("mentorwatch", "github"): "from-keyring"})
    with installed(backend):
        found = Tokens({"MENTORWATCH_GITHUB_TOKEN": ""})
        assert backend.asked == []
        assert [found.token("github"), found.token("github"), found.token("mastodon")] == ["from-keyring"] * 2 + [None]
        assert backend.asked == [("mentorwatch", "github"), ("mentorwatch", "mastodon")]


def test_no_repr_shows_a_value() -> None:
    found = Tokens({"MENTORWATCH_MY_API_2_TOKEN": "planted-value"})
    assert found.token("my-api.2") == "planted-value"
    assert repr(found) == "Tokens(my-api.2)"
    assert "planted-value" not in f"{found!r}{found}{found._kept}"
    assert mask_text("the server says: planted-value is wrong") == "the server says: *** is wrong"


@pytest.mark.parametrize(
    "value", ["a\x00b-token", "tok\r\nX-Header: 1", "t\N{LATIN SMALL LETTER O WITH DIAERESIS}ken-value"]
)
def test_a_token_that_cannot_stand_in_a_header_is_refused_without_its_value(value: str) -> None:
    with pytest.raises(UsageError) as caught:
        Tokens({"MENTORWATCH_GITHUB_TOKEN": value}).token("github")
    assert value not in str(caught.value)
    assert "MENTORWATCH_GITHUB_TOKEN" in str(caught.value)


@pytest.mark.parametrize(
    ("error", "says", "level"),
    [
        (keyrings.MISSING, "this system has no keyring", logging.INFO),
        (keyrings.LOCKED, "the system keyring is locked", logging.WARNING),
        (OSError("planted-secret"), "the system keyring failed (OSError)", logging.WARNING),
        (KeyError("planted-secret"), "the system keyring failed (KeyError)", logging.WARNING),
    ],
)
def test_a_keyring_that_fails_is_said_once_and_asked_no_more(
    error: Exception, says: str, level: int, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG, "watchlist.secrets")
    backend = FailingKeyring(error)
    with installed(backend):
        found = Tokens({"MENTORWATCH_B_TOKEN": "of-env"})
        assert [found.token("a"), found.token("b"), found.token("c")] == [None, "of-env", None]
    assert found.trouble == says
    (record,) = [each for each in caplog.records if each.name.startswith("watchlist.secrets")]
    assert (record.levelno, says in record.getMessage()) == (level, True)
    assert "MENTORWATCH_A_TOKEN" in record.getMessage()
    assert "planted-secret" not in record.getMessage()
    assert len(backend.asked) == 1


def test_a_keyring_that_never_answers_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tokens, "PATIENCE_SECONDS", 0.05)
    backend = SilentKeyring()
    with installed(backend):
        found = Tokens({})
        assert found.token("github") is None
        assert "is it locked?" in (found.trouble or "")
    backend.released.set()


def test_without_the_package_there_is_one_clear_message(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "keyring", None)
    found = Tokens({})
    assert found.token("github") is None
    assert "mentorwatch[keyring]" in (found.trouble or "")


# --- logs ----------------------------------------------------------------------------------------------------------


@pytest.fixture
def said() -> Iterator[io.StringIO]:
    """What a handler writes after `mask_output`, at DEBUG; everything is put back afterwards."""
    factory, hooks = logging.getLogRecordFactory(), (sys.excepthook, logging.root.level)
    stream = io.StringIO()
    mask_output()
    handler = logging.StreamHandler(stream)
    logging.root.addHandler(handler)
    logging.root.setLevel(logging.DEBUG)
    yield stream
    logging.root.removeHandler(handler)
    logging.root.setLevel(hooks[1])
    sys.excepthook = hooks[0]
    logging.setLogRecordFactory(factory)


def test_a_log_masks_message_arguments_and_stack(said: io.StringIO) -> None:
    logging.getLogger("any.library").debug("GET %s with %r", f"https://x.test/?key={SECRET}", {"token": SECRET})
    logging.getLogger("a").warning(f"password={SECRET}", stack_info=True)  # noqa: G004
    logging.getLogger("b").info("%d of these does not fit %s", "token=" + SECRET)  # noqa: PLE1206
    logging.getLogger("c").info("plain %s", "words")
    text = said.getvalue()
    assert SECRET not in text
    assert "GET https://x.test/?key=*** with {'token': '***'}" in text
    assert "plain words" in text


def test_an_error_in_a_log_is_its_class_and_place(said: io.StringIO) -> None:
    local = SECRET * 2
    try:
        try:
            raise KeyError(local)
        except KeyError as cause:
            raise ValueError(SECRET) from cause
    except ValueError:
        logging.getLogger("job").exception("crawl %s", "it")
    text = said.getvalue()
    assert SECRET not in text
    assert text.index("KeyError") < text.index("which led to") < text.index("ValueError")
    assert f'File "{__file__}", line' in text
    assert "test_an_error_in_a_log_is_its_class_and_place" in text


def test_masking_twice_masks_once(said: io.StringIO) -> None:
    factory = logging.getLogRecordFactory()
    mask_output()
    assert logging.getLogRecordFactory() is factory


def test_an_error_of_ours_keeps_its_words_and_groups_name_each_part() -> None:
    try:
        raise ExceptionGroup(
            "both " + SECRET, [MentorwatchError(f"no https://u:{SECRET}@x.test"), OSError(2, "gone", SECRET)]
        )
    except ExceptionGroup as error:
        text = describe_error(error)
    assert SECRET not in text
    assert "MentorwatchError: no https://***@x.test" in text
    assert "OSError: gone" in text or "FileNotFoundError: gone" in text


def test_an_uncaught_error_shows_no_value(said: io.StringIO, capsys: pytest.CaptureFixture[str]) -> None:
    try:
        raise RuntimeError(SECRET)
    except RuntimeError as error:
        sys.excepthook(RuntimeError, error, error.__traceback__)
    err = capsys.readouterr().err
    assert "mentorwatch: unexpected error" in err
    assert "RuntimeError" in err
    assert SECRET not in err


def test_secrets_of_the_environment_are_known(said: io.StringIO, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MENTORWATCH_SMTP_PASSWORD", "planted smtp value")
    monkeypatch.setenv("MENTORWATCH_DATABASE_URL", "postgresql://me:planted%20pg@db.test/x")
    mask_output()
    assert mask_text("a planted smtp value, a planted pg, a planted%20pg") == "a ***, a ***, a ***"


def test_the_lists_are_in_the_form_they_are_compared_in() -> None:
    """Lower case without - _ . [ ]: an entry in another form would never match."""
    import tomllib

    data = tomllib.loads((config_dir() / "secrets.toml").read_text("utf-8"))
    for key in set(data) - {"shapes"}:
        assert all(word.isalnum() and word == word.lower() for word in data[key]), key
        assert len(set(data[key])) == len(data[key]), key
    assert Path(config_dir() / "secrets.toml").is_file()
