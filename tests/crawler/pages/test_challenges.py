"""Pages that ask their reader to be human are told from pages that only load the guard's script."""

from __future__ import annotations

import pytest

from crawler.pages.challenges import is_challenge

WORDS = "<p>" + "We build robots that weld, paint and carry things about in halls. " * 20 + "</p>"


@pytest.mark.parametrize(
    ("body", "refused"),
    [
        ("<title>Just a moment...</title><h1>acme.test</h1><p>Verifying you are human.</p>", True),
        ("<title>Just a moment...</title><script>window._cf_chl_opt={}</script>", False),
        ("<h1>Access Denied</h1>Reference&#32;&#35;18&#46;2d3f", True),
        ("<title>x</title><script src='https://ct.captcha-delivery.com/c.js'></script>", False),
        ("<div id='px-captcha'></div>", True),
        ("<h1>Pardon Our Interruption</h1>", False),
        ("<p>Request unsuccessful. Incapsula incident ID: 12-34</p>", True),
        ("<form><div class='g-recaptcha'></div></form>", False),
        ("<p>Подтвердите, что вы не робот</p>", False),
    ],
)
def test_challenges(body: str, *, refused: bool) -> None:
    assert is_challenge(body.encode(), refused=refused)


@pytest.mark.parametrize(
    ("body", "refused"),
    [
        (f"<script src='/cdn-cgi/challenge-platform/scripts/jsd/main.js'></script>{WORDS}", False),
        (f"<script src='/_Incapsula_Resource?x=1'></script>{WORDS}", False),
        ("<div id='root'></div><script src='https://www.google.com/recaptcha/api.js?g-recaptcha'></script>", False),
        (f"{WORDS}<form><div class='g-recaptcha'></div></form>", False),
        (f"<p>How we beat every captcha: are you a robot? {WORDS}</p>", False),
        ("<h1>403 Forbidden</h1><p>nginx</p>", True),
        ("<h1>404 Not found</h1>", True),
        ("", True),
        ("\x00\xff", False),
    ],
)
def test_other_pages(body: str, *, refused: bool) -> None:
    assert not is_challenge(body.encode(), refused=refused)


def test_a_header_field_says_it_too() -> None:
    assert is_challenge(b"", refused=True, headers={"cf-mitigated": "challenge"})
    assert not is_challenge(b"", refused=True, headers={"cf-mitigated": "block", "server": "cloudflare"})
    assert not is_challenge(b"", refused=False, headers={"cf-mitigated": "challenge"})
