"""Where a conference's page leads."""

from __future__ import annotations

import pytest

from crawler.pages import Document
from crawler.pages.speaker_leads import MOST_LEADS, speaker_leads

EVENT = "https://www.harbourconf.example/2026/"


def leads(body: str, url: str = EVENT) -> tuple[str, ...]:
    return speaker_leads(Document(url, f"<html><body>{body}</body></html>".encode()))


def test_machine_formats_come_before_pages() -> None:
    body = """<a href="/2026/speakers">Speakers</a>
        <script src="https://sessionize.com/api/v2/ab12cd34/view/SpeakerWall"></script>"""
    assert leads(body) == ("https://sessionize.com/api/v2/ab12cd34/view/All", EVENT + "speakers")


@pytest.mark.parametrize(
    ("url", "export"),
    [
        ("https://cfp.harbour.example/2026/", "https://cfp.harbour.example/2026/schedule/export/schedule.json"),
        ("https://cfp.harbour.example/2026/speaker/", "https://cfp.harbour.example/2026/schedule/export/schedule.json"),
        ("https://talks.harbour.example/speaker/", "https://talks.harbour.example/schedule/export/schedule.json"),
    ],
)
def test_an_event_on_pretalx_has_its_export(url: str, export: str) -> None:
    assert leads('<meta name="generator" content="pretalx">', url)[0] == export


def test_events_elsewhere_on_pretalx_are_known_by_their_links_and_widgets() -> None:
    body = """<a href="https://pretalx.com/harbour-2026/talk/ABC123/">a talk</a>
        <pretalx-schedule event-url="https://cfp.pier.example/2026/"></pretalx-schedule>"""
    assert leads(body) == (
        "https://cfp.pier.example/2026/schedule/export/schedule.json",
        "https://pretalx.com/harbour-2026/schedule/export/schedule.json",
    )


def test_data_files_named_in_links_and_scripts_are_found() -> None:
    body = """<a href="export/schedule.xml">XML</a><script>load("\\/data\\/speakers.json")</script>"""
    assert leads(body) == (EVENT + "export/schedule.xml", "https://www.harbourconf.example/data/speakers.json")


@pytest.mark.parametrize(
    ("label", "path"),
    [
        ("Speakers", "who"),
        ("Referenten", "x"),
        ("Intervenants", "x"),
        ("Ponentes", "x"),
        ("Palestrantes", "x"),
        ("Prelegenci", "x"),
        ("Konuşmacılar", "x"),
        ("Спікери", "x"),
        ("Докладчики", "x"),
        ("More", "speakers.html"),
    ],
)
def test_pages_are_found_by_their_words_in_many_languages(label: str, path: str) -> None:
    assert leads(f'<a href="{path}">{label}</a><a href="imprint">Imprint</a>') == (EVENT + path,)


def test_speakers_come_before_the_programme_and_forms_not_at_all() -> None:
    body = """<a href="agenda">Agenda</a><a href="cfs">Call for speakers</a>
        <a href="become-a-speaker">Become a speaker</a>
        <a href="all">Meet our keynote speakers</a>
        <a href="speakers">Speakers</a>"""
    assert leads(body) == (EVENT + "speakers", EVENT + "all", EVENT + "agenda")


def test_pages_of_other_sites_and_the_page_itself_are_left_out() -> None:
    body = f"""<a href="https://other.example/speakers">Speakers</a><a href="{EVENT}#speakers">Speakers</a>
        <a href="https://blog.harbourconf.example/speakers">Speakers</a><a href="http://[bad/speakers">Speakers</a>"""
    assert leads(body) == ("https://blog.harbourconf.example/speakers",)


def test_leads_are_bounded() -> None:
    body = "".join(f'<a href="{year}/speakers">Speakers</a>' for year in range(1990, 2026))
    assert len(leads(body)) == MOST_LEADS
