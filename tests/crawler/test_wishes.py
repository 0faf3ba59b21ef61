"""Opt-outs that a page or an account expresses, and how several are joined."""

from __future__ import annotations

import tomllib
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.wishes import Wishes, actor_wishes, label_wishes, meta_wishes, text_wishes
from pipelines.lexicon.folding import fold
from watchlist.settings import config_dir

NOW = datetime(2026, 11, 24, tzinfo=UTC)
TEXT = tomllib.loads((config_dir() / "wishes.toml").read_text("utf-8"))["text"]
LANGUAGES = [code for code in TEXT if code != "roots"]


# --- joining ----------------------------------------------------------------------------------------------------------


def test_no_wishes_are_false() -> None:
    assert not Wishes()
    for wishes in (Wishes(no_profile="a"), Wishes(no_fetch="a"), Wishes(no_quotes=True), Wishes(noted=("a",))):
        assert wishes
        assert wishes | Wishes() == Wishes() | wishes == wishes


def test_joined_wishes_are_as_strict_as_the_strictest() -> None:
    search = Wishes(no_profile="meta robots: noindex", noindex=True, noted=("a", "b"))
    mining = Wishes(no_profile="tdm-reservation: 1", noted=("b", "c"), no_quotes=True)
    for both in (search | mining, mining | search):
        assert both.no_profile == "tdm-reservation: 1"
        assert both.reason == "opted_out"
        assert both.no_quotes
        assert set(both.noted) == {"a", "b", "c"}
    assert (search | search) == search
    assert (search | Wishes(no_fetch="label")).reason == "opted_out"
    assert (search | Wishes(no_fetch="label")).signals == ("label", "meta robots: noindex", "a", "b")


words = st.none() | st.sampled_from(["a", "b"])
any_wishes = st.builds(
    Wishes, no_profile=words, noindex=st.booleans(), no_fetch=words, no_quotes=st.booleans(),
    noted=st.lists(st.sampled_from("abc"), unique=True).map(tuple),
)  # fmt: skip


@given(any_wishes, any_wishes)
def test_nothing_is_lost_by_joining(one: Wishes, other: Wishes) -> None:
    both = one | other
    assert bool(both) == bool(one or other)
    assert bool(both.no_profile) == bool(one.no_profile or other.no_profile)
    assert bool(both.no_fetch) == bool(one.no_fetch or other.no_fetch)
    assert both.no_quotes == (one.no_quotes or other.no_quotes)
    assert set(both.noted) == {*one.noted, *other.noted}
    assert ("opted_out" in {one.reason, other.reason}) <= (both.reason == "opted_out")


# --- meta tags --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [
        ("robots", "noindex,nofollow", "noindex"),
        (" Robots ", "NOINDEX", "noindex"),
        ("robots", "noindex nofollow", "noindex"),
        ("robots", "follow;none", "noindex"),
        ("robots", "noai", "opted_out"),
        ("robots", "noindex, noai", "opted_out"),
        ("mentorwatch", "noindex", "noindex"),
        ("X-Robots-Tag", "noindex", "noindex"),
        ("robots", "index, follow, max-snippet:-1, max-image-preview:none", None),
        ("robots", "unavailable_after: 2019-06-25", "noindex"),
        ("robots", "unavailable_after: 2099-06-25", None),
        ("otherbot", "noindex", None),
        ("description", "noindex", None),
        ("tdm-reservation", "1", "opted_out"),
        ("TDM-Reservation", "0", None),
    ],
)
def test_meta_tags(name: str, content: str, reason: str | None) -> None:
    assert meta_wishes([("viewport", "width=device-width"), (name, content)], NOW).reason == reason


def test_meta_tags_say_more_than_no() -> None:
    assert meta_wishes([("robots", "max-snippet:0")]) == Wishes(no_quotes=True)
    reserved = meta_wishes([("tdm-policy", "https://acme.test/p"), ("tdm-reservation", "1")])
    assert reserved.signals == ("tdm-reservation: 1 (meta tag)", "tdm-policy: https://acme.test/p (meta tag)")
    assert meta_wishes([("robots", "index"), ("robots", "noai")]).no_profile == "meta robots: noai"


def test_a_date_of_expiry_is_noted_where_the_time_is_not_known() -> None:
    wishes = meta_wishes([("robots", "unavailable_after: 2019-06-25")])
    assert wishes == Wishes(noted=("meta robots: unavailable_after 2019-06-25",))


# --- words ------------------------------------------------------------------------------------------------------------

BANS = {
    "en": "You agree not to use any robot, <b>scraper</b> or other automated means to access the site.",
    "de": "Jedes automatisierte Auslesen unserer Seiten ist ohne schriftliche Zustimmung untersagt.",
    "fr": "L&rsquo;extraction automatis&eacute;e et la fouille de donn&eacute;es sont interdites.",
    "es": "Queda prohibida la extracción automatizada de datos de este sitio.",
    "it": "Non è consentito il data mining né lo scraping dei contenuti.",
    "nl": "Het is niet toegestaan deze website te scrapen.",
    "pl": "Zabrania się automatycznego pobierania danych z serwisu.",
    "pt": "Não é permitida a mineração de dados neste site.",
}


def test_every_language_of_the_words_has_a_sentence() -> None:
    assert set(BANS) == set(LANGUAGES)


@pytest.mark.parametrize("code", BANS)
def test_a_sentence_that_bans_scraping_is_noted(code: str) -> None:
    page = f"<html><body><h1>Acme</h1><p>We make pumps.</p><footer><p>{BANS[code]}</p></footer></body></html>"
    wishes = text_wishes(page)
    assert wishes == Wishes(noted=("the page's text: no scraping",))
    assert text_wishes(BANS[code].upper() if code != "fr" else BANS[code])


