"""Guards proved by removal (reliability.md T20): each is taken out of a copy of the program, and a test turns red."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
COPIED = ("crawler", "pipelines", "watchlist", "config", "tests", "pyproject.toml")
pytestmark = pytest.mark.real


@dataclass(frozen=True)
class Guard:
    """A line that must not be missing: where it stands, what stands there instead, and the tests that tell."""

    file: str
    text: str
    instead: str
    tests: tuple[str, ...]


@dataclass(frozen=True)
class Run:
    """What pytest said; `status` is None where the guard was not found."""

    status: int | None
    output: str


FETCH = "tests/crawler/fetch"
GUARDS = {
    # --- addresses ---
    "addresses of a name": Guard(
        "crawler/fetch/transport.py",
        "if closed := [each for each in found if not (is_public(each) or",
        "if closed := [each for each in () if not (is_public(each) or",
        (f"{FETCH}/test_guard.py::test_all_addresses_of_a_name_are_checked_and_the_checked_one_is_used",),
    ),
    "literal addresses": Guard(
        "crawler/fetch/urls.py",
        "        if is_public(target.host):\n",
        "        if target:\n",
        (
            f"{FETCH}/test_urls.py::test_reasons",
            f"{FETCH}/test_urls.py::test_relative_addresses_are_judged_against_their_base",
        ),
    ),
    "never fetched": Guard(
        "crawler/fetch/urls.py",
        "    if rules.is_never_fetched(target.host):\n",
        "    if rules is None:\n",
        (f"{FETCH}/test_urls.py::test_some_sites_are_never_fetched[linkedin.com]",),
    ),
    "certificates": Guard(
        "crawler/fetch/transport.py",
        "httpx.create_ssl_context(trust_env=False)",
        "httpx.create_ssl_context(trust_env=False, verify=False)",
        (f"{FETCH}/test_guard.py::test_an_unknown_authority_is_refused",),
    ),
    # --- every hop ---
    "each hop is judged": Guard(
        "crawler/fetch/door.py",
        "            target = self._admit(location, target, access)\n",
        "            target = replace(target, href=location, host=location.split('/')[2], path='/', query='')\n",
        (f"{FETCH}/test_guard.py::test_never_fetched_sites_are_not_reached_by_redirect",),
    ),
    "redirects are counted": Guard(
        "crawler/fetch/door.py",
        "for _ in range(MAX_REDIRECTS + 1):",
        "for _ in range(50):",
        (f"{FETCH}/test_door.py::test_at_most_five_redirects",),
    ),
    "a documented API stays in the list": Guard(
        "crawler/fetch/door.py",
        "if target and access is Access.DOCUMENTED_API and",
        "if target is None and",
        (f"{FETCH}/test_access.py::test_the_closed_list[https://acme.test/works-not_a_documented_api]",),
    ),
    # --- size and time ---
    "size of the decoded body": Guard(
        "crawler/fetch/decoding.py",
        "            if len(body) > limit:\n",
        "            if len(body) < 0:\n",
        (f"{FETCH}/test_decoding.py::test_the_limit_is_exact",),
    ),
    "density": Guard(
        "crawler/fetch/decoding.py",
        "if len(body) > _RATIO_FROM and len(body) > _RATIO * received:",
        "if len(body) < 0:",
        (f"{FETCH}/test_decoding.py::test_more_than_two_hundred_to_one_past_a_mebibyte",),
    ),
    "deadline": Guard(
        "crawler/fetch/carrier.py",
        "async with asyncio.timeout(self._deadline):",
        "async with asyncio.timeout(None):",
        (f"{FETCH}/test_stalls.py::test_who_takes_longer_than_the_deadline_is_cut_off",),
    ),
    "number and size of header fields": Guard(
        "crawler/fetch/carrier.py",
        "if len(raw) > MAX_FIELDS or",
        "if not raw and",
        (
            f"{FETCH}/test_stalls.py::test_one_answer[many-fields]",
            f"{FETCH}/test_stalls.py::test_one_answer[long-fields]",
        ),
    ),
    "what is left over of an answer": Guard(
        "crawler/fetch/transport.py",
        "if http11 is not None and http11._h11_state.trailing_data[0]:",
        "if http11 is None:",
        (f"{FETCH}/test_stalls.py::test_what_follows_an_answer_is_never_the_next_answer",),
    ),
    # --- robots.txt ---
    "robots rules": Guard(
        "crawler/fetch/robots.py",
        "if self.text and not self.text.allows(target.href):",
        "if self.text is target:",
        (f"{FETCH}/test_robots_http.py::test_eight_that_wait_together_for_a_rule_are_all_refused[door]",),
    ),
    "unreadable robots.txt": Guard(
        "crawler/fetch/robots.py",
        "        if self.refusal:\n",
        "        if self.refusal == 'never':\n",
        (f"{FETCH}/test_robots.py::test_answers_to_robots[403]",),
    ),
    "groups that name us": Guard(
        "crawler/fetch/robots.py",
        "not rules.allows(target.href, named_only=True)",
        "rules is target",
        (f"{FETCH}/test_robots.py::test_subscriptions[names-us]",),
    ),
    # --- pace ---
    "one at a time": Guard(
        "crawler/fetch/pace.py",
        "            async with line.lock:\n                yield line\n",
        "            yield line\n",
        (f"{FETCH}/test_door_pace.py::test_never_two_requests_to_one_site_at_once",),
    ),
    "the gap": Guard(
        "crawler/fetch/pace.py",
        "        if left <= 0:\n",
        "        if left <= 3600:\n",
        (f"{FETCH}/test_door_pace.py::test_the_gap_between_two_requests_to_one_site",),
    ),
    "the floor of the gap": Guard(
        "crawler/fetch/access.py",
        "FLOOR_SECONDS = 2.0",
        "FLOOR_SECONDS = 0.0",
        (f"{FETCH}/test_access.py::test_an_api_keeps_the_gap_of_the_list",),
    ),
    "pauses": Guard(
        "crawler/fetch/door.py",
        "if until := self._pauses.until(target.host):",
        "if until := (self._pauses.until(target.host) and None):",
        (f"{FETCH}/test_door_pace.py::test_a_bad_answer_pauses_the_host_and_a_good_one_ends_it",),
    ),
    # --- the kill switch ---
    "stops": Guard(
        "crawler/fetch/door.py",
        'return "stopped" if self.is_closed else self._stops.forbids(target.host, person)',
        'return "stopped" if self.is_closed else None',
        (f"{FETCH}/test_stops.py::test_nothing_forbidden_leaves_until_it_is_lifted",),
    ),
    # --- credentials ---
    "tokens for documented APIs only": Guard(
        "crawler/fetch/door.py",
        "self._rules.api(target.origin, target.path) if access is Access.DOCUMENTED_API else None",
        "self._rules.api(target.origin, target.path)",
        (f"{FETCH}/test_redirect_credentials.py::test_a_page_at_the_origin_of_an_api_gets_no_token[crawl]",),
    ),
    "tokens for one origin only": Guard(
        "crawler/fetch/access.py",
        'if origin != self.origin or "%2f" in path.lower()',
        'if "%2f" in path.lower()',
        (f"{FETCH}/test_redirect_credentials.py::test_each_token_goes_to_its_own_origin",),
    ),
    "cookies are not kept": Guard(
        "crawler/fetch/carrier.py",
        '_NOT_KEPT = _OF_THE_TRANSFER | {"set-cookie", "set-cookie2"}',
        "_NOT_KEPT = _OF_THE_TRANSFER",
        (f"{FETCH}/test_door.py::test_an_answer",),
    ),
    # --- people who were forgotten ---
    "suppressed people": Guard(
        "pipelines/load/people.py",
        "kept = _not_suppressed(session, people)",
        "kept = list(people)",
        (
            "tests/watchlist/test_forget_and_crawl.py::test_the_same_page_again_stores_nobody_and_counts_one_suppressed[sqlite]",
        ),
    ),
    "suppressed feeds": Guard(
        "pipelines/load/feeds.py",
        'is_suppressed(session, "url", wanted)',
        "set[str]()",
        ("tests/watchlist/test_forget_and_crawl.py::test_a_feed_of_the_forgotten_is_not_taken_up_again[sqlite]",),
    ),
}


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The program and its tests in a folder of their own, without the corpus."""
    folder = tmp_path_factory.mktemp("copy") / "program"
    for name in COPIED:
        if (ROOT / name).is_dir():
            shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(ROOT / name, folder)
    return folder


