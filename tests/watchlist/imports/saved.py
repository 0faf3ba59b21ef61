"""Pages as browsers save them, of invented people."""

from __future__ import annotations

import base64
import quopri

URL = "https://www.acme.test/company/leadership"
TEAM = """<html><head><title>Acme leadership</title>{head}</head><body><h1>Our leadership</h1>
<div class="card"><h3>Ada Quist</h3><p>HR Director</p></div>
<div class="card"><h3>Bo Ferrari</h3><p>Chief Financial Officer</p></div>
<div class="card"><h3>Zoë Lindqvist</h3><p>VP Engineering</p></div></body></html>"""


def html(head: str = "", before: str = "") -> bytes:
    """A team page, with what a browser puts in."""
    return (before + TEAM.format(head=head)).encode()


def single_file(
    url: str = URL, date: str = "Mon Mar 02 2026 10:00:00 GMT+0100 (Central European Standard Time)"
) -> bytes:
    """As SingleFile saves it, with its pictures packed in."""
    note = f"<!DOCTYPE html> <!--\n Page saved with SingleFile \n url: {url} \n saved date: {date}\n-->"
    picture = base64.b64encode(b"\x89PNG" * 400).decode()
    return html(f'<style>b{{background:url("data:image/png;base64,{picture}")}}</style>', note)


def saved_from(url: str = URL) -> bytes:
    """As Chrome and Edge save it."""
    return html(before=f"<!DOCTYPE html>\n<!-- saved from url=({len(url):04d}){url} -->\n")


def mhtml(
    *,
    url: str = URL,
    encoding: str = "quoted-printable",
    boundary: str = "----MultipartBoundary--abc----",
    first: str = "",
) -> bytes:
    """As Chrome saves a web archive: the page, then what belongs to it."""
    page = html()
    packed = {
        "quoted-printable": quopri.encodestring(page),
        "base64": base64.encodebytes(page),
        "8bit": page,
    }[encoding].decode("latin-1")
    page_part = (
        f"Content-Type: text/html\nContent-ID: <frame@mhtml.blink>\nContent-Transfer-Encoding: {encoding}\n"
        f"Content-Location: {url}\n\n{packed}\n"
    )
    picture = (
        "Content-Type: image/png\nContent-Transfer-Encoding: base64\nContent-Location: ../../etc/passwd\n\niVBORw0=\n"
    )
    parts = [
        f"Content-Type: text/css\nContent-Location: {url}/style.css\n\nb {{}}\n",
        page_part,
        "Content-Type: text/html\nContent-Location: https://ads.test/frame\n\n<p>Mia Advert</p><p>CEO</p>\n",
        picture,
    ]
    head = (
        f"From: <Saved by Blink>\nSnapshot-Content-Location: {url}\nSubject: Acme leadership\n"
        "Date: Mon, 2 Mar 2026 09:00:00 -0000\nMIME-Version: 1.0\n"
        f'Content-Type: multipart/related;\n\ttype="text/html";\n\tboundary="{boundary}"\n\n\n'
    )
    body = first + "".join(f"--{boundary}\n{part}" for part in parts) + f"--{boundary}--\n"
    return (head + body).replace("\n", "\r\n").encode("latin-1")
