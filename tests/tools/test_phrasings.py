"""Every wording gets the one right value, and says it; what only looks like one gets nothing."""

from __future__ import annotations

import json
import math
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from app.tools import arithmetic, calendar
from app.tools.base import Call, Result, Situation
from app.tools.services import Services
from app.tools.toolbox import Toolbox
from tests.tools.near_misses import NEAR_MISSES
from tests.tools.phrasings import CLOCK, CONVERSIONS, DATES, MENTIONED, SUMS

NOW = datetime(2026, 11, 21, 15, 4, tzinfo=ZoneInfo("Europe/Berlin"))
NONE_NEEDED: Any = None
SERVICES: Services = NONE_NEEDED  # these tools need none
BOX = Toolbox(
    [*arithmetic.tools(SERVICES), *calendar.tools(SERVICES)],
    [*calendar.INTENTS, *arithmetic.INTENTS],
    [*calendar.HINTS, *arithmetic.HINTS],
)


async def answer(call: Call | None, tool: str) -> Result:
    assert call is not None, "not recognised"
    assert call.tool == tool
    outcome = await BOX.run(call, Situation(now=NOW))
    assert outcome.result is not None, outcome.error
    assert outcome.result.exact
    json.dumps(outcome.result.values, allow_nan=False)
    assert outcome.result.text[-1] == "."
    assert not outcome.result.text[0].islower()
    return outcome.result


@pytest.mark.parametrize(("words", "value"), SUMS)
async def test_sums(words: str, value: float) -> None:
    result = await answer(BOX.reflex(words, NOW), "calculate")
    assert math.isclose(result.values["value"], value, rel_tol=1e-15)


@pytest.mark.parametrize(("words", "value", "unit"), CONVERSIONS)
async def test_conversions(words: str, value: float, unit: str) -> None:
    result = await answer(BOX.reflex(words, NOW), "convert")
    assert math.isclose(result.values["value"], value, rel_tol=1e-7)
    assert result.values["unit"] == unit


@pytest.mark.parametrize(("words", "values"), DATES)
async def test_dates(words: str, values: dict[str, object]) -> None:
    result = await answer(BOX.reflex(words, NOW), "date_arithmetic")
    assert {name: result.values.get(name) for name in values} == values


@pytest.mark.parametrize(("words", "values"), CLOCK)
async def test_the_clock(words: str, values: dict[str, object]) -> None:
    result = await answer(BOX.reflex(words, NOW), "date_and_time")
    assert {name: result.values.get(name) for name in values} == values


@pytest.mark.parametrize(("words", "value"), MENTIONED)
async def test_what_is_mentioned_in_something_longer(words: str, value: float | None) -> None:
    assert BOX.reflex(words, NOW) is None
    hints = BOX.hints(words, NOW)
    if value is None:
        assert len(hints) <= 1
        return
    (call,) = hints
    result = await answer(call, call.tool)
    assert math.isclose(result.values["value"], value, rel_tol=1e-7)


@pytest.mark.parametrize("words", NEAR_MISSES)
def test_near_misses(words: str) -> None:
    assert BOX.reflex(words, NOW) is None
    assert BOX.hints(words, NOW) == []


def test_there_are_enough_of_both() -> None:
    assert len({words for words, *_ in [*SUMS, *CONVERSIONS, *DATES, *CLOCK]}) >= 250
    assert len(set(NEAR_MISSES)) >= 150
