"""What an owner asks of those who use a page or an account, where the page or account itself says it. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from functools import cache
from html import unescape
from itertools import islice
from typing import Any, Final

from pipelines.lexicon.folding import fold
from watchlist.settings import config_dir, read_toml

AGENT: Final = "mentorwatch"
LONGEST_SIGNAL: Final = 200
"""Characters of a signal as it is shown: what strangers wrote goes to logs and tables."""
LONGEST_QUOTE: Final = 300
"""Characters of an excerpt: who allows fewer is not quoted at all."""
_MOST_NOTES: Final = 20
_TAG: Final = re.compile(r"<[^>]*>")


@dataclass(frozen=True, slots=True, kw_only=True)
class Wishes:
    """What owners asked for, each as the signal in plain words; false where nobody asked for anything.

    Joined with `|`: the stricter wish holds (reliability.md P5: unclear is reserved).
    """

    no_profile: str | None = None
    """Not to be used to build or refresh a person's record: "X-Robots-Tag: noai"."""
    noindex: bool = False
    """`no_profile` asks search engines away and says nothing of data mining."""
    no_fetch: str | None = None
    """Not to be asked for at all."""
    no_quotes: bool = False
    """Facts only, no quoted text."""
    noted: tuple[str, ...] = ()
    """Signals that allow, and are kept and shown all the same."""

    def __bool__(self) -> bool:
        return bool(self.no_profile or self.no_fetch or self.no_quotes or self.noted)

    def __or__(self, other: Wishes) -> Wishes:
        """Both together; of two reasons not to use a page the one against data mining is named."""
        refusing = sorted((each for each in (self, other) if each.no_profile), key=lambda each: each.noindex)
        return Wishes(
            no_profile=refusing[0].no_profile if refusing else None,
            noindex=bool(refusing) and refusing[0].noindex,
            no_fetch=self.no_fetch or other.no_fetch,
            no_quotes=self.no_quotes or other.no_quotes,
            noted=tuple(dict.fromkeys(self.noted + other.noted))[:_MOST_NOTES],
        )

    @property
    def reason(self) -> str | None:
        """Why nobody may be read: a code of config/reasons.toml, noindex or opted_out; None where all may be."""
        if self.no_profile and self.noindex and not self.no_fetch:
            return "noindex"
        return "opted_out" if self.no_profile or self.no_fetch else None

    @property
    def signals(self) -> tuple[str, ...]:
        """All signals in plain words: those that refuse first, then those that are only recorded."""
        return (*filter(None, (self.no_fetch, self.no_profile)), *self.noted)


NO_WISHES: Final = Wishes()


@cache
def wish_words() -> dict[str, Any]:
    """The words of config/wishes.toml. Raises InputError where it is broken: a broken installation, not bad input."""
    return read_toml(config_dir() / "wishes.toml")


def signal(text: str) -> str:
    """What a stranger wrote, fit for a log line: one line, printable, at most LONGEST_SIGNAL characters."""
    plain = " ".join("".join(char if char.isprintable() else " " for char in text[: 4 * LONGEST_SIGNAL]).split())
    return plain if len(plain) <= LONGEST_SIGNAL else plain[: LONGEST_SIGNAL - 1] + "…"


def noted(text: str) -> Wishes:
    """A signal that allows and is recorded."""
    return Wishes(noted=(signal(text),))


# --- rules of X-Robots-Tag and of the robots meta tag -----------------------------------------------------------------

_RULE: Final = re.compile(
    r"""
    unavailable_after \s* [:=] \s* (?P<date> (?:(?:mon|tue|wed|thu|fri|sat|sun)[a-z]{0,6} ,)? [^,;]* )
    | max-snippet \s* [:=] \s* (?P<length> [^\s,;]* )
    | (?P<other> max-(?:image|video)-preview ) \s* [:=] \s* [^\s,;]*
    | (?P<agent> [^\s,;:]{1,80} ) \s* : (?!//)
    | (?P<word> [^\s,;:]+ )
    """,
    re.VERBOSE,
)
_OURS: Final = frozenset({AGENT, "*"})
_LONGEST_RULES: Final = 16_384
_MOST_RULES: Final = 500


