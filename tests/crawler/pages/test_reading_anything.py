"""Whatever bytes come: reading never raises, ends, and says something."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crawler.pages import Document, read_page
from crawler.pages.navigation import feed_links, names_company, people_links, sitemap_links

TAGS = (
    "div",
    "p",
    "h2",
    "h3",
    "li",
    "ul",
    "a",
    "b",
    "br",
    "td",
    "tr",
    "table",
    "form",
    "nav",
    "span",
    "script",
    "blockquote",
)
TEXTS = (
    "Ann Lee",
    "Chief Executive Officer",
    "Board of Directors",
    "“Great.”",
    "Ann Lee, CEO",
    "CEO Ann Lee",
    "-",
    "\ufffd",
    "555",
)

html = st.lists(
    st.one_of(
        st.sampled_from([f"<{tag}>" for tag in TAGS] + [f"</{tag}>" for tag in TAGS]),
        st.sampled_from(TEXTS),
        st.text(max_size=20),
        st.just('<a href="http://[::1"><div class="vcard h-card" itemscope itemtype="https://schema.org/Person">'),
    ),
    max_size=60,
).map(lambda parts: "".join(parts).encode("utf-8", "surrogatepass"))


def read_everything(body: bytes, content_type: str | None = None) -> None:
    document = Document(url="https://acme.test/about", body=body, content_type=content_type, organisation="Acme")
    reading = read_page(document)
    assert reading.people or reading.reason
    assert all(person.name and len(person.excerpt) <= 300 for person in reading.people)
    people_links(document)
    feed_links(document, reading)
    sitemap_links(body, document.url)
    names_company(document, "Acme")


@settings(deadline=None)
@given(st.binary(max_size=400), st.sampled_from([None, "text/html", "text/html; charset=utf-16", "application/json"]))
def test_any_bytes(body: bytes, content_type: str | None) -> None:
    read_everything(body, content_type)


@settings(deadline=None)
@given(html)
def test_any_soup(body: bytes) -> None:
    read_everything(body)


json_values = st.recursive(
    st.none() | st.booleans() | st.floats() | st.text(max_size=10) | st.sampled_from(TEXTS),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(["@type", "name", "jobTitle", "title", "employee", "@graph", "fields"]), inner, max_size=5
        )
    ),
    max_leaves=20,
)


@settings(deadline=None)
@given(json_values)
def test_any_data_for_scripts(value: object) -> None:
    data = json.dumps(value)
    read_everything(f'<script type="application/ld+json">{data}</script><i>Person "Person"</i>'.encode())
    read_everything(f'<script id="__NEXT_DATA__" type="application/json">{data}</script>'.encode())


HOSTILE: dict[str, Callable[[], bytes]] = {
    "deep divs": lambda: b"<div>" * 20_000 + b"Ann Lee<p>CEO",
    "deep spans": lambda: b"<span>" * 20_000 + b"Ann Lee, CEO",
    "deep json": lambda: b'<script type="application/ld+json">' + b"[" * 50_000 + b'</script>"Person"',
    "many names": lambda: b"<h1>Board of Directors</h1>" + b"<li>Ann Lee</li>" * 20_000,
    "one long line": lambda: b"Ann Lee, " * 50_000,
    "many separators": lambda: b"<p>" + b"a - b, " * 30 + b"</p>" + b"<p>" + b" " * 100_000 + b"x</p>",
    "many digits": lambda: b"<p>" + b"1 " * 100_000 + b"</p>",
    "many quotes": lambda: b'<p>"Great service, we all love it."</p><p>Ann Lee, CEO</p>' * 3_000,
    "many links": lambda: b'<a href="/team">Team</a>' * 20_000,
}


@pytest.mark.parametrize("kind", HOSTILE)
def test_hostile_pages_end(kind: str) -> None:
    read_everything(HOSTILE[kind](), "text/html")
