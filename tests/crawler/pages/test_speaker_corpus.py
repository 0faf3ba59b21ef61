"""Floors on the corpus of conference speaker lists."""

from __future__ import annotations

import json

import pytest

from crawler.pages import Document, read_page
from tests.corpus import CORPUS, needs_corpus
from tests.eval.speakers import MACHINE_FORMATS, scores, total

pytestmark = [needs_corpus, pytest.mark.corpus]


def test_machine_formats_are_read_whole() -> None:
    exact = [score for score in scores() if score.kind in MACHINE_FORMATS]
    assert {score.name for score in exact} >= {"31c3-2014", "global-azure-linz-2020"}
    assert [score.name for score in exact if score.right != score.due or score.right != score.found] == []


def test_pages_looked_at_keep_their_scores() -> None:
    pages = total(tuple(score for score in scores() if score.kind == "html" and not score.is_kept_aside))
    assert pages.recall >= 0.92
    assert pages.precision >= 0.97


def test_pages_kept_aside_keep_their_scores() -> None:
    pages = total(tuple(score for score in scores() if score.kind == "html" and score.is_kept_aside))
    assert pages.recall >= 0.70
    assert pages.precision >= 0.93


def test_employers_are_told_from_titles() -> None:
    everything = total(scores())
    assert everything.titles[0] / everything.titles[1] >= 0.65
    assert everything.organisations[0] / everything.organisations[1] >= 0.70


@pytest.mark.parametrize(
    "file",
    ["pyladiescon-2023/sponsors.html", "balkanruby-2018/sponsors.html", "dlf-forum-2017/fellows.html",
     "dlf-forum-2017/exhibitors.html", "explore-ddd-2017/sponsors.html", "bogazici-digitalized-2023/programme.html"],
)  # fmt: skip
def test_no_sponsor_fellow_or_placeholder_becomes_a_speaker(file: str) -> None:
    folder = CORPUS / "speakers" / file.partition("/")[0]
    not_speakers = json.loads((folder / "expected.json").read_text("utf-8"))["not_speakers"]
    reading = read_page(
        Document(f"https://conf.test/{file}", (CORPUS / "speakers" / file).read_bytes()), kind="speakers"
    )
    assert not {person.name for person in reading.people} & set(not_speakers)
    if "programme" not in file:
        assert reading.people == ()


def test_titles_of_talks_are_joined_to_their_people() -> None:
    body = (CORPUS / "speakers" / "31c3-2014" / "schedule.xml").read_bytes()
    talks = {person.name: person.talks for person in read_page(Document("https://conf.test/s.xml", body)).people}
    assert talks["alecempire"] == ("31C3 Keynote",)
    assert sum(len(given) for given in talks.values()) > 200
