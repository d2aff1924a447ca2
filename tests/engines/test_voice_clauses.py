"""Cutting text into clauses: nothing lost, the first one early, numbers and addresses whole."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.engines.voice.blocks import is_code, is_table, opens_code
from app.engines.voice.clauses import LONGEST, ClauseStream, clauses, ends_sentence, pronounceable

PIECES = ["a", "Dr", " ", "\n", ".", ",", "!", "3", "|", "`", "```", "~~~", "[", "](", ")", "*", "- "]
written = st.lists(st.sampled_from(PIECES), max_size=40).map("".join)


def stream(text: str, size: int) -> list[str]:
    """What a `ClauseStream` gives for the text in pieces of `size` characters."""
    clause_stream = ClauseStream()
    found = [clause for at in range(0, len(text), size) for clause in clause_stream.feed(text[at : at + size])]
    return found + clause_stream.finish()


def bare(text: str) -> str:
    return "".join(filter(str.isalnum, text))


@given(st.one_of(st.text(), written), st.sampled_from([(0,), (10, 25), (30,)]))
def test_joining_the_clauses_loses_nothing(text: str, growth: tuple[int, ...]) -> None:
    assert bare("".join(clauses(text, growth))) == bare(text)


def test_emoji_after_a_sentence_are_no_clause() -> None:
    assert stream("Let me know! 😊 And then? 👍", 3) == ["Let me know! 😊 And then?"]
    assert stream("Let me know it! 😊", 3) == ["Let me know it!"]
    assert stream("👍", 1) == ["👍"]


@given(st.one_of(st.text(), written), st.integers(1, 9))
def test_it_does_not_matter_in_what_pieces_the_text_comes(text: str, size: int) -> None:
    assert bare("".join(stream(text, size))) == bare("".join(clauses(text)))


@given(st.lists(st.sampled_from(["ab", "Dr.", "3.5", "e.g.", ". ", ", ", "! ", " "]), max_size=60), st.integers(1, 9))
def test_prose_is_cut_at_the_same_places_as_it_comes(words: list[str], size: int) -> None:
    text = "".join(words)
    assert stream(text, size) == list(clauses(text))


@given(st.text(alphabet="ab .,!?\n\"'1", max_size=900))
def test_no_clause_is_empty_or_longer_than_allowed(text: str) -> None:
    for clause in clauses(text):
        assert clause.strip()
        assert len(clause) <= LONGEST


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Of course, the capital of France is Paris.", ["Of course, the capital of France is Paris."]),
        ("The capital of France, of course, is Paris.", ["The capital of France,", " of course, is Paris."]),
        ("Das war am 3. Mai in Bonn. Am 21. Tag nicht.", ["Das war am 3. Mai in Bonn.", " Am 21. Tag nicht."]),
        ("Some 1,234.5 people, i.e. most of them. Yes.", ["Some 1,234.5 people,", " i.e. most of them.", " Yes."]),
        ("Is that what it is? No. I do not think so.", ["Is that what it is?", " No. I do not think so."]),
        ("We met at 2 p.m. in Bonn. Then we left.", ["We met at 2 p.m. in Bonn.", " Then we left."]),
        ("Cats and dogs etc. Then came more.", ["Cats and dogs etc.", " Then came more."]),
        ("Look [here. Now, this](http://a.b/c, d) is it.", ["Look [here. Now, this](http://a.b/c, d) is it."]),
        ("Then write `a. b, c. d` there. Good.", ["Then write `a. b, c. d` there.", " Good."]),
        ("**A longer note:** do this. *And so on.* Yes.", ["**A longer note:**", " do this. *And so on.*", " Yes."]),
        ("- the first item\n- the second item\n", ["- the first item\n", "- the second item\n"]),
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


def test_later_clauses_grow() -> None:
    text = "Well, I do think so, yes, if you ask me, and they all know, too, it is late, it is time to go, all right."
    assert list(clauses(text)) == [
        "Well, I do think so,",
        " yes, if you ask me, and they all know,",
        " too, it is late, it is time to go, all right.",
    ]


def test_a_text_without_punctuation_is_cut_at_spaces() -> None:
    cut = list(clauses("word " * 200))
    assert all(len(clause) <= LONGEST and clause.endswith("word ") for clause in cut)
    assert len(cut[0]) <= LONGEST // 2


def test_the_first_clause_comes_as_soon_as_the_next_has_begun() -> None:
    clause_stream = ClauseStream()
    given_out = [clause_stream.feed(piece) for piece in ["Of course", ", my friend", ",", " I", " will."]]
    assert given_out == [[], [], [], ["Of course, my friend,"], []]
    assert clause_stream.finish() == [" I will."]


@pytest.mark.parametrize("size", [1, 2, 3, 7, 1000])
def test_code_is_two_clauses_and_its_lines_are_none(size: int) -> None:
    text = "Here is the code:\n\n```python\nprint('a. b, c')\n\n~~~\nx = 1. \n```\n"
    text += "Now you run it. That is good.\n```\nmore\n```\n"
    cut = stream(text, size)
    assert [clause.strip() for clause in cut] == [
        "Here is the code:",
        "```python",
        "print('a. b, c')\n\n~~~\nx = 1. \n```",
        "Now you run it.",
        "That is good.",
        "```",
        "more\n```",
    ]
    assert [opens_code(clause) for clause in cut] == [False, True, False, False, False, True, False]
    assert is_code(cut[-1])


def test_the_first_line_of_code_comes_before_the_code_is_complete() -> None:
    clause_stream = ClauseStream()
    assert clause_stream.feed("```py\n") == []
    assert clause_stream.feed("x") == ["```py\n"]
    assert clause_stream.feed(" = 1. Then, all the rest of it.\n") == []
    assert clause_stream.finish() == ["x = 1. Then, all the rest of it.\n```"]


def test_an_empty_block_of_code_is_one_clause() -> None:
    assert stream("```\n```\nHello my dear friend.", 2) == ["```\n```\n", "Hello my dear friend."]


@pytest.mark.parametrize("size", [1, 5, 1000])
def test_a_table_is_one_clause(size: int) -> None:
    table = "| Name | Age |\n|---|---|\n| Anna, B. and others | 3. |\n| Bob! | 4 |\n"
    cut = stream(f"Here it is:\n\n{table}\nThat is all there is.", size)
    assert [bare(clause) for clause in cut] == [bare(text) for text in ("Here it is:", table, "That is all there is.")]
    assert [is_table(clause) for clause in cut] == [False, True, False]


HOSTILE = ["a" * 100_000, "." * 100_000 + "x", "a. " * 33_000, '."' * 50_000, "1.1" * 33_000]
HOSTILE += ["| a |\n" * 9_000, "```\n" * 20_000, "[a" * 50_000, "a | b " * 9_000]


@pytest.mark.parametrize("text", HOSTILE)
def test_long_hostile_text_takes_linear_time(text: str) -> None:
    start = time.process_time()
    assert bare("".join(clauses(text))).startswith(bare(text))
    assert time.process_time() - start < 5


@pytest.mark.parametrize(
    ("text", "expected"), [("...", False), (" \n", False), ("ok", True), ("100", True), ("é", True)]
)
def test_pronounceable(text: str, expected: bool) -> None:
    assert pronounceable(text) is expected


@pytest.mark.parametrize(("clause", "expected"), [("Yes.", True), ('"Yes!" ', True), ("Yes, ", False), ("", False)])
def test_ends_sentence(clause: str, expected: bool) -> None:
    assert ends_sentence(clause) is expected
