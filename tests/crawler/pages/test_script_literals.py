"""Values as scripts write them, read without running anything."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.pages.script_literals import NotALiteral, read_arguments, read_value


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ('{"a": [1, true, null]}', {"a": [1, True, None]}),
        ("{a: 'it\\'s', \"b\": `c`, 3: .5,}", {"a": "it's", "b": "c", "3": 0.5}),
        ("[!0, !1, void 0, undefined, new Date(1, 2), f(x)(y)]", [True, False, None, None, None, None]),
        ("{ // who\n a: 1, /* and */ b: [ , 2, ], }", {"a": 1.0, "b": [2.0]}),
        (r"'\u00e9\x41\n'", "éA\n"),
        (r"'\ud83d\ude00'", "\U0001f600"),
    ],
)
def test_values(written: str, value: object) -> None:
    assert read_value(written) == (value, len(written))


def test_words_known_from_elsewhere_stand_for_their_values() -> None:
    assert read_value("{a: x, b: y}", names={"x": "Ann"})[0] == {"a": "Ann", "b": None}
    assert read_arguments("f(1, 'b', void 0)", 1) == [1.0, "b", None]


@pytest.mark.parametrize("written", ["", "{a", "{a:", "[1 2]", "{a:1 b:2}", "'open", "[" * 5000, "{a:" * 5000, "/* "])
def test_what_is_no_value_says_so(written: str) -> None:
    with pytest.raises(NotALiteral):
        read_value(written)


@given(st.text(alphabet="{}[]()'\"`:,ab1!/*\\ \n", max_size=60))
def test_any_text_is_a_value_or_none(text: str) -> None:
    try:
        end = read_value(text)[1]
    except NotALiteral:
        return
    assert 0 < end <= len(text)
