"""What failed, in words."""

from __future__ import annotations

import pytest
import typer

from watchlist.cli.output import finish_partly, short_addresses


def test_failures_are_told_in_words_with_the_next_act(capsys: pytest.CaptureFixture[str]) -> None:
    failed = {"Acme": "robots", "Bolt": "needs_javascript", "Line 3": "several companies fit"}
    with pytest.raises(typer.Exit) as ended:
        finish_partly(failed, done=1, what="sites", hint="look there")
    assert ended.value.exit_code == 3
    told = capsys.readouterr().err.splitlines()
    assert told == [
        "  Acme: robots: robots.txt forbids it",
        "  Bolt: needs_javascript: its page shows its people only to a browser that runs JavaScript",
        "  Line 3: several companies fit",
        "3 of 4 sites gave nothing (look there)",
    ]


@pytest.mark.parametrize(
    ("failed", "done", "says"),
    [
        ({"Acme": "dns", "Bolt": "no_website"}, 0, "is this machine online?"),
        ({"Acme": "dns", "Bolt": "robots"}, 0, "look there"),
        ({"Acme": "dns"}, 1, "look there"),
        ({"Bolt": "no_website"}, 0, "look there"),
    ],
)
def test_a_machine_without_a_network_is_asked_about_it(
    capsys: pytest.CaptureFixture[str], failed: dict[str, str], done: int, says: str
) -> None:
    with pytest.raises(typer.Exit):
        finish_partly(failed, done=done, what="sites", hint="look there")
    assert capsys.readouterr().err.endswith(f"({says})\n")


def test_nothing_that_failed_is_nothing_to_say(capsys: pytest.CaptureFixture[str]) -> None:
    finish_partly({}, done=3, what="sites")
    assert capsys.readouterr().err == ""


def test_long_queries_are_left_out_of_a_line() -> None:
    assert short_addresses(f"https://acme.test/q?x={'a' * 90} failed") == "https://acme.test/q?... failed"
    assert short_addresses("https://acme.test/q?x=1 failed") == "https://acme.test/q?x=1 failed"
