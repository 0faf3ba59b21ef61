"""Every way past the door that somebody might write is found, and what is no way past it is left alone."""

from __future__ import annotations

import ast
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.check import second_path
from tests.check.test_breach import ROOT

PLANTED = [
    "import httpx",
    "import httpcore as h",
    "import requests.sessions",
    "from aiohttp import ClientSession",
    "import urllib3",
    "import urllib.request",
    "from urllib import request",
    "from urllib.request import urlopen",
    "import urllib.robotparser",
    "from http import client",
    "import http.client as c",
    "import ftplib",
    "import socket",
    "from socket import create_connection as connect",
    "import ssl",
    "import smtplib",
    "import imaplib",
    "import xmlrpc.client",
    "import xml.sax",
    "import websockets",
    "import pycurl",
    "import subprocess",
    "import logging.handlers",
    "import psycopg",
    "import keyring",
    "from scrapy.core.downloader.handlers import http11",
    "from scrapy.core.downloader.handlers.http import HTTPDownloadHandler",
    "SETTINGS = {'http': 'scrapy.core.downloader.handlers.http.HTTPDownloadHandler'}",
    "def f():\n    import httpx",
    "from importlib import import_module\nimport_module('httpx')",
    "import importlib\nimportlib.import_module('urllib.request')",
    "__import__('socket')",
    "import asyncio\nasyncio.open_connection('x.test', 80)",
    "from asyncio import open_connection",
    "from asyncio.streams import open_connection as o",
    "import asyncio\nconnect = asyncio.open_connection",
    "import asyncio\ngetattr(asyncio, 'open_connection')('x.test', 80)",
    "import asyncio\nasyncio.get_running_loop().create_connection(None, 'x.test', 80)",
    "loop.sock_connect(s, ('x.test', 80))",
    "loop.getaddrinfo('x.test', 80)",
    "asyncio.start_server(f, '0.0.0.0', 80)",
    "asyncio.create_subprocess_exec('curl', 'x.test')",
    "import os\nos.system('curl x.test')",
    "import os as o\no.popen('wget x.test')",
    "import feedparser\nfeedparser.parse(url)",
    "import feedparser\nfeedparser.parse('https://x.test/feed')",
    "import feedparser as f\nf.parse(body)",
    "from feedparser import parse\nparse(text)",
    "from lxml import etree\netree.parse('https://x.test/a.xml')",
    "import lxml.html\nlxml.html.parse(url)",
    "from lxml.html import parse as p\np(url)",
    "from lxml import etree as e\ne.iterparse(url)",
    "tree.xinclude()",
    "from lxml import etree\netree.XSLT(sheet)",
    "from lxml import etree\netree.XMLParser()",
    "from lxml import etree\netree.XMLParser(no_network=False, resolve_entities=False, load_dtd=False)",
    "import tldextract\ntldextract.extract('x.test')",
    "from tldextract import extract\nextract('x.test')",
    "import tldextract\ntldextract.TLDExtract()",
    "from tldextract import TLDExtract as T\nT(suffix_list_urls=('https://x.test/list',), cache_dir=None)",
    "from tldextract import TLDExtract\nTLDExtract(suffix_list_urls=())",
]
HARMLESS = [
    "from urllib.parse import urlsplit",
    "from http import HTTPStatus",
    "import asyncio\nasyncio.create_task(f())",
    "import feedparser\nfrom io import BytesIO\nfeedparser.parse(BytesIO(body))",
    "from lxml import etree\netree.fromstring(body, etree.HTMLParser())",
    "from lxml import etree\netree.XMLParser(no_network=True, resolve_entities=False, load_dtd=False)",
    "from tldextract import TLDExtract\nTLDExtract(suffix_list_urls=(), cache_dir=None)",
    "from scrapy import Request\nRequest(url)",
    "from importlib import import_module\nimport_module('crawler.pages')",
    "text = 'a socket, requests and httpx'",
    "json.parse(text)",
]


@pytest.mark.parametrize("code", PLANTED)
@pytest.mark.parametrize("name", ["watchlist/sneaky.py", "crawler/spiders/sneaky.py", "pipelines/sneaky.py"])
def test_a_second_path_is_found(name: str, code: str) -> None:
    found = list(second_path.problems(name, ast.parse(code)))
    assert found
    assert all(problem.startswith(f"{name}:") for problem in found)


@pytest.mark.parametrize("code", HARMLESS)
def test_what_is_no_way_out_is_left_alone(code: str) -> None:
    assert list(second_path.problems("watchlist/plain.py", ast.parse(code))) == []


def test_the_door_may_connect_but_not_let_libraries_fetch() -> None:
    door = "crawler/fetch/transport.py"
    assert list(second_path.problems(door, ast.parse("import httpx, socket\nimport ssl"))) == []
    assert list(second_path.problems(door, ast.parse("import tldextract\ntldextract.TLDExtract()")))
    assert list(second_path.problems(door, ast.parse("import feedparser\nfeedparser.parse(url)")))


@pytest.mark.parametrize("file", second_path.EXCEPTIONS)
def test_an_exception_is_one_that_is_needed_and_of_one_file(file: str) -> None:
    code = (ROOT / file).read_text("utf-8")
    assert list(second_path.problems(file, ast.parse(code))) == []
    elsewhere = " ".join(second_path.problems("watchlist/other.py", ast.parse(code)))
    assert all(f"imports {module};" in elsewhere for module in second_path.EXCEPTIONS[file])
    assert "httpx" not in second_path.EXCEPTIONS[file]


NO_NETWORK = """
import socket, sys
def refuse(event, args):
    if event.startswith("socket."):
        raise SystemExit(f"{event} {args}")
from crawler.fetch.pace import site_of
from crawler.pages.navigation import site_of as site_of_page
sys.addaudithook(refuse)
print(site_of("a.b.example.co.uk"), site_of("x.y.kawasaki.jp"), site_of_page("https://www.a.example.com.br/x"))
"""


def test_registrable_domains_come_from_the_shipped_list(tmp_path: Path) -> None:
    """No socket, no look-up, and nothing is written to the home of the user."""
    done = subprocess.run(
        [sys.executable, "-c", NO_NETWORK],
        env=os.environ
        | {"HOME": str(tmp_path), "XDG_CACHE_HOME": str(tmp_path), "TLDEXTRACT_CACHE": str(tmp_path / "x")},
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stdout.split()) == (0, ["example.co.uk", "x.y.kawasaki.jp", "example.com.br"]), (
        done.stderr
    )
    assert list(tmp_path.iterdir()) == []
