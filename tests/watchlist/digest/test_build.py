from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as budget
from hypothesis import strategies as st
from sqlmodel import Session, select

from tests.watchlist.digest.sample import settings
from tests.watchlist.world import START, World
from watchlist.digest.build import make_digest
from watchlist.digest.render import render_html, render_json
from watchlist.digest.view import DigestView
from watchlist.digest.window import local_day
from watchlist.errors import NotFoundError
from watchlist.follow import ensure_user, follow_people, unfollow_people
from watchlist.models import Digest, Entry, Feed, Follow, Person, Position, User
from watchlist.store import Store, upsert

DAY = timedelta(days=1)
SETTINGS = settings(timezone="UTC", max_items=200, items_per_person=20)
BEFORE = START - timedelta(hours=1)
"""When people were followed: before anything was seen."""


class Reader(World):
    """A world with a user in it who reads digests."""

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self.user: User = ensure_user(session)

    def digest(self, now: datetime, day: date | None = None) -> DigestView:
        return make_digest(self.session, self.user, day or local_day(now, SETTINGS), now, SETTINGS)

    def followed(self, name: str) -> int:
        number = self.person(name)
        follow_people(self.session, self.user, [number], now=BEFORE)
        return number

    def seen(self, feed: int, title: str, at: datetime, *, baseline: bool = False) -> None:
        entry = self.session.get_one(Entry, self.entry(feed, title, baseline=baseline))
        entry.first_seen_at = entry.published = at
        self.session.flush()

    def candidate(self, name: str, since: datetime) -> int:
        number = self.person(name)
        self.add(Follow(user_id=self.user.id or 0, person_id=number, state="candidate", since=since))
        return number


@pytest.fixture
def reader(store: Store) -> Iterator[Reader]:
    with store.session() as session:
        yield Reader(session)


def titles(view: DigestView) -> list[str]:
    return [item.title for block in view.people for item in block.items]


def test_posts_of_followed_people_only(reader: Reader) -> None:
    ada, bea = reader.followed("Ada Lee"), reader.person("Bea Okafor")
    acme = reader.company("Acme", 1)
    reader.position(ada, "Acme", "CHRO", "hr", "c_level", organization_id=acme)
    reader.entry(reader.feed("https://ada.test/f", title="Ada writes", person_id=ada), "By Ada", summary="Some words")
    reader.entry(reader.feed("https://bea.test/f", person_id=bea), "By Bea")
    reader.entry(reader.feed("https://acme.test/f", organization_id=acme), "By Acme")
    view = reader.digest(START + DAY)
    (block,) = view.people
    assert (block.name, block.role and block.role.title) == ("Ada Lee", "CHRO")
    assert [(item.title, item.source, item.excerpt) for item in block.items] == [("By Ada", "Ada writes", "Some words")]
    assert (view.totals.followed, view.totals.sources) == (1, 1)


def test_what_was_old_at_the_first_look_is_no_news_but_tells_a_silence(reader: Reader) -> None:
    feed = reader.feed("https://ada.test/f", person_id=reader.followed("Ada Lee"))
    reader.entry(feed, "Long ago", age_days=64, baseline=True)
    reader.entry(feed, "Fresh")
    (block,) = reader.digest(START + DAY).people
    assert [item.title for item in block.items] == ["Fresh"]
    assert block.badge == "first post in 64 days"


def test_an_entry_of_an_earlier_digest_ends_a_silence_too(reader: Reader) -> None:
    feed = reader.feed("https://ada.test/f", person_id=reader.followed("Ada Lee"))
    reader.seen(feed, "First", START)
    assert titles(reader.digest(START + DAY)) == ["First"]
    reader.seen(feed, "Second", START + 45 * DAY)
    (block,) = reader.digest(START + 46 * DAY).people
    assert ([item.title for item in block.items], block.badge) == (["Second"], "first post in 45 days")


