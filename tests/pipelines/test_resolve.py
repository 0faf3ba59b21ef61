"""Identity: two signals merge, a name alone never does, a clash vetoes."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from pipelines.records import PersonRecord, PositionRecord, ProfileRecord, Statement
from pipelines.resolve import KnownPerson, resolve


def record(name: str, key: str, *, at: str = "acme", accounts: tuple[str, ...] = ()) -> PersonRecord:
    return PersonRecord(
        statement=Statement(
            key="k",
            kind="leader",
            url="https://acme.test/",
            reader="cards",
            fetched_at=datetime.now(UTC),
            excerpt="",
            payload={},
        ),
        name=name,
        name_key=key,
        positions=(
            PositionRecord(
                organisation=at,
                organisation_key=at,
                organization_id=None,
                title="CFO",
                function="finance",
                level="c_level",
                section="executive",
                language="en",
                own_page=True,
            ),
        ),
        profiles=tuple(ProfileRecord(platform="linkedin", url=url, access="link_only") for url in accounts),
    )


def known(id_: int, name: str, key: str, *, at: str = "acme", accounts: tuple[str, ...] = ()) -> KnownPerson:
    return KnownPerson(id=id_, name=name, name_key=key, places=frozenset({at}), accounts=frozenset(accounts))


def test_the_same_name_at_the_same_organisation_is_the_same_person() -> None:
    found = resolve(record("Ada Quist", "ada quist"), [known(7, "Ada Quist", "ada quist")])
    assert (found.judgement, found.person_id) == ("same", 7)


def test_an_account_in_common_carries_over_organisations() -> None:
    account = ("https://www.linkedin.com/in/ada-quist",)
    found = resolve(
        record("Ada Quist", "ada quist", at="globex", accounts=account),
        [known(7, "Ada Quist", "ada quist", accounts=account)],
    )
    assert (found.person_id, found.reasons) == (7, ("same_account", "same_name"))


def test_a_name_alone_never_merges() -> None:
    found = resolve(record("Ada Quist", "ada quist", at="globex"), [known(7, "Ada Quist", "ada quist")])
    assert (found.judgement, found.person_id) == ("unsure", None)


def test_the_same_wrong_link_on_every_card_merges_nobody() -> None:
    account = ("https://www.linkedin.com/in/the-company",)
    found = resolve(
        record("Bo Ferro", "bo ferro", accounts=account), [known(7, "Ada Quist", "ada quist", accounts=account)]
    )
    assert (found.judgement, found.person_id) == ("different", None)


@pytest.mark.parametrize(
    ("a", "b", "same"),
    [
        ("James T. Varga", "James P. Varga", False),
        ("James T. Varga", "James Varga", True),
        ("James T. Varga", "James Tobias Varga", True),
    ],
)
def test_middle_initials_veto_only_when_they_clash(a: str, b: str, same: bool) -> None:
    found = resolve(record(a, "james varga"), [known(7, b, "james varga")])
    assert (found.person_id == 7) is same


def test_two_that_fit_equally_well_are_left_to_the_user() -> None:
    two = [known(7, "Ada Quist", "ada quist"), known(8, "Ada Quist", "ada quist")]
    assert resolve(record("Ada Quist", "ada quist"), two).judgement == "unsure"
