"""The everyday questions are whole, and the judge is fair."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.bench.answers import Question, judge, load_questions
from app.errors import BadInput

QUESTIONS = {q.id: q for q in load_questions()}


def test_there_are_enough_questions_in_both_halves_and_none_twice() -> None:
    for split in ("tune", "held_out"):
        assert sum(q.split == split for q in QUESTIONS.values()) >= 50
    assert len({q.question for q in QUESTIONS.values()}) == len(QUESTIONS)


@pytest.mark.parametrize(
    ("question", "answer", "right"),
    [
        ("What is the capital of France?", "The capital of France is Paris.", True),
        ("What is the capital of France?", "It is Lyon.", False),
        ("What is 3 times 4?", "3 times 4 is 12.", True),
        ("What is 3 times 4?", "3 x 4 = 12", True),
        ("What is 3 times 4?", "12", True),
        ("What is 3 times 4?", "3 times 4 is 15.", False),
        ("What is 5 times 5?", "5 times 5 is 15.", False),
        ("What is 2 plus 3?", "2 plus 3 is 6.", False),
        ("At how many degrees Celsius does water freeze?", "Water freezes at 0 degrees.", True),
        ("At how many degrees Celsius does water freeze?", "Water freezes at 100 degrees.", False),
        ("How many legs does a spider have?", "A spider has eight legs.", True),
        ("How many legs does a spider have?", "A spider has 18 legs.", False),
        ("Spell the word cat.", "C-A-T", True),
        ("Spell the word cat.", "C-A-R-T", False),
        ("Which letter does the word apple begin with?", 'It begins with the letter "A".', True),
        ("Which letter does the word apple begin with?", "It begins with a vowel.", False),
        ("Is a whale a fish or a mammal?", "A whale is a mammal.", True),
        ("Is a whale a fish or a mammal?", "A whale is a fish, not a mammal.", False),
    ],
)
def test_the_judge(question: str, answer: str, right: bool) -> None:
    found = next(q for q in QUESTIONS.values() if q.question == question)
    assert judge(answer, found) is right


def test_an_answer_hidden_behind_a_wall_of_text_does_not_count() -> None:
    assert not judge("no " * 500 + "Paris", Question("x", "tune", "?", ("Paris",)))


@pytest.mark.parametrize(
    "line",
    ["{", "[]", '{"id": "a"}', '{"id": "a", "split": "other", "question": "?", "accept": ["x"]}',
     '{"id": "a", "split": "tune", "question": "?", "accept": ["("]}',
     '{"id": "a", "split": "tune", "question": "?", "accept": []}'],
)  # fmt: skip
def test_a_broken_line_is_named(tmp_path: Path, line: str) -> None:
    path = tmp_path / "q.jsonl"
    path.write_text('{"id": "z", "split": "tune", "question": "?", "accept": ["x"]}\n' + line, encoding="utf-8")
    with pytest.raises(BadInput, match="line 2"):
        load_questions(path)


def test_ids_are_unique_and_files_must_exist(tmp_path: Path) -> None:
    path = tmp_path / "q.jsonl"
    path.write_text('{"id": "z", "split": "tune", "question": "?", "accept": ["x"]}\n' * 2, encoding="utf-8")
    with pytest.raises(BadInput, match="twice"):
        load_questions(path)
    with pytest.raises(BadInput, match="cannot be read"):
        load_questions(tmp_path / "none")
