"""With the real starter model: the answers stay the same and as quick, whatever the planner does.

`duet bench planner-faults` does the same for fifty turns.
"""

from __future__ import annotations

from statistics import median
from typing import get_args

import pytest

from app.bench.answers import load_questions
from app.bench.faulty_planner import FaultyPlanner, rubbish
from app.bench.planner_faults import Trouble, fault_rows, troubled_turns
from app.engines.job import NullJob
from app.engines.language.base import GenerateRequest, Message
from app.settings import Settings

TURNS = 15

SLOWER, PATIENCE_MS = 3.0, 300.0
"""Bounds for a machine on which everything else may be running; the budget of 1.15 is the bench's."""


@pytest.mark.parametrize("trouble", get_args(Trouble))
async def test_a_planner_in_trouble_changes_no_answer_and_delays_none(trouble: Trouble) -> None:
    questions = [question.question for question in load_questions()][:TURNS]
    assert len(set(questions)) == TURNS
    pairs = await troubled_turns(Settings(), trouble, questions)
    assert len(pairs) == TURNS
    for question, (alone, troubled) in zip(questions, pairs, strict=True):
        assert troubled.text == alone.text, question
        assert troubled.text
    usual, slower = (median(told.first_ms for told in side) for side in zip(*pairs, strict=True))
    assert slower < SLOWER * usual + PATIENCE_MS
    assert {row.measure.split(",")[0] for row in fault_rows(trouble, pairs)} == {
        "first token",
        "tokens/s",
        "answers changed",
    }


def test_rubbish_is_of_many_kinds_and_each_is_talked() -> None:
    planner = FaultyPlanner(fault="talks rubbish")
    request = GenerateRequest(messages=(Message("user", "What is 2 + 2?"),))
    said = []
    for number in range(20):
        stream = planner.generate(request, NullJob())
        assert next(stream).text == rubbish(number)
        with pytest.raises(StopIteration) as end:
            next(stream)
        said.append(end.value.value.text)
    assert "" in said
    assert any(len(text) >= 10_000 for text in said)
    assert any(text.startswith("{") for text in said)
    assert len(set(said)) >= 15
