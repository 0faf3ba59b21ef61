from __future__ import annotations

import json
import re
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import lxml.html
import pytest

from tests.corpus import CORPUS, needs_corpus
from tests.watchlist.digest.sample import UNTIL, facts, move, person, post, role, settings, source
from watchlist.digest.columns import line_width
from watchlist.digest.compose import build_digest
from watchlist.digest.facts import CandidateFacts, DigestFacts, RoleFacts
from watchlist.digest.render import as_json, render_html, render_json, render_text, write_digest
from watchlist.digest.view import DigestView

ELEMENTS = {
    *("html", "head", "meta", "title", "style", "body", "main", "header", "footer", "section", "article"),
    *("h1", "h2", "h3", "p", "ul", "li", "dl", "dt", "dd", "div", "b", "bdi", "span", "a", "code"),
}
"""All that the template uses."""


def full_facts() -> DigestFacts:
    """A day with something in every section."""
    return facts(
        people=(person(1, "Ada Lee", silent_days=64), person(2, "Bea Okafor")),
        items=(
            post(1, 1, "On hiring", excerpt="Why we stopped asking for degrees."),
            post(2, 1, "HR Days", kind="talk", source="HR Days 2026"),
            *(post(number, 2, url=None if number == 3 else f"https://bea.test/{number}") for number in range(3, 8)),
        ),
        moves=(move(1, 1), move(2, 2, kind="new_role")),
        candidates=(
            CandidateFacts(person_id=3, name="Omar Haddad", role=role()),
            CandidateFacts(person_id=4, name="Lena Fischer", role=None),
        ),
        waiting=7,
        bad_sources=tuple(source(number, title="") for number in range(12)),
    )


def view_of(day: DigestFacts, **digest: Any) -> DigestView:
    return build_digest(day, settings(**digest))


def assert_inert(html: str) -> lxml.html.HtmlElement:
    """Parsed as a browser would: no element but the template's, no event attribute, links to the web only."""
    tree = lxml.html.document_fromstring(html)
    for element in tree.iter(lxml.html.etree.Element):
        assert element.tag in ELEMENTS, element.tag
        assert not [name for name in element.attrib if name.startswith("on") or name in {"style", "src", "srcdoc"}]
        if element.tag == "a":
            assert re.match(r"https?://[^\s/]", element.get("href"))
            assert element.get("rel") == "noopener noreferrer"
    return tree


# --- html ----------------------------------------------------------------------------------------------------------


def test_the_page_has_every_section_in_order_under_headings_of_falling_rank() -> None:
    tree = assert_inert(render_html(view_of(full_facts())))
    assert tree.xpath("//h1/text()") == ["Thursday, 5 March 2026"]
    assert tree.xpath("//h2/text()") == [
        "Moves and new roles",
        "From the people you follow",
        "New candidates",
        "Sources that need a look",
    ]
    assert [" ".join(heading.text_content().split()) for heading in tree.xpath("//h3")] == [
        "Ada Lee joins Bolt",
        "Bea Okafor has a new role at Bolt",
        "Ada Lee first post in 64 days",
        "Bea Okafor",
    ]
    text = " ".join(tree.text_content().split())
    for words in ("+2 more", "7 more wait", "and 4 more sources", "failing since 2 Mar 2026", "Talk · HR Days 2026"):
        assert words in text
    assert {"https://acme.test/team", "https://bolt.test/team"} <= set(tree.xpath("//article//dd//a/@href"))


def test_the_page_loads_nothing() -> None:
    html = render_html(view_of(full_facts()))
    assert not re.search(r"<(img|script|link|iframe|object|video|base|form)|url\(|@import", html)
    assert "default-src 'none'" in html


def test_a_quiet_day_has_no_section() -> None:
    tree = assert_inert(render_html(view_of(facts())))
    assert tree.xpath("//section") == []
    assert tree.xpath("//*[@class='lead']/text()") == ["Nothing new from the 12 people you follow."]


