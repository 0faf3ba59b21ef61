"""Links: platform, canonical address, handle and access; what is nobody's account; repair of addresses."""

from __future__ import annotations

import json
from urllib.parse import urlsplit

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.lexicon.links import ProfileLink, canonical_url, read_link
from tests.corpus import CORPUS, needs_corpus


@pytest.mark.parametrize(
    ("url", "platform", "canonical", "handle", "access"),
    [
        ("https://www.linkedin.com/in/jane-doe/", "linkedin",
         "https://www.linkedin.com/in/jane-doe", "jane-doe", "link_only"),
        ("http://ca.linkedin.com/in/JaneDoe?trk=x", "linkedin",
         "https://www.linkedin.com/in/janedoe", "janedoe", "link_only"),
        ("linkedin.com/in/janedoe/en", "linkedin", "https://www.linkedin.com/in/janedoe", "janedoe", "link_only"),
        ("https://www.linkedin.com/in/j%C3%BCrgen", "linkedin",
         "https://www.linkedin.com/in/j%C3%BCrgen", "jürgen", "link_only"),
        ("http://www.linkedin.com/pub/jane-doe/25/859/643", "linkedin",
         "https://www.linkedin.com/pub/jane-doe/25/859/643", "jane-doe/25/859/643", "link_only"),
        ("http://www.linkedin.com/profile/view?id=92&trk=tyah", "linkedin",
         "https://www.linkedin.com/profile/view?id=92", "92", "link_only"),
        ("https:/twitter.com/JaneDoe", "x", "https://x.com/janedoe", "janedoe", "link_only"),
        ("https://twitter.com/#!/janedoe", "x", "https://x.com/janedoe", "janedoe", "link_only"),
        ("https://mobile.twitter.com/@janedoe?s=20", "x", "https://x.com/janedoe", "janedoe", "link_only"),
        ("https://bsky.app/profile/jane.doe.test", "bluesky",
         "https://bsky.app/profile/jane.doe.test", "jane.doe.test", "documented_api"),
        ("https://social.test/@jane", "mastodon", "https://social.test/@jane", "jane", "documented_api"),
        ("https://social.test/users/jane", "mastodon", "https://social.test/@jane", "jane", "documented_api"),
        ("https://github.com/JaneDoe", "github", "https://github.com/janedoe", "janedoe", "documented_api"),
        ("https://medium.com/@jane", "medium", "https://medium.com/@jane", "jane", "feed"),
        ("https://jane.medium.com/", "medium", "https://jane.medium.com", "jane", "feed"),
        ("https://jane.substack.com", "substack", "https://jane.substack.com", "jane", "feed"),
        ("https://jane.substack.com/about", "substack", "https://jane.substack.com", "jane", "feed"),
        ("https://www.youtube.com/channel/UC0123456789abcdef", "youtube",
         "https://www.youtube.com/channel/UC0123456789abcdef", "UC0123456789abcdef", "feed"),
        ("https://youtube.com/@JaneDoe/videos", "youtube", "https://www.youtube.com/@janedoe", "janedoe", "feed"),
        ("https://youtube.com/c/JaneDoe", "youtube", "https://www.youtube.com/c/JaneDoe", "JaneDoe", "feed"),
        ("https://instagram.com/jane.doe/", "instagram", "https://www.instagram.com/jane.doe", "jane.doe", "link_only"),
        ("https://www.facebook.com/jane.doe", "facebook", "https://www.facebook.com/jane.doe", "jane.doe", "link_only"),
        ("https://www.facebook.com/profile.php?id=1000", "facebook",
         "https://www.facebook.com/profile.php?id=1000", "1000", "link_only"),
        ("https://www.xing.com/profile/Jane_Doe/cv", "xing",
         "https://www.xing.com/profile/Jane_Doe", "Jane_Doe", "link_only"),
        ("https://orcid.org/0000-0002-1825-0097", "orcid",
         "https://orcid.org/0000-0002-1825-0097", "0000-0002-1825-0097", "documented_api"),
        ("https://dev.to/janedoe", "devto", "https://dev.to/janedoe", "janedoe", "feed"),
        ("https://jane.hashnode.dev", "hashnode", "https://jane.hashnode.dev", "jane", "feed"),
        ("https://speakerdeck.com/janedoe", "speakerdeck", "https://speakerdeck.com/janedoe", "janedoe", "feed"),
        ("https://www.slideshare.net/JaneDoe", "slideshare", "https://www.slideshare.net/janedoe", "janedoe", "feed"),
        ("https://sessionize.com/jane-doe", "sessionize", "https://sessionize.com/jane-doe", "jane-doe", "link_only"),
        ("https://www.wikidata.org/entity/Q42", "wikidata",
         "https://www.wikidata.org/wiki/Q42", "Q42", "documented_api"),
        ("https://jane.test/blog?utm_source=card", "web", "https://jane.test/blog", None, "feed"),
        ("www.jane.test", "web", "https://www.jane.test/", None, "feed"),
    ],
)  # fmt: skip
def test_accounts(url: str, platform: str, canonical: str, handle: str | None, access: str) -> None:
    assert read_link(url) == ProfileLink(platform, canonical, handle, access)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "url",
    [
        "https://www.linkedin.com/company/acme", "https://www.linkedin.com/shareArticle?url=x",
        "https://www.linkedin.com/feed/", "https://linkedin.com", "https://twitter.com/intent/tweet?text=x",
        "https://twitter.com/share", "https://x.com/", "https://twitter.com/jane/status/1",
        "https://www.facebook.com/sharer/sharer.php?u=x", "https://www.facebook.com/groups/12345",
        "https://github.com/acme/repository", "https://github.com/features", "https://www.instagram.com/p/abc/",
        "https://www.youtube.com/watch?v=x", "https://medium.com/p/1", "https://substack.com/",
        "https://www.addtoany.com/share", "https://t.co/abc", "https://wa.me/15550100",
        "https://acme.test/share?u=x", "mailto:jane@doe.test", "tel:+15550100", "javascript:void(0)", "#", "",
        "/in/jane", "https://", "https://[::1", "ftp://jane.test/", "http://localhost:1313/jane",
        "https://" + "a" * 3000 + ".test",
    ],
)  # fmt: skip
def test_nobodys_account(url: str) -> None:
    assert read_link(url) is None


