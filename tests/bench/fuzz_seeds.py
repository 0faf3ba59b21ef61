"""What the fuzzer begins with: documents of our own, and the corpus's where it is there."""

from __future__ import annotations

import base64
import gzip
import json
import zlib

import brotli

from tests.corpus import CORPUS, corpus_dir
from tests.crawler.fetch.doors import hostile

SEED_BYTES = 48 * 1024
SEEDS_A_KIND = 150


def _corpus_files(*patterns: str) -> list[bytes]:
    """Real documents, small ones whole and large ones by their beginning, spread over the folders."""
    if corpus_dir() is None:
        return []
    files = sorted(file for pattern in patterns for file in CORPUS.glob(pattern) if file.is_file())
    step = max(1, len(files) // SEEDS_A_KIND)
    return [file.read_bytes()[:SEED_BYTES] for file in files[::step]]


def raw_answers() -> list[bytes]:
    """What lying servers send, and decent ones with each field that means something to us."""
    sent = [
        base64.b64decode(step["send_b64"]) if "send_b64" in step else step["send"].encode("latin-1", "replace")
        for case in hostile("http_servers")
        for step in case["script"]
        if "send" in step or "send_b64" in step
    ]
    fields = [
        "retry-after: 120", "x-robots-tag: noai", "content-type: text/html; charset=utf-16", 'etag: "a"',
        "cache-control: max-age=60", "location: /b", "location: http://b.test/x", "content-encoding: br",
        "transfer-encoding: chunked", "link: </feed>; rel=alternate", 'ratelimit: "default";r=0;t=45',
        "x-ratelimit-remaining: 0\r\nx-ratelimit-reset: 1792566300", "set-cookie: a=b", "content-type: image/png",
    ]  # fmt: skip
    own = [
        f"HTTP/1.1 {status} X\r\n{line}\r\ncontent-length: 5\r\n\r\nabcde".encode()
        for status in (200, 301, 403, 429, 503, 999)
        for line in fields
    ]
    packed = gzip.compress(b"<html>packed")
    return sent + own + [b"HTTP/1.1 200 OK\r\ncontent-encoding: gzip\r\n\r\n" + packed]


def robots_files() -> list[bytes]:
    """Rules of every kind."""
    own = [
        b"User-agent: *\nDisallow: /x\nCrawl-delay: 5\n",
        b"User-agent: mentorwatch\nDisallow: /*.atom$\nRequest-rate: 1/5\n",
        b"User-agent: *\nContent-Usage: ai=n\nContent-signal: search=yes\n",
        "\ufeffUser-agent: *\nAllow: /".encode("utf-16"),
        b"User-agent: a\n\nUser-agent: *\nVisit-time: 0100-0200\nDisallow: /a*b*c$\nSitemap: https://a.test/s.xml",
    ]  # fmt: skip
    return own + [case["robots"].encode("utf-8", "replace") for case in hostile("robots_rules")]


def addresses() -> list[bytes]:
    """Addresses, good and bad."""
    own = ["https://a.test/", "http://93.184.216.34/", "//b.test:8443/x?y#z", "feed:https://a.test/f",
           "http://xn--bcher-kva.test/", "https://www.linkedin.com/in/a", "../x", "http://127.1/", "http://a@b.test/",
           "http://[2606:4700::1]/"]  # fmt: skip
    found = own + [case["url"] for case in hostile("ssrf_urls") if "url" in case]
    found += [case["input"] for case in hostile("url_parsing") if "input" in case]
    return [url.encode("utf-8", "surrogatepass") for url in found]


def header_blocks() -> list[bytes]:
    """Header fields that say when to come again or what is wished for, a block each."""
    own = [
        {"retry-after": "120"}, {"retry-after": "Wed, 21 Oct 2026 07:28:00 GMT"},
        {"cache-control": "max-age=7200, no-store"},
        {"expires": "Wed, 21 Oct 2026 09:00:00 GMT", "date": "Wed, 21 Oct 2026 07:00:00 GMT"},
        {"ratelimit": '"default";r=0;t=45'}, {"x-ratelimit-remaining": "0", "x-ratelimit-reset": "1792566300"},
        {"x-rate-limit-remaining": "0", "x-rate-limit-reset": "2026-10-21T07:05:00Z"},
        {"x-robots-tag": "otherbot: noindex, unavailable_after: 25 Jun 2099 15:00:00 PST"}, {"tdm-reservation": "1"},
        {"content-usage": "ai=n"}, {"content-signal": "search=no, ai-train=no"}, {"tdm-policy": "https://a.test/p"},
    ]  # fmt: skip
    found = own + [case["headers"] for case in hostile("retry_after")]
    return ["\n".join(f"{name.lower()}: {value}" for name, value in fields.items()).encode() for fields in found]


def packed_bodies() -> list[bytes]:
    """Bodies in each packing, whole and cut off."""
    text = b"<html>" + b"<p>a paragraph</p>" * 200
    raw = zlib.compressobj(wbits=-15)
    return [
        gzip.compress(text), gzip.compress(text) * 3, zlib.compress(text), raw.compress(text) + raw.flush(),
        brotli.compress(text, quality=5), gzip.compress(gzip.compress(text)), gzip.compress(bytes(3 << 20)),
        brotli.compress(bytes(3 << 20), quality=5), gzip.compress(text)[:-6], text,
    ]  # fmt: skip


RSS = b"""<?xml version="1.0"?><rss version="2.0"><channel><title>a</title><item><guid>1</guid><title>b</title>
<pubDate>Wed, 21 Oct 2026 07:28:00 GMT</pubDate><description>&lt;p&gt;c</description></item></channel></rss>"""
ATOM = b"""<feed xmlns="http://www.w3.org/2005/Atom" xml:base="http://a.test/"><entry><id>1</id>
<title type="html">x</title><link href="y"/><updated>2026-10-21T07:00:00+02:00</updated></entry></feed>"""
JSON = b'{"version":"https://jsonfeed.org/version/1.1","title":"a","items":[{"id":1,"date_published":"2026-10-21"}]}'
TEAM = b"""<html><title>Team</title><h1>Leadership</h1><div class=card><h3>Ada Appleseed</h3><p>Chief People Officer</p>
</div><div class=card><h3>Bo Plumfield</h3><p>Chief Executive Officer</p></div><a href=/board>Board</a></html>"""
LINKED = b'<script type="application/ld+json">{"@type":"Person","name":"Ada Appleseed","jobTitle":"CEO"}</script>'
EMBEDDED = b'<script id="__NEXT_DATA__" type="application/json">{"team":[{"name":"Ada Plum","title":"CEO"}]}</script>'
SCHEDULE = b"""<?xml version="1.0"?><schedule><day><room><event><title>x</title><persons>
<person>Ada Plum</person></persons></event></room></day></schedule>"""
SITEMAP = b'<?xml version="1.0"?><urlset><url><loc>https://a.test/team</loc></url></urlset>'


def feeds() -> list[bytes]:
    """Feeds in each form, as they should be and as servers send them."""
    malformed = [case["body"].encode("utf-8", "replace") for case in hostile("feeds_malformed") if "body" in case]
    return [RSS, ATOM, JSON, *malformed, *_corpus_files("feeds/*/*.xml", "feeds/*/*.json", "feeds/*/*.rss")]


def pages() -> list[bytes]:
    """Pages of companies and conferences, and their machine formats."""
    own = [TEAM, LINKED, EMBEDDED, SCHEDULE, SITEMAP]
    return own + _corpus_files("leaders/*/*.html", "leaders/*.html", "speakers/*/*.*")


def site_files() -> list[bytes]:
    """tdmrep.json and ai.txt."""
    tdmrep = [{"location": "/a*", "tdm-reservation": 1, "tdm-policy": "https://a.test/p"}, {"location": "*.html$"}]
    ai_txt = b"User-Agent: *\nDisallow: *.html\nAllow: /team/\nContent-Usage: /x train-ai=n\n"
    return [json.dumps(tdmrep).encode(), ai_txt, b"User-agent: mentorwatch\nDisallow: /a*b*c*d$\n", b"<html>", b"[]"]
