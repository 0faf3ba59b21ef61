from __future__ import annotations

from datetime import UTC, datetime

import pytest

from tests.watchlist.imports.saved import URL, html, mhtml, saved_from, single_file
from watchlist.imports.saved_pages import SavedPage, SavedPageError, open_saved_page

MOST = 10 << 20
NINE = datetime(2026, 3, 2, 9, tzinfo=UTC)


def taken(data: bytes, most: int = MOST) -> SavedPage:
    return open_saved_page(data, most_bytes=most)


@pytest.mark.parametrize(
    ("data", "url", "saved_at"),
    [
        (single_file(), URL, NINE),
        (single_file(date="2026-03-02T09:00:00.000Z"), URL, NINE),
        (single_file(date="the other day"), URL, None),
        (saved_from(), URL, None),
        (saved_from().replace(b"(0040)", b"(0022)"), "https://www.acme.test/", None),
        (mhtml(), URL, NINE),
        (mhtml(encoding="base64"), URL, NINE),
        (mhtml(boundary="a+b(c)?*"), URL, NINE),
        (mhtml().replace(b"Snapshot-Content-Location", b"X-Nothing"), URL, NINE),
        (mhtml().replace(b"Mon, 2 Mar 2026 09:00:00 -0000", b"yesterday"), URL, None),
        (mhtml().replace(b"\r\n", b"\n"), URL, NINE),
        (html(f'<link rel="canonical" href="{URL}">'), URL, None),
        (html(f"<meta property='og:url' content='{URL}'>"), URL, None),
        (html(f'<link href="{URL}?a=1&amp;b=2" rel=canonical />'), f"{URL}?a=1&b=2", None),
        (html('<link rel="canonical" href="/relative">'), None, None),
        (html('<link rel="canonical" href="file:///C:/page.html">'), None, None),
        (html('<link rel="canonical" href="https://me:secret@acme.test/">'), None, None),
        (html(), None, None),
    ],
)
def test_the_file_says_its_address_and_when_it_was_saved(
    data: bytes, url: str | None, saved_at: datetime | None
) -> None:
    page = taken(data)
    assert (page.url, page.saved_at) == (url, saved_at)
    assert b"Ada Quist" in page.html
    assert b"Mia Advert" not in page.html, "a frame of somebody else's is not the page"


def test_the_browsers_mark_goes_before_what_the_page_says_of_itself() -> None:
    page = taken(single_file().replace(b"</head>", b'<link rel="canonical" href="https://other.test/"></head>'))
    assert page.url == URL


@pytest.mark.parametrize("encoding", ["quoted-printable", "base64", "8bit"])
def test_letters_survive_every_packing(encoding: str) -> None:
    assert "Zoë Lindqvist" in taken(mhtml(encoding=encoding)).html.decode()


def test_the_charset_of_the_part_goes_with_it() -> None:
    data = mhtml(encoding="8bit").replace("Zoë".encode(), "Zoë".encode("cp1252"))
    page = taken(
        data.replace(
            b"Content-Type: text/html\r\nContent-ID", b"Content-Type: text/html; charset=windows-1252\r\nContent-ID"
        )
    )
    assert page.content_type == "text/html; charset=windows-1252"


def test_pictures_that_are_packed_in_do_not_count() -> None:
    data = single_file().replace(b"base64,", b"base64," + b"A" * (3 << 20))
    page = taken(data, most=1 << 20)
    assert len(page.html) < 2000


def test_the_name_of_the_site_is_told() -> None:
    page = taken(html('<meta property="og:site_name" content="Acme  Widgets">'))
    assert page.site_name == "Acme Widgets"


def nested(depth: int) -> bytes:
    """Multiparts within multiparts."""
    text = "MIME-Version: 1.0\n" + "".join(
        f'Content-Type: multipart/related; boundary="b{number}"\n\n--b{number}\n' for number in range(depth)
    )
    return (text + "Content-Type: text/html\n\n<p>x</p>\n").encode()


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "empty_file"),
        (b"   \n", "empty_file"),
        (b"just words", "no_page"),
        (b"\x00\xff\xfe\x01" * 1000, "no_page"),
        (b"%PDF-1.7 ...", "pdf"),
        (b"PK\x03\x04 ...", "archive"),
        (b"\x1f\x8b\x08 ...", "archive"),
        (html() + b"x" * (2 << 20), "page_too_large"),
        (mhtml(encoding="base64").replace(b"text/html", b"text/plain"), "no_page_in_archive"),
        (b"MIME-Version: 1.0\r\nContent-Type: multipart/related\r\n\r\nno boundary", "no_page_in_archive"),
        (b"Content-Type: multipart/related; boundary=b\n\n" + b"--b\n\n" * 20_000, "no_page_in_archive"),
        (nested(2000), "no_page_in_archive"),
        (b"Content-Type: multipart/related; boundary=b\n" + b"X: y\n" * 200_000, "no_page_in_archive"),
    ],
)  # fmt: skip
def test_what_is_no_page_says_why(data: bytes, reason: str) -> None:
    with pytest.raises(SavedPageError) as told:
        taken(data, most=1 << 20)
    assert told.value.reason == reason


def test_a_page_within_a_multipart_within_a_multipart_is_found() -> None:
    assert taken(nested(3)).html.strip() == b"<p>x</p>"