def hostile_days(payloads: list[str]) -> Iterator[DigestFacts]:
    """Every payload as name, title, excerpt, source, role, reason and address."""
    for start in range(0, len(payloads), 5):
        some = payloads[start : start + 5]
        yield facts(
            people=tuple(person(number, text) for number, text in enumerate(some)),
            items=tuple(
                post(number * 10 + each, number, title=text, excerpt=f"! {text}", source=text, url=url)
                for number, text in enumerate(some)
                for each, url in enumerate((text, f"https://blog.test/{text}", f"javascript:{text}"))
            ),
            moves=tuple(move(number, number) for number in range(len(some))),
            candidates=tuple(
                CandidateFacts(person_id=1, name=text, role=RoleFacts(title=text, organisation=text, url=text))
                for text in some
            ),
            bad_sources=tuple(source(1, owner=text, title=text, url=text, reason=text) for text in some),
        )


@needs_corpus
@pytest.mark.corpus
def test_hostile_texts_are_shown_as_text() -> None:
    cases = json.loads((CORPUS / "hostile" / "html_xss.json").read_text("utf-8"))["cases"]
    payloads = [case["payload"] for case in cases]
    assert len(payloads) > 100
    for day in hostile_days(payloads):
        view = view_of(day)
        html = render_html(view)
        assert_inert(html)
        assert len(html.encode()) < 90_000
        assert "\x1b" not in render_text(view)
        json.loads(render_json(view))


def test_markup_in_a_title_is_text_and_a_script_address_no_link() -> None:
    (day,) = hostile_days(['<img src=x onerror=alert(1)> "><script>alert(1)</script>'])
    tree = assert_inert(render_html(view_of(day)))
    assert "<img src=x onerror=alert(1)>" in tree.text_content()
    assert not [href for href in tree.xpath("//a/@href") if "javascript" in href]


@pytest.mark.parametrize("char", ["&", "😀", "'", "x", "人"])
def test_a_page_of_the_longest_texts_stays_under_90_kb(char: str) -> None:
    long = char * 3000
    day = facts(
        people=tuple(person(number, long) for number in range(100)),
        items=tuple(
            post(
                number, number, title=long, excerpt=f"!{long}", source=long, url=f"https://a.test/{number}?" + "x" * 900
            )
            for number in range(100)
        ),
        moves=tuple(move(number, number) for number in range(10)),
        bad_sources=tuple(source(number, owner=long, title=long) for number in range(30)),
    )
    view = view_of(day, max_items=200)
    assert len(view.people) >= 10
    for form in (render_html(view), render_text(view)):
        assert len(form.encode()) < 90_000


# --- text ----------------------------------------------------------------------------------------------------------


def test_the_text_form_reads_well() -> None:
    day = facts(
        people=(person(1, "Ada Lee", silent_days=64),),
        items=(
            post(
                1, 1, "On hiring", excerpt="Why we stopped asking for degrees, and what the teams said a year after it."
            ),
        ),
        moves=(move(1, 1),),
        bad_sources=(source(1),),
    )
    expected = (Path(__file__).parent / "full_day.txt").read_text("utf-8")
    assert render_text(view_of(day)) == expected


def test_a_quiet_day_is_three_short_lines_of_text() -> None:
    text = render_text(view_of(facts()))
    assert text.splitlines()[:2] == [
        "mentorwatch, Thursday, 5 March 2026",
        "Nothing new from the 12 people you follow.",
    ]
    assert "PEOPLE" not in text


def test_no_line_of_text_but_an_address_is_wider_than_78_columns() -> None:
    wide = person(1, "陈伟明" * 30)
    items = (post(1, 1, "w" * 150, excerpt="信任 " * 60), post(2, 1, "many words " * 20))
    text = render_text(view_of(facts(people=(wide,), items=items, moves=(move(1, 1),))))
    assert max(line_width(line) for line in text.splitlines() if "https://" not in line) <= 78
    assert not re.search(r"[ \t]$|\n\n\n", text, re.MULTILINE)