def rule_wishes(where: str, value: str, now: datetime | None, *, scoped: bool) -> Wishes:
    """The rules of one X-Robots-Tag value or robots meta tag; `where` names it in the signal.

    With `scoped`, rules after "otherbot:" are that agent's, up to the next "agent:". Without `now` (aware UTC) a date
    of expiry cannot be judged and is noted.
    """
    wishes, ours = NO_WISHES, True
    for rule in islice(_RULE.finditer(value[:_LONGEST_RULES].lower()), _MOST_RULES):
        agent = rule["agent"]
        if scoped and agent is not None and not _is_rule(agent):
            ours = agent.partition("/")[0] in _OURS
        elif ours:
            wishes |= _rule_wish(where, rule, now)
    return wishes


def _is_rule(word: str) -> bool:
    """Whether it is a rule and no agent, though a colon follows: "noindex: true"."""
    return any(word in words for words in wish_words()["rules"].values())


def _rule_wish(where: str, rule: re.Match[str], now: datetime | None) -> Wishes:
    if rule["date"] is not None:
        return _expiry_wish(where, rule["date"].strip(), now)
    if rule["length"] is not None:
        return Wishes(no_quotes=_is_too_short(rule["length"]))
    word, rules = rule["word"] or rule["agent"] or rule["other"], wish_words()["rules"]
    if word in rules["noindex"] or word in rules["opted_out"]:
        return Wishes(no_profile=signal(f"{where}: {word}"), noindex=word in rules["noindex"])
    if word in rules["no_quotes"]:
        return Wishes(no_quotes=True)
    # Other words than these forbid nothing, and people write all sorts of them there.
    is_strange = word.startswith(("no", "dis")) and word not in rules["harmless"]
    return noted(f"{where}: {word} (not known)") if is_strange else NO_WISHES


def _is_too_short(length: str) -> bool:
    """Whether max-snippet allows less than an excerpt; what is no number is unclear, so it counts as 0."""
    if length == "-1":
        return False
    digits = length.lstrip("0") if length.isascii() and length.isdigit() else ""
    return len(digits) < 5 and int(digits or "0") < LONGEST_QUOTE


def _expiry_wish(where: str, text: str, now: datetime | None) -> Wishes:
    rule = f"{where}: unavailable_after {text}"
    if now is None:
        return noted(rule)
    date = _read_date(text)
    # A date that cannot be read is unclear: reserved.
    return NO_WISHES if date and date > now else Wishes(no_profile=signal(rule), noindex=True)


def _read_date(text: str) -> datetime | None:
    """A date in ISO 8601, RFC 822 or RFC 850 form, with or without a time; UTC where no zone is said."""
    for read in (datetime.fromisoformat, parsedate_to_datetime, lambda day: parsedate_to_datetime(f"{day} 00:00:00")):
        try:
            date = read(text.upper())
        except (ValueError, TypeError, IndexError, OverflowError):
            continue
        return date if date.tzinfo else date.replace(tzinfo=UTC)
    return None


# --- reservations against text and data mining (TDMRep, W3C community report of 2024-05-10) ---------------------------


def tdm_wishes(where: str, reservation: object, policy: object) -> Wishes:
    """`tdm-reservation` and `tdm-policy` as a header, meta tag or file gives them; None where it gives none.

    Anything but 0 reserves. A policy is kept and shown whatever is reserved.
    """
    wishes = noted(f"tdm-policy: {policy} ({where})") if policy and isinstance(policy, str) else NO_WISHES
    if is_reserved(reservation):
        shown = reservation if isinstance(reservation, (str, int, float)) else "unclear"
        return wishes | Wishes(no_profile=signal(f"tdm-reservation: {shown} ({where})"))
    return wishes