@pytest.mark.parametrize(
    ("url", "canonical"),
    [
        ("HTTPS://Jane.Test:443/Blog#top", "https://jane.test/Blog"),
        ("http://jane.test:8080/", "http://jane.test:8080/"),
        ("https:/jane.test/x", "https://jane.test/x"),
        ("https:jane.test/x", "https://jane.test/x"),
        ("//jane.test/x", "https://jane.test/x"),
        (" https://jane.test/\n x ", "https://jane.test/x"),
        ("https://jane.test", "https://jane.test/"),
        ("https://jane.test/?a=1&utm_campaign=x&fbclid=y&b=2", "https://jane.test/?a=1&b=2"),
        ("https://jane.test/?q=a%20b", "https://jane.test/?q=a%20b"),
        ("https://user:secret@jane.test/feed", "https://jane.test/feed"),
        ("http://[::1]:80/x", "http://[::1]/x"),
        ("mailto:jane@doe.test", "mailto:jane@doe.test"),
        ("https://jane.test:99999/", "https://jane.test:99999/"),
    ],
)
def test_canonical_url(url: str, canonical: str) -> None:
    assert canonical_url(url) == canonical


@settings(max_examples=300, deadline=None)
@given(st.text(max_size=300).map(lambda rest: f"https://jane.test/{rest}") | st.text(max_size=300))
def test_canonical_url_is_stable(url: str) -> None:
    once = canonical_url(url)
    assert canonical_url(once) == once


@settings(max_examples=300, deadline=None)
@given(
    st.sampled_from(
        ["https://www.linkedin.com/", "https://x.com/", "https://a.substack.com/", "https://jane.test/@", ""]
    ),
    st.text(max_size=100),
)
def test_a_profile_link_read_again_is_itself(start: str, rest: str) -> None:
    link = read_link(start + rest)
    if link is not None:
        assert urlsplit(link.url).scheme in ("http", "https")
        again = read_link(link.url)
        assert again is not None
        assert again.platform == link.platform


@needs_corpus
def test_linkedin_and_x_links_of_the_corpus_are_recognised() -> None:
    links = {
        link
        for kind, key in (("leaders", "people"), ("speakers", "speakers"))
        for file in CORPUS.glob(f"{kind}/*/expected.json")
        for person in json.loads(file.read_text("utf-8"))[key]
        for link in person["links"]
    }
    accounts = [link for link in links if "linkedin.com/in/" in link or "//twitter.com/" in link or "/pub/" in link]
    unread = [link for link in accounts if (read := read_link(link)) is None or read.access != "link_only"]
    assert len(accounts) > 100
    assert len(unread) / len(accounts) < 0.03, unread
