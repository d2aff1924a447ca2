"""The box runs what it may, asks where it must, keeps the time, and answers every failure with a sentence."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from typing import ClassVar

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import Field, field_validator

from app.errors import BadInput, Cancelled, EngineUnavailable
from app.tools.base import Arguments, Call, Outcome, Result, Risk, Situation, Tool
from app.tools.toolbox import Toolbox
from tests.loop.virtual_time import run_virtual

NOW = datetime(2026, 11, 21, 15, 4, tzinfo=UTC)
HERE = Situation(now=NOW)


class Guests(Arguments):
    count: int = Field(ge=1, le=8)
    name: str = "nobody"

    @field_validator("name")
    @classmethod
    def _no_digits(cls, name: str) -> str:
        if any(letter.isdigit() for letter in name):
            raise ValueError("a name has no digits")
        return name


class Table(Tool[Guests]):
    """Lays a table; what it does beyond that is said when it is made."""

    name = "table"
    description = "Lays the table."
    arguments: ClassVar[type[Arguments]] = Guests
    timeout_s = 3.0

    def __init__(self, risk: Risk = "read", takes_s: float = 0.0, fails: BaseException | None = None) -> None:
        self.risk = risk  # type: ignore[misc]
        self.takes_s, self.fails = takes_s, fails
        self.laid: list[int] = []

    async def run(self, arguments: Guests, situation: Situation) -> Result:
        await asyncio.sleep(self.takes_s)
        if self.fails is not None:
            raise self.fails
        self.laid.append(arguments.count)
        return Result(text=f"The table is laid for {arguments.count}.", values={"value": arguments.count, "unit": ""})


class Confused(Table):
    """A tool of somebody who did not read what `run` returns."""

    async def run(self, arguments: Guests, situation: Situation) -> Result:
        return "done"  # type: ignore[return-value]


def run(tool: Tool[Guests], call: Call, **options: object) -> Outcome:
    return run_virtual(Toolbox([tool]).run(call, HERE, **options))  # type: ignore[arg-type]


FOUR = Call("table", {"count": 4})


def asked(answer: bool, after_s: float = 0.0):
    questions: list[str] = []

    async def ask(call: Call, question: str) -> bool:
        await asyncio.sleep(after_s)
        questions.append(question)
        return answer

    return ask, questions


def test_a_reading_tool_runs_at_once_and_says_how_long_it_took() -> None:
    outcome = run(Table(takes_s=0.25), FOUR)
    assert outcome.result == Result(text="The table is laid for 4.", values={"value": 4, "unit": ""})
    assert outcome.error is None
    assert outcome.elapsed_ms == pytest.approx(250)


@pytest.mark.parametrize(
    ("risk", "commanded", "asks"),
    [
        ("read", False, False),
        ("read", True, False),
        ("write", False, True),
        ("write", True, False),
        ("outside", False, True),
        ("outside", True, True),
    ],
)
def test_who_is_asked(risk: Risk, commanded: bool, asks: bool) -> None:
    for answer in (True, False):
        tool = Table(risk)
        ask, questions = asked(answer)
        outcome = run(tool, FOUR, commanded=commanded, ask=ask)
        assert bool(questions) is asks
        assert bool(tool.laid) is (answer or not asks)
        if asks and not answer:
            assert outcome.error == "table was not allowed."


def test_where_nobody_can_be_asked_nothing_is_done() -> None:
    tool = Table("outside")
    assert run(tool, FOUR, commanded=True).error == "table was not allowed."
    assert tool.laid == []


def test_the_users_time_to_think_is_not_the_tools() -> None:
    ask, _ = asked(True, after_s=60.0)
    outcome = run(Table("outside", takes_s=0.5), FOUR, ask=ask)
    assert outcome.result is not None
    assert outcome.elapsed_ms == pytest.approx(500)


def test_a_tool_that_takes_too_long_is_stopped() -> None:
    tool = Table(takes_s=3600.0)
    outcome = run(tool, FOUR)
    assert outcome.error == "table took longer than 3 s."
    assert outcome.elapsed_ms == pytest.approx(3000)
    assert tool.laid == []


@pytest.mark.parametrize(
    ("failure", "sentence"),
    [
        (BadInput("There are no plates."), "There are no plates."),
        (EngineUnavailable("The kitchen is closed."), "The kitchen is closed."),
        (BadInput(""), "table failed."),
        (ZeroDivisionError("division by zero"), "table failed; the log says why."),
        (TimeoutError("its own socket"), "table failed; the log says why."),
    ],
)
def test_every_failure_is_a_sentence(failure: Exception, sentence: str) -> None:
    outcome = run(Table(fails=failure), FOUR)
    assert outcome.error == sentence
    assert outcome.result is None


@pytest.mark.parametrize("failure", [Cancelled(), asyncio.CancelledError()])
def test_what_became_void_goes_through(failure: BaseException) -> None:
    with pytest.raises(type(failure)):
        run(Table(fails=failure), FOUR)


def test_cancelling_reaches_the_tool() -> None:
    tool = Table(takes_s=2.0)

    async def main() -> None:
        task = asyncio.create_task(Toolbox([tool]).run(FOUR, HERE))
        await asyncio.sleep(1.0)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    run_virtual(main())
    assert tool.laid == []


def test_what_is_no_result_is_a_failure() -> None:
    assert run(Confused(), FOUR).error == "table failed; the log says why."


@pytest.mark.parametrize(
    ("call", "sentence"),
    [
        (Call("chair", {}), "There is no tool chair; there are table."),
        (Call("table", {}), "table cannot use count: Field required."),
        (Call("table", {"count": 9}), "table cannot use count: Input should be less than or equal to 8."),
        (
            Call("table", {"count": 2, "color": "red"}),
            "table cannot use color: Extra inputs are not permitted.",
        ),
        (Call("table", {"count": 2, "name": "R2D2"}), "table cannot use name: a name has no digits."),
        (Call("table", ["count"]), "table needs its arguments by name."),  # type: ignore[arg-type]
    ],
)
def test_what_does_not_fit_is_told_before_anything_runs(call: Call, sentence: str) -> None:
    tool = Table("outside")
    ask, questions = asked(True)
    assert run(tool, call, ask=ask).error == sentence
    assert (tool.laid, questions) == ([], [])


@given(
    st.dictionaries(
        st.sampled_from(["count", "name", "color"]),
        st.one_of(
            st.none(), st.integers(), st.floats(), st.text("ab1 ", max_size=9), st.lists(st.integers(), max_size=3)
        ),
    )
)
def test_any_arguments_either_fit_or_are_refused(arguments: dict[str, object]) -> None:
    tool = Table()
    outcome = run(tool, Call("table", arguments))
    assert (outcome.result is None) != (outcome.error is None)
    assert tool.laid == [] or 1 <= tool.laid[0] <= 8


def test_two_tools_of_one_name_are_a_mistake() -> None:
    with pytest.raises(ValueError, match="two tools are called table"):
        Toolbox([Table(), Table()])


def test_schemas_show_the_arguments() -> None:
    (schema,) = Toolbox([Table()]).schemas()
    assert (schema["name"], schema["description"]) == ("table", "Lays the table.")
    assert schema["arguments"]["required"] == ["count"]
    assert schema["arguments"]["additionalProperties"] is False


# -- commands --


def _lay(text: str, now: datetime) -> Call | None:
    return FOUR if text == "lay the table" else None


def _anything(text: str, now: datetime) -> Call | None:
    return Call("table", {"count": 1})


def _to_nobody(text: str, now: datetime) -> Call | None:
    return Call("chair", {})


def _broken(text: str, now: datetime) -> Call | None:
    raise RuntimeError("no")


def test_the_first_intent_that_knows_the_words_wins() -> None:
    box = Toolbox([Table()], [_lay, _anything])
    assert box.reflex("lay the table", NOW) == FOUR
    assert box.reflex("what else", NOW) == Call("table", {"count": 1})
    assert Toolbox([Table()], [_lay]).reflex("what else", NOW) is None


def test_an_intent_that_fails_or_commands_nobody_is_passed_over() -> None:
    box = Toolbox([Table()], [_broken, _to_nobody, _lay], [_broken, _to_nobody, _lay])
    assert box.reflex("lay the table", NOW) == FOUR
    assert box.hints("lay the table", NOW) == [FOUR]


def test_hints_only_read() -> None:
    assert Toolbox([Table("write")], [], [_lay]).hints("lay the table", NOW) == []