def is_reserved(reservation: object) -> bool:
    """Whether the value of a tdm-reservation reserves; nothing said reserves nothing."""
    if isinstance(reservation, str):
        return any(part.strip() != "0" for part in reservation.split(",")) if reservation.strip() else False
    return reservation is not None and reservation not in (0, False)


# --- pages ------------------------------------------------------------------------------------------------------------


def meta_wishes(pairs: Iterable[tuple[str, str]], now: datetime | None = None) -> Wishes:
    """What the (name, content) pairs of a page's meta tags ask; `now` (aware UTC) judges a date of expiry."""
    wishes, tdm = NO_WISHES, dict[str, str]()
    for name, content in pairs:
        key = name.strip().lower()
        if key in {"robots", "x-robots-tag", AGENT}:
            wishes |= rule_wishes(f"meta {key}", content, now, scoped=False)
        elif key in {"tdm-reservation", "tdm-policy"}:
            tdm[key] = ", ".join(filter(None, (tdm.get(key), content)))
    return wishes | tdm_wishes("meta tag", tdm.get("tdm-reservation"), tdm.get("tdm-policy"))


# --- "no scraping" in words -------------------------------------------------------------------------------------------

_SENTENCE: Final = 240
"""Characters to either side of a word within which its sentence is looked for."""
_NEAR: Final = 100
"""Characters of the source around such a word in which an act must show, before the page is taken apart."""
_MOST_PLACES: Final = 300
_TAG_NAME: Final = re.compile(r"<(/?[a-zA-Z0-9]*)[^<>]*>")
_CODE: Final = frozenset({"script", "style"})
_INLINE: Final = frozenset({"a", "abbr", "b", "em", "font", "i", "mark", "small", "span", "strong", "sup", "u", "wbr"})
_END_OF_SENTENCE: Final = re.compile(r"[.!?]\s|\n")


@dataclass(frozen=True, slots=True)
class _BanWords:
    """The words of all languages, made ready: pages mix them ("le scraping est interdit")."""

    roots: tuple[str, ...]
    acts: re.Pattern[str]
    bans: re.Pattern[str]


@cache
def _ban_words() -> _BanWords:
    text = wish_words()["text"]
    languages = [words for words in text.values() if isinstance(words, dict)]
    return _BanWords(
        roots=tuple(text["roots"]),
        acts=_any_of(act for words in languages for act in words["acts"]),
        bans=_any_of(ban for words in languages for ban in (*words["phrases"], *words["bans"])),
    )


def _any_of(words: Iterable[str]) -> re.Pattern[str]:
    """Any of the words; a star at the end of one stands for its endings."""
    stems = "|".join(re.escape(word).replace(r"\*", r"\w*") for word in dict.fromkeys(words))
    return re.compile(rf"(?<!\w)(?:{stems})(?!\w)")


def text_wishes(text: str, shown: str | None = None) -> Wishes:
    """Whether a page or its terms (HTML source or plain text) say in words that they are not to be scraped.

    `shown`, where the caller has it, is all that the source says without its markup, in small letters: most pages need
    no look at their source then.
    Noted, never more: words are not a rule for machines, so the user is told and decides.
    """
    words = _ban_words()
    searched = text.lower() if shown is None else shown
    roots = [root for root in words.roots if root in searched]
    if not roots:
        return NO_WISHES  # most pages
    source = searched if shown is None else text.lower()
    near = (source[max(0, at - _NEAR) : at + _NEAR] for at in _places(source, roots))
    if not any(words.acts.search(unescape(fold(place))) for place in near):
        return NO_WISHES  # no need to take the source apart
    lines = _shown(source)
    for at in islice(_places(lines, roots), _MOST_PLACES):
        sentence = _sentence_at(lines, at)
        if words.acts.search(sentence) and words.bans.search(sentence):
            return noted("the page's text: no scraping")
    return NO_WISHES


def _places(text: str, roots: Iterable[str]) -> Iterator[int]:
    """Where the words stand that every act bears."""
    for root in roots:
        yield from (place.start() for place in re.finditer(re.escape(root), text))