def test_entities_and_curly_apostrophes_are_read() -> None:
    assert text_wishes("<p>Non &egrave; consentito lo scraping.</p>")
    assert text_wishes("We don\u2019t allow it: crawling.")
    assert not text_wishes("We allow it: crawling.")


@pytest.mark.parametrize("code", LANGUAGES)
def test_words_can_be_found_at_all(code: str) -> None:
    for phrase in TEXT[code]["phrases"]:
        assert text_wishes(f"<p>Note: {phrase}.</p>"), phrase
    for act in TEXT[code]["acts"]:
        assert any(fold(root) in act for root in TEXT["roots"]), act
    for word in (*TEXT[code]["acts"], *TEXT[code]["bans"], *TEXT[code]["phrases"]):
        assert word == fold(word)


@pytest.mark.parametrize(
    "page",
    [
        "We help farms with harvesting. Smoking is prohibited.",
        "<p>Do not feed the animals</p><p>Scraping tools</p>",
        "<li>No refunds</li><li>Data mining</li>",
        "Ada Quist leads data mining and robotics.",
        "<script>// no scraping\nvar prohibited = 'crawler';</script>",
        "<style>.no-scraping{}</style>",
        '<meta name="robots" content="noindex"><a title="no scraping" href="/no-scraping">Terms</a>',
        "Ice-scraping. Entry is prohibited.",
        "Skyscrapers are not allowed here.",
    ],
)
def test_other_sentences_are_not(page: str) -> None:
    assert not text_wishes(page)


def test_code_ends_where_its_tag_ends() -> None:
    assert text_wishes("<SCRIPT>if (a<b) c()</SCRIPT><p>No scraping.</p>")
    assert not text_wishes("<script>a</style> no scraping")


# --- accounts ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("actor", "reason"),
    [
        ({}, None),
        ({"discoverable": True, "indexable": True}, None),
        ({"discoverable": False}, "opted_out"),
        ({"discoverable": None}, "opted_out"),
        ({"toot:discoverable": False}, "opted_out"),
        ({"http://joinmastodon.org/ns#indexable": "false"}, "opted_out"),
        ({"discoverable": True, "indexable": False}, "opted_out"),
        ({"noindex": True}, "noindex"),
        ({"noindex": False}, None),
        ({"manuallyApprovesFollowers": True}, "opted_out"),
        ({"locked": True, "discoverable": False}, "opted_out"),
        ({"manuallyApprovesFollowers": False}, None),
        ({"summary": '<p>Pumps. <a href="/tags/nobot">#<span>NoBot</span></a></p>'}, "opted_out"),
        ({"note": "I write about #nobotany"}, None),
        ({"summary": None, 1: 2}, None),
    ],
)
def test_actors(actor: dict[Any, Any], reason: str | None) -> None:
    assert actor_wishes(actor).reason == reason


def test_of_a_locked_account_that_is_discoverable_public_posts_may_be_used() -> None:
    wishes = actor_wishes({"manuallyApprovesFollowers": True, "discoverable": True})
    assert wishes == Wishes(noted=("account: locked, so only public posts",))


LABEL = "!no-unauthenticated"


@pytest.mark.parametrize(
    ("labels", "refused"),
    [
        ([LABEL], True),
        ([{"val": "bot"}, {"val": LABEL}], True),
        ({"$type": "com.atproto.label.defs#selfLabels", "values": [{"val": LABEL}]}, True),
        ([{"val": LABEL, "neg": True}], False),
        (["bot", {"val": "!warn"}], False),
        ([], False),
        ({"values": None}, False),
        ([None, 1, {}, []], False),
    ],
)
def test_labels(labels: Any, refused: bool) -> None:
    assert (label_wishes(labels).no_fetch == f"Bluesky label: {LABEL}") is refused


# --- whatever comes ---------------------------------------------------------------------------------------------------

pieces = st.sampled_from(
    ["<p>", "</p>", "<script>", "</script>", "<", ">", "scraping", "no ", "&eacute;", ". ", "prohibited", "data mining"]
)
anything = st.lists(pieces | st.text(max_size=8), max_size=20).map("".join)
values = st.recursive(st.none() | st.booleans() | anything, lambda inner: st.lists(inner, max_size=3), max_leaves=4)
keys = st.sampled_from(["discoverable", "indexable", "locked", "summary", "noindex", "val", "neg", "values"]) | anything


@given(anything, st.dictionaries(keys, values, max_size=5))
def test_any_text(text: str, data: dict[str, Any]) -> None:
    names = ("robots", "mentorwatch", "tdm-reservation", "tdm-policy", text)
    readers: list[Callable[[], Wishes]] = [
        lambda: meta_wishes([(name, text) for name in names]),
        lambda: meta_wishes([(name, text) for name in names], NOW),
        lambda: text_wishes(text),
        lambda: actor_wishes(data),
        lambda: label_wishes(data),
        lambda: label_wishes([data, text]),
    ]
    for read in readers:
        wishes = read()
        assert wishes == read()
        assert all(signal.isprintable() for signal in wishes.signals)


@pytest.mark.parametrize(
    "page",
    ["bots " * 400_000, "<a bots" * 200_000, "<script>bots " * 200_000, "<" * 1_000_000, "scraping" + " " * 1_000_000],
    ids=["words", "tags", "scripts", "brackets", "spaces"],
)
def test_hostile_pages_end(page: str) -> None:
    assert not text_wishes(page)
