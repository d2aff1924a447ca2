"""Where a tool's exact result decides, the verdict is exact: any wording of its value stands, others are corrected."""

from __future__ import annotations

from datetime import date, timedelta
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from num2words import num2words

from app.assistant.verdict import ToolFact, Verdict, judge

SECONDS = ("", "I don't know.", "It is 7.", "Something else entirely, with 12 dogs.")


def fact(value: object, unit: str = "", text: str = "", *, exact: bool = True) -> ToolFact:
    return ToolFact(tool="calculate", values={"value": value, "unit": unit}, text=text, exact=exact)


def verdict(question: str, first: str, *facts: ToolFact, second: str = "") -> str:
    return judge(question, first, second, facts).verdict


def wordings(question: str, number: int) -> list[str]:
    words = num2words(number)
    return [
        str(number), f"{number}.", f"It is {number}.", f"The answer is {number:,}.", f"{words.capitalize()}.",
        f"It's {words}.",
        f"{question.removeprefix('What is ').removesuffix('?')} is {number}.", f"**{number}**",
        f"That makes {number}, if I'm right.",
    ]  # fmt: skip


@st.composite
def sums(draw: st.DrawFn) -> tuple[str, int]:
    a, b = draw(st.integers(0, 9999)), draw(st.integers(0, 9999))
    name, value = draw(st.sampled_from([("plus", a + b), ("minus", max(a, b) - min(a, b)), ("times", a * b)]))
    a, b = (max(a, b), min(a, b)) if name == "minus" else (a, b)
    return f"What is {a} {name} {b}?", value


@given(sums(), st.sampled_from(SECONDS), st.data())
@settings(max_examples=200, deadline=None)
def test_a_sum_told_right_in_any_wording_stands(sum_: tuple[str, int], second: str, data: st.DataObject) -> None:
    question, value = sum_
    first = data.draw(st.sampled_from(wordings(question, value)))
    assert verdict(question, first, fact(value), second=second) == "agree", first


@given(sums(), st.integers(-5000, 5000).filter(bool), st.sampled_from(SECONDS), st.data())
@settings(max_examples=200, deadline=None)
def test_any_other_number_is_corrected(sum_: tuple[str, int], off: int, second: str, data: st.DataObject) -> None:
    question, value = sum_
    wrong = abs(value + off) if abs(value + off) != value else value + 1
    first = data.draw(st.sampled_from(wordings(question, wrong)))
    judged = judge(question, first, second, [fact(value, text=f"It is {value}.")])
    assert (judged.verdict, judged.confidence) == ("correct", 1.0), first
    assert str(value) in judged.why


@given(st.integers(1, 99), st.integers(1, 5000))
@settings(max_examples=200, deadline=None)
def test_percentages_with_decimals(percent: int, base: int) -> None:
    value = float(Fraction(percent * base, 100))
    question = f"What is {percent} percent of {base}?"
    facts = fact(value, text=f"{percent} percent of {base} is {value:g}.")
    for first in (f"{value:.10g}", f"{percent}% of {base} is {value:.10g}.", f"It is {value:.10g}, I think."):
        assert verdict(question, first, facts) == "agree", first
    for wrong in (value + 1, value + 0.5, value * 10, value + 20):
        assert verdict(question, f"{percent} percent of {base} is {wrong:.10g}.", facts) == "correct", wrong


@given(st.dates(date(1900, 1, 1), date(2099, 12, 31)), st.integers(-400, 400).filter(bool))
@settings(max_examples=200, deadline=None)
def test_dates_in_several_forms(day: date, off: int) -> None:
    question = "On what date is the meeting?"
    facts = ToolFact(tool="dates", values={"date": day.isoformat()}, exact=True)
    forms = (
        "{0:%B} {0.day}, {0.year}",
        "the {0.day}{1} of {0:%B} {0.year}",
        "{0.day} {0:%B}",
        "{0:%A}, {0:%B} {0.day}{1}",
        "{0:%Y-%m-%d}",
    )
    other = day + timedelta(days=off)
    for form in forms:
        assert verdict(question, f"It is on {said(form, day)}.", facts) == "agree", said(form, day)
        if (other.month, other.day) != (day.month, day.day):
            assert verdict(question, f"It is on {said(form, other)}.", facts) == "correct", said(form, other)


