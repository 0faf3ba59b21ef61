"""No second way to the network: what outside the door could fetch, listen or start another program, found in the code.

Called by `tests.check.tree`. Names are followed through imports and their aliases; what a library fetches by itself
when it is given an address (feedparser, lxml, tldextract, Scrapy's own handlers) counts as well.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

THE_DOOR = "crawler/fetch/"


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


CLIENTS = _words("""
    httpx httpcore h11 h2 requests aiohttp urllib3 urllib.request urllib.robotparser http.client http.server ftplib
    socket ssl socketserver smtplib poplib imaplib nntplib telnetlib xmlrpc xml.sax wsgiref websockets websocket pycurl
    httplib2 treq twisted tornado trio anyio paramiko fsspec smart_open boto3 psycopg asyncpg grpc selenium playwright
    logging.handlers logging.config multiprocessing.connection multiprocessing.managers asyncio.streams subprocess pty
    scrapy.core.downloader.handlers scrapy.utils.test scrapy.shell
""")
"""Modules by whose import a byte could come from outside, or another program be started that fetches."""
CALLS = _words("""
    open_connection open_unix_connection create_connection create_unix_connection create_datagram_endpoint
    create_server create_unix_server start_server start_unix_server sock_connect getaddrinfo gethostbyname urlopen
    urlretrieve create_subprocess_exec create_subprocess_shell iterparse xinclude XSLT
""")
"""Functions and methods, whatever they hang on."""
CALLED_AS = _words("""
    os.system os.popen tldextract.extract lxml.etree.parse lxml.html.parse lxml.objectify.parse feedparser.http.get
""")
"""Functions by their full name: they open what they are given as a path or an address."""
EXCEPTIONS = {
    "watchlist/demo/server.py": frozenset({"socket", "ssl", "http.server"}),  # the little web listens, it asks nobody
    "watchlist/secrets/tokens.py": frozenset({"keyring"}),
}
"""Modules that one file may import. The keyring is no network, but tokens come from one place."""
MODULES = CLIENTS | {"keyring"}


def problems(name: str, tree: ast.Module) -> Iterator[str]:
    """What in this file goes past the door, one line each."""
    origins = _origins(tree)
    for node in ast.walk(tree):
        found = list(_unsafe_use(node, origins))
        if not name.startswith(THE_DOOR):
            found += _imports(node, EXCEPTIONS.get(name, frozenset()))
            found += _ways_out(node, origins)
        yield from (f"{name}:{getattr(node, 'lineno', 0)}: {what}" for what in found)


def imported(node: ast.AST) -> list[str]:
    """The modules that an import statement names, with the packages they lie in."""
    if isinstance(node, ast.Import):
        return [part for alias in node.names for part in _prefixes(alias.name)]
    if isinstance(node, ast.ImportFrom) and node.module:
        return [*_prefixes(node.module), *(f"{node.module}.{alias.name}" for alias in node.names)]
    return []


def _prefixes(module: str) -> list[str]:
    parts = module.split(".")
    return [".".join(parts[: count + 1]) for count in range(len(parts))]


def _imports(node: ast.AST, allowed: frozenset[str]) -> list[str]:
    modules = imported(node)
    if isinstance(node, ast.Call) and _last(node.func) in {"import_module", "__import__"}:
        modules = [part for argument in node.args for part in _prefixes(_text(argument))]
    return [f"imports {module}; {_ONLY}" for module in dict.fromkeys(modules) if module in MODULES - allowed]


_ONLY = "only crawler.fetch talks to the network"


def _ways_out(node: ast.AST, origins: dict[str, str]) -> Iterator[str]:
    """Functions that open a connection, also where they are only named."""
    if isinstance(node, ast.Attribute) and node.attr in CALLS:
        yield f"uses {ast.unparse(node)}; {_ONLY}"
    elif isinstance(node, ast.ImportFrom):
        yield from (f"imports {alias.name}; {_ONLY}" for alias in node.names if alias.name in CALLS)
    elif isinstance(node, ast.Call) and _full_name(node.func, origins) in CALLED_AS:
        yield f"calls {_full_name(node.func, origins)}; {_ONLY}"
    elif _text(node) in CALLS or _text(node).startswith("scrapy.core.downloader.handlers"):
        yield f"names {_text(node)}; {_ONLY}"


def _unsafe_use(node: ast.AST, origins: dict[str, str]) -> Iterator[str]:
    """Libraries that fetch by themselves unless they are told not to; holds for the door as well."""
    if not isinstance(node, ast.Call):
        return
    called = _full_name(node.func, origins)
    given = {keyword.arg: ast.unparse(keyword.value) for keyword in node.keywords}
    if called == "tldextract.TLDExtract" and (given.get("suffix_list_urls"), given.get("cache_dir")) != ("()", "None"):
        yield "TLDExtract downloads its list without suffix_list_urls=() and cache_dir=None"
    if called == "lxml.etree.XMLParser" and not _SAFE_XML.items() <= given.items():
        yield f"XMLParser follows what a document names without {', '.join(map('='.join, _SAFE_XML.items()))}"
    if called == "feedparser.parse" and not (node.args and _is_bytes_io(node.args[0])):
        yield "feedparser.parse opens a text as a file or an address: give it BytesIO(...)"


_SAFE_XML = {"resolve_entities": "False", "no_network": "True", "load_dtd": "False"}


def _is_bytes_io(argument: ast.expr) -> bool:
    return isinstance(argument, ast.Call) and _last(argument.func) == "BytesIO"


def _origins(tree: ast.Module) -> dict[str, str]:
    """Local names to what they were imported as: {"etree": "lxml.etree"}."""
    found: dict[str, str] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found |= {alias.asname: alias.name for alias in node.names if alias.asname}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found |= {alias.asname or alias.name: f"{node.module}.{alias.name}" for alias in node.names}
    return found


def _full_name(called: ast.expr, origins: dict[str, str]) -> str:
    """The function that is called; after `from lxml import etree as e`, `e.parse` is lxml.etree.parse."""
    name = ast.unparse(called)
    first, dot, rest = name.partition(".")
    return f"{origins.get(first, first)}{dot}{rest}"


def _last(called: ast.expr) -> str:
    return called.attr if isinstance(called, ast.Attribute) else called.id if isinstance(called, ast.Name) else ""


def _text(node: ast.AST) -> str:
    """The value of a text constant; empty for anything else."""
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else ""
