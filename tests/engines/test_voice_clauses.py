"""Cutting text into clauses: nothing lost, the first one early, numbers and addresses whole."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.engines.voice.clauses import LONGEST, clauses, ends_sentence, pronounceable, speakable


@given(st.text(), st.integers(0, 30), st.integers(0, 60))
def test_joining_the_clauses_loses_no_letter(text: str, first: int, later: int) -> None:
    assert "".join(clauses(text, first_letters=first, later_letters=later)) == text


@given(st.text(alphabet="ab .,!?\n\"'1", max_size=900), st.integers(20, 60))
def test_no_clause_is_empty_or_longer_than_allowed(text: str, longest: int) -> None:
    for clause in clauses(text, longest=longest):
        assert 0 < len(clause) <= longest


@given(st.text())
def test_speakable_text_holds_nothing_that_a_library_chokes_on(text: str) -> None:
    safe = speakable(text)
    assert "\0" not in safe
    safe.encode("utf-8")
    assert speakable(safe) == safe


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Of course, the capital of France is Paris.", ["Of course, the capital of France is Paris."]),
        ("The capital of France, of course, is Paris.", ["The capital of France,", " of course, is Paris."]),
        ("It costs 3.5 dollars at 12:30 today. Good.", ["It costs 3.5 dollars at 12:30 today.", " Good."]),
        (
            "See https://example.com/a.b?c for that, please do.",
            ["See https://example.com/a.b?c for that,", " please do."],
        ),
        ("Ask Dr. Smith or J. R. Tolkien. Then come back.", ["Ask Dr. Smith or J. R. Tolkien.", " Then come back."]),
        ('He said "come in now." Then he left us.', ['He said "come in now."', " Then he left us."]),
        (
            "今日は天気がとてもいいですね、散歩に行きましょう。",
            ["今日は天気がとてもいいですね、", "散歩に行きましょう。"],
        ),
        ("First line here\nsecond line here", ["First line here\n", "second line here"]),
        ("So do you and I. We know that.", ["So do you and I.", " We know that."]),
        ("", []),
    ],
)
def test_where_clauses_end(text: str, expected: list[str]) -> None:
    assert list(clauses(text)) == expected


def test_later_clauses_may_be_longer_than_the_first() -> None:
    text = "Well, I think so, yes. It is a matter of time, of money, and of will, in short."
    assert list(clauses(text, first_letters=4, later_letters=30)) == [
        "Well,",
        " I think so, yes. It is a matter of time, of money,",
        " and of will, in short.",
    ]


def test_a_text_without_punctuation_is_cut_at_spaces() -> None:
    cut = list(clauses("word " * 200))
    assert all(len(clause) <= LONGEST and clause.endswith("word ") for clause in cut)


@pytest.mark.parametrize("text", ["a" * 100_000, "." * 100_000 + "x", "a. " * 33_000, '."' * 50_000, "1.1" * 33_000])
def test_long_hostile_text_takes_linear_time(text: str) -> None:
    start = time.process_time()
    assert "".join(clauses(text)) == text
    assert time.process_time() - start < 5


def test_emoji_and_control_characters_are_not_read_out() -> None:
    assert speakable("Hi 😀\u200d👍🏽\0 there\ud800!").split() == ["Hi", "there", "!"]
    assert speakable("It is 20 °C, naïve 日本") == "It is 20 °C, naïve 日本"


@pytest.mark.parametrize(
    ("text", "expected"), [("...", False), (" \n", False), ("ok", True), ("100", True), ("é", True)]
)
def test_pronounceable(text: str, expected: bool) -> None:
    assert pronounceable(text) is expected


@pytest.mark.parametrize(("clause", "expected"), [("Yes.", True), ('"Yes!" ', True), ("Yes, ", False), ("", False)])
def test_ends_sentence(clause: str, expected: bool) -> None:
    assert ends_sentence(clause) is expected
