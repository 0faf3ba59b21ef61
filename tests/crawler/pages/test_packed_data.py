"""Data as frameworks pack it, unpacked."""

from __future__ import annotations

from crawler.pages.packed_data import by_index, is_indexed, island_value, unpacked


def test_references_by_index() -> None:
    packed = [["ShallowReactive", 1], {"team": 2}, [3, 3], {"name": 4, "boss": 3}, "Ann Lee"]
    assert is_indexed(packed)
    team = by_index(packed)["team"]
    assert [person["name"] for person in team] == ["Ann Lee", "Ann Lee"]
    assert team[0]["boss"] is team[0], "a reference to itself is followed once"


def test_an_index_that_leads_nowhere_is_nothing() -> None:
    assert by_index([{"a": 7, "b": -1, "c": 1}, ["Ref", 1], 2]) == {"a": None, "b": None, "c": None}


def test_lists_of_plain_objects_are_left_alone() -> None:
    people = [{"name": "Ann Lee"}, {"name": "Bob Ray"}, {"name": "Cy Orr"}]
    assert not is_indexed(people)
    assert unpacked(people) is people


def test_references_by_key() -> None:
    cache = {"ROOT_QUERY": {"team": [{"__ref": "P:1"}, {"type": "id", "id": "P:2"}]}, "P:1": {"name": "Ann"}}
    assert unpacked(cache) == {"team": [{"name": "Ann"}, None]}


def test_values_with_their_kind() -> None:
    assert island_value({"a": [0, "x"], "b": [1, [[0, 1], [0, {"c": [0, 2]}]]]}) == {"a": "x", "b": [1, {"c": 2}]}
    assert island_value({"a": "x", "b": ["y", "z"]}) == {"a": "x", "b": ["y", "z"]}