# --- json and files ------------------------------------------------------------------------------------------------


def keys_of(value: Any) -> Any:
    """The shape of a JSON value: its keys, of lists the first element's."""
    if isinstance(value, dict):
        return {key: keys_of(each) for key, each in value.items()}
    return [keys_of(value[0])] if isinstance(value, list) and value else None


ROLE = dict.fromkeys(("title", "organisation", "url"))


def test_json_has_the_documented_keys() -> None:
    data = as_json(view_of(full_facts()))
    assert keys_of(data) == {
        **dict.fromkeys(("day", "since", "until", "timezone", "subject", "headline", "empty")),
        "moves": [{"person_id": None, "name": None, "kind": None, "before": ROLE, "after": ROLE, "seen_at": None}],
        "more_moves": None,
        "people": [
            {
                **dict.fromkeys(("person_id", "name", "badge", "more")),
                "role": ROLE,
                "items": [dict.fromkeys(("kind", "title", "url", "source", "published", "age", "excerpt"))],
            }
        ],
        "others": None,
        "more_others": None,
        "candidates": [{"person_id": None, "name": None, "role": ROLE}],
        "sources": [dict.fromkeys(("owner", "title", "url", "state", "since", "reason", "why", "fresh"))],
        "more_sources": None,
        "totals": dict.fromkeys(
            ("followed", "people", "moves", "posts", "talks", "candidates", "waiting", "sources", "bad_sources")
        ),
    }
    assert data.keys() == as_json(view_of(facts())).keys()
    assert data["until"] == "2026-03-05T06:00:00Z"
    assert data["candidates"][1]["role"] is None
    assert '""' not in render_json(view_of(full_facts()))


def test_files_are_written_whole_for_their_owner_alone(tmp_path: Path) -> None:
    view = view_of(full_facts())
    files = write_digest(view, tmp_path / "digests")
    assert [file.name for file in files] == ["2026-03-05.html", "2026-03-05.txt", "2026-03-05.json"]
    assert all(stat.S_IMODE(file.stat().st_mode) == 0o600 for file in files)
    first = [file.read_bytes() for file in files]
    write_digest(view, tmp_path / "digests")
    assert [file.read_bytes() for file in files] == first
    assert sorted((tmp_path / "digests").iterdir()) == sorted(files)


def test_a_file_that_cannot_be_replaced_leaves_no_rest_behind(tmp_path: Path) -> None:
    (tmp_path / "2026-03-05.html").mkdir()
    with pytest.raises(OSError, match="2026-03-05"):
        write_digest(view_of(facts()), tmp_path)
    assert [file.name for file in tmp_path.iterdir()] == ["2026-03-05.html"]


def test_ages_count_from_the_end_of_the_window() -> None:
    view = view_of(facts(people=(person(1),), items=(post(1, 1, published=UNTIL),)))
    assert view.people[0].items[0].age == "just now"


def test_a_move_of_one_side_names_the_page_that_does_not_show_them() -> None:
    people = (person(1, "Ada Lee"), person(2, "Bea Okafor"))
    view = view_of(facts(people=people, moves=(move(1, 1, kind="joined"), move(2, 2, kind="left"))))
    text, page = render_text(view), render_html(view)
    assert "Ada Lee joins Bolt\n  before  not on the page\n          https://bolt.test/team\n" in text
    assert "Bea Okafor leaves Acme\n  before  HR Director, Acme\n" in text
    assert "  now     not on the page any more\n          https://acme.test/team\n" in text
    tree = assert_inert(page)
    words = [" ".join(node.text_content().split()) for node in tree.iter("h3")]
    assert words[:2] == ["Ada Lee joins Bolt", "Bea Okafor leaves Acme"]
    assert page.count("not on the page any more") == 1
    assert json.loads(render_json(view))["moves"][1]["after"] == {
        "title": None,
        "organisation": None,
        "url": "https://acme.test/team",
    }