def test_a_move_with_both_pages_and_a_talk(reader: Reader) -> None:
    ada = reader.followed("Ada Lee")
    old = reader.position(ada, "Acme", "HR Director", "hr", "director", ended_at=START)
    new = reader.position(ada, "Bolt", "CHRO", "hr", "c_level")
    reader.session.get_one(Position, new).page_url = "https://bolt.test/team"
    reader.move(ada, old, new)
    reader.talk(ada, "HR Days", "On pay")
    reader.talk(ada, "People Conf", "")
    view = reader.digest(START + DAY)
    (move,) = view.moves
    assert (move.before.title, move.before.url, move.after.title, move.after.url) == (
        "HR Director",
        "https://acme.test/team",
        "CHRO",
        "https://bolt.test/team",
    )
    assert sorted(titles(view)) == ["On pay", "Speaks at People Conf"]
    assert view.subject == "1 move, 2 talks: Ada Lee joins Bolt as CHRO"
    assert reader.digest(START + 2 * DAY).empty


def test_who_joined_or_left_has_one_role_and_two_pages(reader: Reader) -> None:
    ada, bea = reader.followed("Ada Lee"), reader.followed("Bea Okafor")
    new = reader.position(ada, "Bolt", "CHRO", "hr", "c_level")
    old = reader.position(bea, "Acme", "HR Director", "hr", "director", ended_at=START)
    reader.move(ada, None, new, kind="joined")
    reader.move(bea, old, None, kind="left")
    joined, left = reader.digest(START + DAY).moves
    assert (joined.before.organisation, joined.before.url, joined.after.title) == ("", "https://acme.test/team", "CHRO")
    assert (left.before.title, left.after.title, left.after.url) == ("HR Director", "", "https://acme.test/team")


def test_the_role_beside_a_name_is_the_one_of_that_day(reader: Reader) -> None:
    ada = reader.followed("Ada Lee")
    stage = reader.position(ada, "HR Days", "Speaker", "hr", "none")
    reader.session.get_one(Position, stage).section = "speaker"
    reader.position(ada, "Acme", "HR Director", "hr", "director", ended_at=START + 2 * DAY)
    feed = reader.feed("https://ada.test/f", person_id=ada)
    reader.seen(feed, "A post", START)
    first = reader.digest(START + DAY)
    assert first.people[0].role is not None
    assert first.people[0].role.title == "HR Director"
    new = reader.position(ada, "Bolt", "CHRO", "hr", "c_level")
    reader.session.get_one(Position, new).first_seen_at = START + 2 * DAY
    assert reader.digest(START + 3 * DAY, first.day) == first


def test_the_same_date_gives_the_same_bytes_whatever_came_after(reader: Reader) -> None:
    ada = reader.followed("Ada Lee")
    feed = reader.feed("https://ada.test/f", person_id=ada)
    failing = reader.feed("https://ada.test/g", person_id=ada)
    reader.session.get_one(Feed, failing).state = "failing"
    omar = reader.candidate("Omar Haddad", START)
    reader.seen(feed, "In time", START)
    now = START + DAY
    view = reader.digest(now)
    assert (len(view.sources), len(view.candidates)) == (1, 1)
    # all at the very instant at which the window ended, or after it
    reader.seen(feed, "Too late", now)
    reader.session.get_one(Feed, failing).state = "ok"
    reader.candidate("Lena Fischer", now)
    follow_people(reader.session, reader.user, [omar], now=now + timedelta(minutes=1))
    again = reader.digest(now + timedelta(hours=5), view.day)
    assert (render_html(again), render_json(again)) == (render_html(view), render_json(view))
    tomorrow = reader.digest(now + DAY)
    assert titles(tomorrow) == ["Too late"]
    assert [line.name for line in tomorrow.candidates] == ["Lena Fischer"]
    assert len(reader.session.exec(select(Digest)).all()) == 2


def test_the_unfollowed_and_the_forgotten_leave_old_digests_too(reader: Reader) -> None:
    ada, bea = reader.followed("Ada Lee"), reader.followed("Bea Okafor")
    for number in (ada, bea):
        reader.entry(reader.feed(f"https://{number}.test/f", person_id=number), f"By {number}")
    day = reader.digest(START + DAY).day
    unfollow_people(reader.session, reader.user, [ada], now=START + DAY)
    assert [block.name for block in reader.digest(START + DAY, day).people] == ["Bea Okafor"]
    reader.session.delete(reader.session.get_one(Person, bea))
    reader.session.flush()
    reader.session.expire_all()
    assert reader.digest(START + DAY, day).empty


