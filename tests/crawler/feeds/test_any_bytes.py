"""Whatever a server sends, a reading comes back: no exception, no markup, no unbounded text."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crawler.feeds import read_feed
from crawler.feeds.dates import read_date
from crawler.items import FeedReading

URL = "https://feeds.test/f"
PIECES = st.sampled_from(
    [
        '<?xml version="1.0"?>', "<rss version='2.0'>", "<channel>", "<item>", "</item>", "<title>", "</title>",
        "<link>", "</link>", "<feed xmlns='http://www.w3.org/2005/Atom'>", "<entry>", "</entry>", "<![CDATA[", "]]>",
        "<!--", "-->", "&amp;", "&", "<", "<rss:item>", "<guid>", "<pubDate>", "<content type='xhtml'><div>", "xml:base='http://[x/'",
        "<link href='http://[::1'/>", "<!DOCTYPE rss [", "<!ENTITY a 'b'>", "]>", "\x00", "\ud800", "<enclosure url=''",
        '{"version":"https://jsonfeed.org/version/1"', ',"items":[', '{"id":1}', "]}", "null", "<html>", "text", "/>",
    ]
)  # fmt: skip


def check(reading: FeedReading) -> None:
    for entry in reading.entries:
        assert entry.id
        assert len(entry.title) <= 300
        assert len(entry.summary) <= 500
        assert entry.url is None or entry.url.startswith("http")


@given(st.binary(max_size=400))
def test_bytes_never_raise(body: bytes) -> None:
    check(read_feed(body, URL, None))


@settings(deadline=None, max_examples=400)
@given(st.lists(PIECES, max_size=30), st.sampled_from(["utf-8", "utf-16", "latin-1"]))
def test_pieces_of_feeds_never_raise(pieces: list[str], encoding: str) -> None:
    check(read_feed("".join(pieces).encode(encoding, "replace"), URL, "application/xml; charset=" + encoding))


@given(st.text(max_size=80))
def test_dates_never_raise(text: str) -> None:
    date = read_date(text)
    assert date is None or date.utcoffset() is not None


def hostile_documents() -> Iterator[tuple[str, str]]:
    inside = "><channel><item><title>t</title></item></channel></rss>"
    yield "attributes", "<rss " + " ".join(f'a{n}="x"' for n in range(50_000)) + inside
    yield "attributes with brackets", "<rss " + " ".join(f"a{n}='>'" for n in range(50_000)) + inside
    yield "namespaces on one tag", "<rss " + " ".join(f'xmlns:a{n}="u:{n}"' for n in range(20_000)) + inside
    yield (
        "namespaces on many tags",
        "<rss>" + "".join(f'<a{n}:b xmlns:a{n}="u:{n}"/>' for n in range(20_000)) + "</rss>",
    )


@pytest.mark.parametrize(("name", "document"), list(hostile_documents()), ids=lambda value: value[:30])
def test_markup_built_to_exhaust_is_refused(name: str, document: str) -> None:
    assert read_feed(document.encode(), URL, None).problems == ("hostile_markup",), name


def test_many_attributes_spread_over_tags_are_no_attack() -> None:
    items = "".join(f"<item><guid>{n}</guid><title>t</title><a x='1' y='2' z='3'/></item>" for n in range(500))
    assert len(read_feed(f"<rss version='2.0'><channel>{items}</channel></rss>".encode(), URL, None).entries) == 500


def test_entities_are_left_out_not_expanded() -> None:
    levels = "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 4))
    doctype = f'<?xml version="1.0"?><!DOCTYPE rss [<!ENTITY a0 "lol">{levels}]>'
    reading = read_feed(
        f'{doctype}<rss version="2.0"><channel><title>x &a3;</title></channel></rss>'.encode(), URL, None
    )
    assert "lol" not in (reading.title or "")


def test_an_external_entity_is_not_opened() -> None:
    doctype = b'<!DOCTYPE r [<!ENTITY x SYSTEM "file:///etc/hostname">]>'
    body = doctype + b'<rss version="2.0"><channel><title>&x;</title></channel></rss>'
    assert read_feed(body, URL, None).title in (None, "&x;")


def test_deep_json_is_refused() -> None:
    assert read_feed(b'{"items":' + b"[" * 200_000, URL, None).problems == ("hostile_markup",)