def said(form: str, day: date) -> str:
    ending = {1: "st", 2: "nd", 3: "rd"}.get(day.day % 10 if day.day not in (11, 12, 13) else 0, "th")
    return form.format(day, ending)


@given(st.integers(0, 23), st.integers(0, 59), st.integers(3, 700))
@settings(max_examples=200, deadline=None)
def test_times_in_several_forms(hour: int, minute: int, off: int) -> None:
    facts = ToolFact(tool="clock", values={"time": f"{hour:02}:{minute:02}:11"}, exact=True)

    def forms(hour: int, minute: int) -> list[str]:
        twelve, half = hour % 12 or 12, "am" if hour < 12 else "pm"
        told = [
            f"It is {twelve}:{minute:02} {half}.",
            f"{twelve}:{minute:02} {half.upper()}",
            f"It's {hour:02}:{minute:02}.",
        ]
        if minute == 0:
            told += [f"It is {twelve} {half}.", f"It's {twelve} o'clock."]
        if minute == 30:
            told.append(f"It's half past {num2words(twelve)}.")
        return told

    for first in forms(hour, minute):
        assert verdict("What time is it?", first, facts) == "agree", first
    later = (hour * 60 + minute + off) % 1440
    for first in forms(later // 60, later % 60):
        assert verdict("What time is it?", first, facts) == "correct", first


@pytest.mark.parametrize(
    ("question", "value", "unit", "first", "expected"),
    [
        ("Convert 72 Fahrenheit to Celsius", 22.2222222, "°C", "About 22 degrees.", "agree"),
        ("Convert 72 Fahrenheit to Celsius", 22.2222222, "degC", "72 °F is 22.2 degrees Celsius.", "agree"),
        ("Convert 72 Fahrenheit to Celsius", 22.2222222, "celsius", "It is 22 °C.", "agree"),
        ("Convert 72 Fahrenheit to Celsius", 22.2222222, "°C", "It is 22.5 degrees Celsius.", "correct"),
        ("Convert 72 Fahrenheit to Celsius", 22.2222222, "°C", "It is about 25 degrees.", "correct"),
        ("Convert 72 Fahrenheit to Celsius", 22.2222222, "°C", "It is 22 degrees Fahrenheit.", "correct"),
        ("Convert 72 Fahrenheit to Celsius", 22.2222222, "°C", "Celsius is a scale of temperature.", "correct"),
        ("What is 12 times 7?", 84, "", "12 x 7 = 72.", "correct"),
        ("What is 12 times 7?", 84, "", "12 times 7 is 72, because 12 times 7 makes 84.", "correct"),
        ("What is 12 times 7?", 84, "", "It is not 84.", "correct"),
        ("What is 12 times 7?", 84, "", "It is 84 or 86.", "correct"),
        ("What is 12 times 7?", 84, "", "Ten times seven is 70 and two times seven is 14, so it is 84.", "agree"),
        ("What is 12 times 7?", 84, "", "", "correct"),
        ("What is 12 times 7?", 84, "", "I'm not sure.", "correct"),
        ("What is 10 minus 5?", 5, "", "5", "agree"),
        ("What is 10 minus 5?", 5, "", "10 minus 5 is 10.", "correct"),
        ("What is 10 divided by 3?", 3.3333333333, "", "3.33", "agree"),
        ("What is 10 divided by 3?", 3.3333333333, "", "It is 3.", "correct"),
        ("What is 10 divided by 3?", 3.3333333333, "", "It is 3.4.", "correct"),
        ("What is 17 percent of 2340?", 397.8, "", "About 398.", "agree"),
        ("What is 17 percent of 2340?", 397.8, "", "It is 398.", "correct"),
        ("What is 17 percent of 2340?", 397.8, "", "17 percent is 0.17, and 0.17 x 2340 = 397.8.", "agree"),
        ("What is three quarters in percent?", 75, "%", "It is 75 percent.", "agree"),
        ("How long is 90 minutes?", 1.5, "hour", "An hour and a half.", "agree"),
        ("How long is 1.5 km?", 1500, "m", "It is 1500 metres.", "agree"),
        ("How many days until Christmas?", 34, "day", "There are 34 days until Christmas.", "agree"),
        ("How many days until Christmas?", 34, "day", "Thirty-four.", "agree"),
        ("How many days until Christmas?", 34, "day", "There are 24 days until Christmas.", "correct"),
        ("How many days until Christmas?", 34, "day", "About a month.", "correct"),
        ("How many days until Christmas?", 34, "day", "Christmas is on December 25.", "correct"),
        ("How much is a tip of 20 percent on 45 dollars?", 9, "USD", "$9.00", "agree"),
        ("How much is a tip of 20 percent on 45 dollars?", 9, "USD", "Nine dollars.", "agree"),
        ("How much is a tip of 20 percent on 45 dollars?", 9, "USD", "$4.50", "correct"),
        ("Is 51 prime?", False, "", "Yes, 51 is a prime number.", "correct"),
        ("Is 51 prime?", False, "", "51 is not a prime number.", "agree"),
        ("What is on my list?", ["milk", "rye bread"], "", "Rye bread and milk.", "agree"),
        ("What is on my list?", ["milk", "rye bread"], "", "Milk and eggs.", "correct"),
    ],
)  # fmt: skip
def test_what_a_tool_decides(question: str, value: object, unit: str, first: str, expected: str) -> None:
    for second in ("", "It is 3.", first):
        assert verdict(question, first, fact(value, unit), second=second) == expected


def test_days_of_the_week_follow_from_a_date() -> None:
    christmas = ToolFact(tool="dates", values={"date": "2026-12-25"}, text="Christmas is on a Friday.", exact=True)
    assert verdict("What day is Christmas?", "Christmas is on a Friday.", christmas) == "agree"
    assert verdict("What day is Christmas?", "It is on Saturday.", christmas) == "correct"
    assert verdict("What weekday is Christmas?", "On December 25.", christmas) == "correct"


def test_the_tools_own_sentence_stands_for_its_values() -> None:
    timer = ToolFact(
        tool="timer", values={"id": "x1", "state": "set"}, text="Your timer has 5 minutes left.", exact=True
    )
    assert verdict("How long is left?", "Your timer has 5 minutes left.", timer) == "agree"
    only_text = ToolFact(tool="alarm", text="Your alarm rings at 7:30.", exact=True)
    assert verdict("When does my alarm ring?", "At half past seven.", only_text) == "agree"
    assert verdict("When does my alarm ring?", "At half past eight.", only_text) == "correct"


def test_what_a_tool_does_not_decide_is_left_to_the_claims() -> None:
    assert verdict("What is 12 times 7?", "72.", fact(84, exact=False), second="72.") == "agree"
    assert verdict("Who wrote Hamlet?", "Shakespeare.", fact(84), second="William Shakespeare.") == "agree"
    empty = ToolFact(tool="search", values={}, text="", exact=True)
    assert verdict("Who wrote Hamlet?", "Marlowe.", empty, second="William Shakespeare.") == "correct"


def test_the_last_fact_decides() -> None:
    steps = (fact(39780), fact(397.8))
    assert verdict("What is 17 percent of 2340?", "397.8", *steps) == "agree"
    assert verdict("What is 17 percent of 2340?", "39780", *steps) == "correct"


def test_a_verdict_is_a_verdict() -> None:
    judged = judge("What is 2 plus 2?", "5", "4", [fact(4, text="2 plus 2 is 4.")])
    assert judged == Verdict("correct", "calculate found otherwise: 2 plus 2 is 4.", 1.0)