def test_candidates_come_five_a_day_each_once_in_the_order_they_were_found(reader: Reader) -> None:
    names = [f"{first} {last}" for first in ("Ada", "Omar", "Vera") for last in ("Baker", "Haddad", "Keller", "Nowak")]
    found = [reader.candidate(name, START) for name in names]
    views = [reader.digest(START + number * DAY) for number in range(1, 3)]
    # one who waits and one who was shown are decided about in between
    unfollow_people(reader.session, reader.user, [found[0], found[11]], now=START + 2 * DAY)
    views.append(reader.digest(START + 3 * DAY))
    assert [[line.name for line in view.candidates] for view in views] == [names[:5], names[5:10], names[10:11]]
    assert [view.totals.waiting for view in views] == [7, 2, 0]


def test_days_without_a_digest_are_made_up_by_the_next_one(reader: Reader) -> None:
    feed = reader.feed("https://ada.test/f", person_id=reader.followed("Ada Lee"))
    reader.digest(START)
    for number in (1, 4):
        reader.seen(feed, f"Day {number}", START + number * DAY)
    assert sorted(titles(reader.digest(START + 5 * DAY))) == ["Day 1", "Day 4"]


def test_a_date_without_a_digest_is_not_made_up(reader: Reader) -> None:
    with pytest.raises(NotFoundError, match="no digest was made on 2026-02-01"):
        reader.digest(START, date(2026, 2, 1))
    with pytest.raises(NotFoundError, match="2026-03-02 is yet to come"):
        reader.digest(START, date(2026, 3, 2))
    assert reader.session.exec(select(Digest)).all() == []
    # a run that came late, after midnight
    assert reader.digest(START, date(2026, 2, 28)).day == date(2026, 2, 28)


def test_each_user_has_a_digest_of_their_own(reader: Reader) -> None:
    other = User(name="you", created_at=START)
    reader.add(other)
    ada = reader.followed("Ada Lee")
    reader.entry(reader.feed("https://ada.test/f", person_id=ada), "By Ada")
    assert (
        make_digest(reader.session, other, date(2026, 3, 2), START + DAY, SETTINGS).headline == "you follow nobody yet"
    )
    assert titles(reader.digest(START + DAY)) == ["By Ada"]


def test_more_people_than_one_statement_takes(reader: Reader) -> None:
    number = 1100
    record = reader.record("Ada Lee")
    row = {"name": "Ada Lee", "created_at": START, "source_record_id": record}
    upsert(reader.session, Person, [row | {"name_key": f"key {each}"} for each in range(number)], key=["id"])
    ids = reader.session.exec(select(Person.id)).all()
    follow_people(reader.session, reader.user, [each or 0 for each in ids], now=BEFORE)
    feed = reader.feed("https://ada.test/f", person_id=ids[0])
    post = {"feed_id": feed, "title": "A post", "published": START, "first_seen_at": START}
    posts = [post | {"external_id": str(each), "person_id": each} for each in ids]
    upsert(reader.session, Entry, posts, key=["feed_id", "external_id"])
    view = reader.digest(START + DAY)
    assert view.totals.posts == view.totals.people == number
    assert len(view.people) > 100


STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("entry"), st.integers(0, 3000)),
        st.tuples(st.just("old entry"), st.integers(0, 3000)),
        st.tuples(st.just("digest"), st.integers(0, 2)),
        st.tuples(st.just("same digest"), st.integers(0, 0)),
    ),
    max_size=20,
)


@budget(max_examples=20, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(steps=STEPS)
def test_in_any_order_of_refreshes_and_digests_each_entry_is_in_exactly_one(
    store: Store, steps: list[tuple[str, int]]
) -> None:
    with Session(store.engine) as session:  # never committed: every example starts from nothing
        reader = Reader(session)
        feed = reader.feed("https://ada.test/f", person_id=reader.followed("Ada Lee"))
        now, new, made = START, [], dict[date, str]()
        for number, (what, amount) in enumerate([*steps, ("digest", 1)]):
            if what.endswith("entry"):
                now += timedelta(minutes=amount)  # often none: a refresh at the very instant of a digest
                reader.seen(feed, f"Entry {number}", now, baseline=what == "old entry")
                new += [f"Entry {number}"] if what == "entry" else []
            else:
                now += amount * DAY
                view = reader.digest(now)
                assert made.setdefault(view.day, render_json(view)) == render_json(view)
        shown = [title for day in made for title in titles(reader.digest(now, day))]
        assert sorted(shown) == sorted(new)