@pytest.fixture(scope="module")
def runs(copy: Path) -> Mapping[str, Run]:
    """What became of the tests: "" with all guards in place, and without each of them."""
    every = tuple(dict.fromkeys(test for guard in GUARDS.values() for test in guard.tests))
    guards = {"": Guard("", "", "", every), **GUARDS}
    done = subprocess.run(
        [sys.executable, "-m", "tests.check.guards.runner"],
        cwd=copy,
        env=_env(copy),
        input="".join(f"{json.dumps(asdict(guard))}\n" for guard in guards.values()),
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    results = [Run(**json.loads(line)) for line in done.stdout.splitlines()]
    return dict(zip(guards, results, strict=True))


def test_with_all_guards_in_place_every_test_is_green(runs: Mapping[str, Run]) -> None:
    run = runs[""]
    assert run.status == 0, run.output[-3000:]
    assert "skipped" not in run.output


@pytest.mark.parametrize("name", GUARDS)
def test_without_its_guard_a_test_turns_red(name: str, runs: Mapping[str, Run]) -> None:
    run = runs[name]
    # Tests ran and failed: an error of import or collection would prove nothing.
    assert run.status == 1, run.output[-3000:]
    last = run.output.rstrip().splitlines()[-1]
    assert re.match(r"\d+ failed", last), run.output[-3000:]
    assert " error" not in last


def _env(copy: Path) -> dict[str, str]:
    """The copy before anything installed; no byte code, for a file that changes twice a second."""
    env = {name: value for name, value in os.environ.items() if name not in {"MENTORWATCH_CORPUS", "PYTEST_ADDOPTS"}}
    return env | {"PYTHONPATH": str(copy), "PYTHONDONTWRITEBYTECODE": "1"}
