"""What the window shows of a turn: live, and from the disk that the real recorder wrote."""

from __future__ import annotations

import contextlib
from pathlib import Path

import pytest

from app import events
from app.events import Event, EventBus
from app.store import Store
from app.store.recorder import Recorder
from app.ui.turns import LiveTurns, ShownTurn, from_store

COMMITTED = (
    events.TranscriptReady(turn="t", text="Question?", source="typed"),
    events.TurnCommitted(turn="t", conversation="c", text="Question?", source="typed"),
)
FINISHED = events.TurnFinished(turn="t", final="", marks_ms={"committed": 0.0})
LOOKED_UP = (
    events.PlannerStarted(turn="t", model="large"),
    events.ToolCalled(turn="t", call="1", tool="calculate", arguments={"expression": "2 * 4"}, by="planner"),
    events.ToolReturned(turn="t", call="1", tool="calculate", text="It is 8.", error=None, elapsed_ms=2.0),
)


def answered(text: str, model: str = "small") -> tuple[Event, ...]:
    return (
        events.FirstToken(turn="t", after_ms=1.0, model=model),
        events.TokensArrived(turn="t", text=text, tokens=3),
        events.AnswerFinished(turn="t", text=text, model=model, tokens=3, first_token_ms=1.0, tokens_per_s=9.0),
    )


def refined(verdict: str, text: str = "", tools: tuple[str, ...] = ()) -> Event:
    return events.Refined(
        turn="t", verdict=verdict, text=text, model="large", elapsed_ms=900.0, why="the numbers differ", tools=tools
    )


CORRECTED = (*COMMITTED, *answered("It is 9."), *LOOKED_UP, refined("correct", "It is 8.", ("calculate",)), FINISHED)
ASKED = (
    *COMMITTED,
    events.ConsentAsked(turn="t", call="2", tool="open", arguments={"what": "editor"}, question="Shall I?"),
    *answered("Shall I?", "reflex"),
    refined("skipped"),
    FINISHED,
)


@pytest.mark.parametrize(
    "happened",
    [
        CORRECTED,
        (*CORRECTED, events.AnswerKept(turn="t", kept="first", final="It is 9.")),
        (
            *CORRECTED,
            events.AnswerKept(turn="t", kept="first", final="It is 9."),
            *LOOKED_UP[:1],
            refined("agree"),
            FINISHED,
        ),
        (*COMMITTED, *answered("It is 8."), *LOOKED_UP, refined("add", "And even."), FINISHED),
        (*COMMITTED, *LOOKED_UP[1:], *answered("It is 8.", "reflex"), refined("skipped"), FINISHED),
        (*ASKED, events.ConsentSettled(turn="t", call="2", allowed=False)),
        (*ASKED, events.ConsentSettled(turn="t", call="2", allowed=None)),
    ],
)
def test_a_turn_from_disk_is_the_turn_that_was_seen(happened: tuple[Event, ...], tmp_path: Path) -> None:
    live, bus = LiveTurns(), EventBus()
    bus.subscribe(live.apply)
    with contextlib.closing(Store.open(tmp_path / "duet.db")) as store:
        with contextlib.closing(Recorder(store, bus)):
            for event in happened:
                bus.emit(event)
        assert from_store(store.turn("t"), "c") == live.of("c")[0]


def test_a_question_of_another_run_is_open_no_more(tmp_path: Path) -> None:
    bus = EventBus()
    with contextlib.closing(Store.open(tmp_path / "duet.db")) as store:
        with contextlib.closing(Recorder(store, bus)):
            for event in ASKED:
                bus.emit(event)
        asked = from_store(store.turn("t"), "c").asked
    assert asked is not None
    assert (asked.settled, asked.allowed) == (True, None)


def test_what_counts_in_the_end() -> None:
    turn = ShownTurn(
        id="t", conversation="c", question="?", answer="It is 9.", verdict="correct", refinement="It is 8."
    )
    assert turn.final == "It is 8."
    turn.kept = "first"
    assert turn.final == "It is 9."
    turn.kept, turn.verdict = "", "add"
    assert turn.final == "It is 9.\n\nIt is 8."
    turn.kept = "refined"
    assert turn.final == "It is 8."
    turn.answer_model = "reflex"
    assert turn.final == "It is 9."
