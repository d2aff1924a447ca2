"""The verdict compares claims, not wording."""

import pytest

from app.assistant.planner import weigh
from app.assistant.verdict import judge
from app.assistant.verdict.claims import extract

PAIRS = [
    ("What is the capital of France?", "The capital of France is Paris.", "Paris.", "agree"),
    ("What is the capital of France?", "The capital of France is Lyon.", "The capital of France is Paris.", "correct"),
    ("What is 12 times 7?", "12 x 7 = 72.", "12 times 7 is 84.", "correct"),
    ("What is 12 times 7?", "It is eighty-four.", "12 times 7 is 84.", "agree"),
    ("How many days are in a week?", "Seven.", "There are 7 days in a week.", "agree"),
    ("How far is it?", "12 km.", "It is twelve kilometres away.", "agree"),
    ("How far is it?", "12 km.", "It is twelve miles away.", "correct"),
    ("Is a whale a fish?", "Yes, a whale is a fish.", "No, a whale is a mammal.", "correct"),
    ("Can penguins fly?", "Penguins can fly.", "Penguins cannot fly.", "correct"),
    ("Can penguins fly?", "Penguins can't fly.", "Penguins do not fly.", "agree"),
    ("Who wrote Hamlet?", "William Shakespeare wrote Hamlet.", "Hamlet was written by Shakespeare.", "agree"),
    ("Who wrote Hamlet?", "Shakespeare.", "William Shakespeare wrote Hamlet around the year 1600.", "add"),
    ("What is the opposite of hot?", "The opposite of hot is warm.", "The opposite of hot is cold.", "correct"),
    ("What colour is the sky?", "Blue.", "The sky looks blue because air scatters short wavelengths strongly.", "add"),
    ("How many people live there?", "About 2,100,000.", "Roughly 2.1 million people live there.", "agree"),
    ("When was that?", "In 1969.", "In 1996.", "correct"),
    ("What is it?", "", "A cat.", "correct"),
    ("What is it?", "A cat.", "", "agree"),
    ("What is it?", "A cat.", "I don't know what it is.", "agree"),
    ("What is it?", "I'm not sure.", "A cat.", "correct"),
]


@pytest.mark.parametrize(("question", "first", "second", "verdict"), PAIRS)
def test_judges_claims(question: str, first: str, second: str, verdict: str) -> None:
    judged = judge(question, first, second)
    assert judged.verdict == verdict, judged
    assert 0 <= judged.confidence <= 1
    assert judged.why


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("two hundred and five", {(205.0, "")}),
        ("twenty-one degrees", {(21.0, "degree")}),
        ("one thousand nine hundred sixty nine", {(1969.0, "")}),
        ("six five", {(6.0, ""), (5.0, "")}),
        ("384,400 km", {(384400.0, "km")}),
        ("3.5 litres", {(3.5, "l")}),
        ("50 %", {(50.0, "%")}),
        ("$20", {(20.0, "$")}),
        ("two million", {(2_000_000.0, "")}),
        ("one of them", set()),
    ],
)
def test_reads_numbers(text: str, numbers: set[tuple[float, str]]) -> None:
    assert {(quantity.value, quantity.unit) for quantity in extract(text).quantities} == numbers


def test_the_same_model_must_be_unanimous_to_correct() -> None:
    divided = weigh("What is 6 times 7?", "It is 40.", ["42.", "42.", "44."], same_model=True)
    assert (divided.verdict, divided.text) == ("agree", "")
    united = weigh("What is 6 times 7?", "It is 40.", ["42.", "It is 42.", "42."], same_model=True)
    assert (united.verdict, united.text) == ("correct", "42.")


def test_a_larger_model_needs_a_majority() -> None:
    assert weigh("What is 6 times 7?", "It is 40.", ["42.", "42.", "44."], same_model=False).verdict == "correct"
    assert weigh("What is 6 times 7?", "It is 40.", ["42.", "43.", "44."], same_model=False).verdict == "agree"


def test_an_answer_that_failed_is_replaced_by_any_opinion() -> None:
    replaced = weigh("What is 6 times 7?", "", ["42.", "43.", "44."], same_model=True)
    assert (replaced.verdict, replaced.text) == ("correct", "42.")