def _shown(source: str) -> str:
    """The text of HTML source; a new line where anything but an inline element begins or ends, and nowhere else."""
    first, *rest = _TAG_NAME.split(source.replace("\n", " "))
    kept, code = [first], ""
    for raw, text in zip(rest[::2], rest[1::2], strict=True):
        name = raw.lower()
        if name in _CODE and not code:
            code = f"/{name}"
        elif not code or name == code:
            code = ""
            kept += ("" if name.removeprefix("/") in _INLINE else "\n", text)
    return "".join(kept)


def _sentence_at(shown: str, at: int) -> str:
    """The sentence around a place, folded: entities read, spaces single, apostrophes straight."""
    before = _END_OF_SENTENCE.split(shown[max(0, at - _SENTENCE) : at])[-1]
    after = _END_OF_SENTENCE.split(shown[at : at + _SENTENCE], maxsplit=1)[0]
    sentence = fold(unescape(before + after)).replace("\N{RIGHT SINGLE QUOTATION MARK}", "'")
    return " ".join(sentence.split())


# --- accounts ---------------------------------------------------------------------------------------------------------

_ABSENT: Final = object()
_LONGEST_BIOGRAPHY: Final = 20_000


def actor_wishes(actor: Mapping[str, Any]) -> Wishes:
    """What an ActivityPub actor, or an account of Mastodon's own API, asks.

    Discoverable or indexable that is said and not true refuses; where an account is locked, only one that is
    discoverable as well may be used, and of it only public posts. What is not said is no wish.
    """
    for key in ("discoverable", "indexable"):
        if _said(actor, key) not in (True, _ABSENT):
            return Wishes(no_profile=f"account: {key} = false")
    if _said(actor, "noindex") is True:
        return Wishes(no_profile="account: noindex = true", noindex=True)
    if tag := _refusing_tag(actor):
        return Wishes(no_profile=f"account: {tag} in the biography")
    if any(_said(actor, key) not in (False, None, _ABSENT) for key in ("manuallyApprovesFollowers", "locked")):
        if _said(actor, "discoverable") is True:
            return noted("account: locked, so only public posts")
        return Wishes(no_profile="account: locked and not discoverable")
    return NO_WISHES


def _said(actor: Mapping[str, Any], key: str) -> object:
    """The value of a property, bare or with its vocabulary before it ("toot:discoverable"); _ABSENT where not said."""
    for name, value in actor.items():
        if isinstance(name, str) and re.split(r"[:#/]", name)[-1] == key:
            return {"true": True, "false": False}.get(value, value) if isinstance(value, str) else value
    return _ABSENT


def _refusing_tag(actor: Mapping[str, Any]) -> str | None:
    """The tag in the biography that keeps robots away, a custom of the fediverse."""
    texts = (actor.get(key) for key in ("summary", "note"))
    plain = " ".join(_TAG.sub("", text[:_LONGEST_BIOGRAPHY]) for text in texts if isinstance(text, str)).lower()
    written = set(re.findall(r"#\w+", plain))
    return next((tag for tag in wish_words()["accounts"]["tags"] if tag in written), None)


def label_wishes(labels: Iterable[Any] | Mapping[str, Any]) -> Wishes:
    """What the labels on a Bluesky account ask: texts, label objects (`val`, `neg`), or a record's `selfLabels`."""
    refusing = wish_words()["accounts"]["no_fetch_labels"]
    for label in _label_values(labels):
        if label in refusing:
            return Wishes(no_fetch=f"Bluesky label: {label}")
    return NO_WISHES


def _label_values(labels: Iterable[Any] | Mapping[str, Any]) -> Iterator[Any]:
    listed = labels.get("values") if isinstance(labels, Mapping) else labels
    for label in listed if isinstance(listed, Iterable) else ():
        if not isinstance(label, Mapping):
            yield label
        elif label.get("neg") is not True:
            yield label.get("val")
