"""The recorder: what of a turn's events is on disk, and what happens if the disk does not want it."""

from __future__ import annotations

import contextlib
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from app import events
from app.events import EventBus
from app.store import Store, Turn
from app.store.recorder import BATCH_S, Recorder

NEVER_S = 3600.0
DEADLINE_S = 60.0
NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with contextlib.closing(Store.open(tmp_path / "duet.db", busy_timeout_s=0.05)) as opened:
        yield opened


@pytest.fixture
def bus() -> EventBus:
    return EventBus()


@pytest.fixture
def recorder(store: Store, bus: EventBus) -> Iterator[Recorder]:
    opened = Recorder(store, bus, batch_s=NEVER_S, retry_s=0.01)
    yield opened
    opened.close()


def eventually(found: Callable[[], bool]) -> None:
    end = time.monotonic() + DEADLINE_S
    while not found():
        assert time.monotonic() < end
        time.sleep(0.005)


def committed(turn: str = "t", **values: Any) -> events.TurnCommitted:
    return events.TurnCommitted(turn=turn, **{"conversation": "c", "text": "Capital?", "source": "typed", **values})


def answered(turn: str = "t", **values: Any) -> events.AnswerFinished:
    known = {"text": "Bonn.", "model": "smol", "tokens": 3, "first_token_ms": 12.5, "tokens_per_s": 80.0}
    return events.AnswerFinished(turn=turn, **{**known, **values})


def test_a_whole_turn(store: Store, bus: EventBus, recorder: Recorder) -> None:
    for event in (
        events.TranscriptReady(turn="t", text="Capital?", source="sphinx", confidence=0.5),
        events.PlanMade(
            turn="t",
            role="dialogue",
            fast="smol",
            planner="big",
            chain=("smol", "big"),
            why="a question",
            expected_p50_ms=100.0,
            expected_p95_ms=None,
            confidence=0.75,
            inputs={"probabilities": {"dialogue": 0.75, "code": 0.25}, "threshold": 0.5, "propensity": 1.0},
            reflex="calculate",
        ),
        committed(source="sphinx"),
        events.FirstToken(turn="t", after_ms=12.5, model="smol"),
        events.TokensArrived(turn="t", text="Bo", tokens=1),
        events.TokensArrived(turn="t", text="nn.", tokens=2),
        answered(),
        events.PlaybackProgress(turn="t", played_s=0.5, heard="Bonn."),
        events.Refined(
            turn="t", verdict="correct", text="Berlin.", model="big", elapsed_ms=900.0, why="names", tools=("atlas",)
        ),
        events.TurnFinished(turn="t", final="Berlin.", marks_ms={"commit": 0.0, "first_audio": 40.0}),
        events.MetricSampled(name="x", value=1.0, unit="s"),
    ):
        bus.emit(event)
    assert recorder.flush(DEADLINE_S)
    kept = store.turn("t")
    assert kept == Turn(
        id="t",
        conversation="c",
        started_at=kept.started_at,
        source="sphinx",
        text="Capital?",
        confidence=0.5,
        state="done",
        answer="Bonn.",
        answer_model="smol",
        first_token_ms=12.5,
        tokens=3,
        tokens_per_s=80.0,
        heard_by_user="Bonn.",
        verdict="correct",
        refinement="Berlin.",
        refinement_model="big",
        refinement_ms=900.0,
        refinement_why="names",
        tools=("atlas",),
        final="Berlin.",
        plan={
            "role": "dialogue",
            "fast": "smol",
            "planner": "big",
            "chain": ["smol", "big"],
            "why": "a question",
            "expected_p50_ms": 100.0,
            "expected_p95_ms": None,
            "confidence": 0.75,
            "inputs": {"probabilities": {"dialogue": 0.75, "code": 0.25}, "threshold": 0.5, "propensity": 1.0},
            "reflex": "calculate",
        },
        marks_ms={"commit": 0.0, "first_audio": 40.0},
    )
    assert store.measurements("first_token_ms", "smol") == [12.5]
    assert store.measurements("tokens_per_s", "smol") == [80.0]
    assert abs(datetime.now(UTC) - datetime.fromisoformat(kept.started_at)) < timedelta(minutes=5)


def test_a_commitment_is_written_without_being_asked(store: Store, bus: EventBus, recorder: Recorder) -> None:
    bus.emit(committed())
    eventually(lambda: len(store.turns("c")) == 1)
    assert store.turn("t").state == "answering"


def test_tokens_wait_for_their_batch(store: Store, bus: EventBus, recorder: Recorder) -> None:
    bus.emit(committed())
    assert recorder.flush(DEADLINE_S)
    for number in range(100):
        bus.emit(events.TokensArrived(turn="t", text="x", tokens=number))
    assert store.turn("t").answer == "", "a batch of an hour is not over"
    assert recorder.flush(DEADLINE_S)
    assert store.turn("t").answer == "x" * 100


def test_batches_end_by_themselves_and_soon(store: Store, bus: EventBus) -> None:
    assert BATCH_S <= 0.5, "the design allows an answer to be 1 s behind, writing included"
    recorder = Recorder(store, bus, batch_s=0.01)
    bus.emit(committed())
    bus.emit(events.TokensArrived(turn="t", text="x", tokens=1))
    eventually(lambda: store.turns("c") != [] and store.turn("t").answer == "x")
    recorder.close()


@pytest.mark.parametrize(
    ("after", "state", "heard"),
    [
        ([answered()], "done", ""),
        ([answered(failed="the engine died")], "failed", ""),
        ([events.Interrupted(turn="t", heard="Bo", by="stop"), answered()], "interrupted", "Bo"),
        ([answered(), events.Interrupted(turn="t", heard="Bo", by="speech")], "interrupted", "Bo"),
        ([answered(failed="x"), events.Interrupted(turn="t", heard="So", by="speech")], "failed", "So"),
        ([events.TurnFinished(turn="t", final="", marks_ms={})], "done", ""),
        (
            [
                events.Interrupted(turn="t", heard="Bo", by="stop"),
                events.PlaybackProgress(turn="t", played_s=1.0, heard="Bonn."),
                events.TurnFinished(turn="t", final="Bo", marks_ms={}),
            ],
            "interrupted",
            "Bo",
        ),
    ],
)
def test_how_a_turn_ends(
    store: Store, bus: EventBus, recorder: Recorder, after: list[events.Event], state: str, heard: str
) -> None:
    bus.emit(committed())
    for event in after:
        bus.emit(event)
    assert recorder.flush(DEADLINE_S)
    assert (store.turn("t").state, store.turn("t").heard_by_user) == (state, heard)


def test_a_failed_answer_is_no_measurement(store: Store, bus: EventBus, recorder: Recorder) -> None:
    bus.emit(committed())
    bus.emit(answered(failed="the engine died"))
    bus.emit(committed("u"))
    bus.emit(answered("u", first_token_ms=None, tokens_per_s=float("inf")))
    assert recorder.flush(DEADLINE_S)
    assert store.measurements("first_token_ms") == store.measurements("tokens_per_s") == []


def test_the_finished_answer_has_the_last_word(store: Store, bus: EventBus, recorder: Recorder) -> None:
    for event in (committed(), answered(), events.TokensArrived(turn="t", text="late", tokens=9)):
        bus.emit(event)
    assert recorder.flush(DEADLINE_S)
    assert (store.turn("t").answer, store.turn("t").tokens) == ("Bonn.", 3)


def test_a_late_interruption_reaches_a_finished_turn(store: Store, bus: EventBus, recorder: Recorder) -> None:
    for event in (committed(), answered(), events.TurnFinished(turn="t", final="Bonn.", marks_ms={})):
        bus.emit(event)
    assert recorder.flush(DEADLINE_S)
    bus.emit(events.Interrupted(turn="t", heard="Bo", by="speech"))
    assert recorder.flush(DEADLINE_S)
    assert store.turn("t").state == "interrupted"


def test_drafts_that_come_to_nothing_are_never_stored(store: Store, bus: EventBus, recorder: Recorder) -> None:
    for number in range(500):
        bus.emit(events.TranscriptReady(turn=f"d{number}", text="hm", source="sphinx"))
        if number % 2:
            bus.emit(events.TurnDropped(turn=f"d{number}", why="speech went on"))
        bus.emit(events.TokensArrived(turn=f"e{number}", text="x", tokens=1))
    assert recorder.flush(DEADLINE_S)
    assert store.conversations() == []
    assert len(recorder._drafts) < 100


def test_finished_turns_are_forgotten_by_the_recorder(store: Store, bus: EventBus, recorder: Recorder) -> None:
    for number in range(300):
        bus.emit(committed(f"t{number}"))
        bus.emit(events.TurnFinished(turn=f"t{number}", final="", marks_ms={}))
    assert recorder.flush(DEADLINE_S)
    assert len(recorder._drafts) < 100
    assert store.conversation("c").turns == 300


def test_a_deleted_conversation_does_not_come_back(store: Store, bus: EventBus, recorder: Recorder) -> None:
    bus.emit(committed())
    assert recorder.flush(DEADLINE_S)
    store.delete("c")
    bus.emit(answered())
    assert recorder.flush(DEADLINE_S)
    assert store.conversations() == []


def test_a_write_that_fails_is_told_once_and_made_up_for(
    store: Store, bus: EventBus, recorder: Recorder, tmp_path: Path
) -> None:
    told: list[events.Event] = []
    bus.subscribe(lambda event: told.append(event) if isinstance(event, events.Warning) else None)
    other = sqlite3.connect(tmp_path / "duet.db", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    bus.emit(committed())
    eventually(lambda: len(told) == 1)
    bus.emit(answered())
    assert not recorder.flush(0.3)
    assert store.turns("c") == []
    other.execute("ROLLBACK")
    other.close()
    eventually(lambda: [turn.answer for turn in store.turns("c")] == ["Bonn."])
    assert store.measurements("first_token_ms") == [12.5], "written once, however often it was tried"
    (warning,) = told
    assert isinstance(warning, events.Warning)
    assert warning.text.startswith("The conversation is not being saved: ")
    assert "locked" in warning.text


def test_closing_writes_what_is_left_and_ends_the_thread(store: Store, bus: EventBus) -> None:
    before = threading.active_count()
    recorder = Recorder(store, bus, batch_s=NEVER_S)
    bus.emit(committed())
    bus.emit(events.TokensArrived(turn="t", text="half an", tokens=2))
    assert recorder.close(DEADLINE_S)
    assert store.turn("t").answer == "half an"
    assert threading.active_count() == before
    bus.emit(answered())
    assert store.turn("t").answer == "half an"


def test_closing_says_if_something_could_not_be_written(store: Store, bus: EventBus, tmp_path: Path) -> None:
    recorder = Recorder(store, bus, retry_s=NEVER_S, emit=lambda event: None)
    with contextlib.closing(sqlite3.connect(tmp_path / "duet.db", isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        bus.emit(committed())
        assert not recorder.close(DEADLINE_S)


@contextlib.contextmanager
def bus_held(recorder: Recorder) -> Iterator[None]:
    """What is emitted meanwhile comes in one batch."""
    with recorder._changed:
        yield


def test_a_bug_in_one_turn_does_not_stop_the_recorder(store: Store, bus: EventBus, recorder: Recorder) -> None:
    with bus_held(recorder):
        bus.emit(committed("broken", text=object()))
        bus.emit(committed())
        bus.emit(answered())
    assert recorder.flush(DEADLINE_S)
    assert [(turn.id, turn.answer) for turn in store.turns("c")] == [("t", "Bonn.")]
    assert store.measurements("first_token_ms") == [12.5]


def test_what_the_user_decides_about_an_old_turn_is_kept(store: Store, bus: EventBus, recorder: Recorder) -> None:
    refined = {"model": "big", "elapsed_ms": 1.0, "why": "names"}
    store.save_turn(Turn(id="old", conversation="c", started_at="2026-01-02T03:04:05.678+00:00", answer="Bonn."))
    recorder.adopt(store.turn("old"))
    bus.emit(events.Refined(turn="old", verdict="correct", text="Berlin.", **refined))
    bus.emit(events.TurnFinished(turn="old", final="Berlin.", marks_ms={}))
    bus.emit(events.AnswerKept(turn="old", kept="first", final="Bonn."))
    assert recorder.flush(DEADLINE_S)
    turn = store.turn("old")
    assert (turn.answer, turn.refinement, turn.kept, turn.final) == ("Bonn.", "Berlin.", "first", "Bonn.")
    bus.emit(events.Refined(turn="old", verdict="agree", text="", **refined))  # thought over again: all is open
    assert recorder.flush(DEADLINE_S)
    assert store.turn("old").kept == ""


def test_tools_and_questions_are_kept_with_their_turn(store: Store, bus: EventBus, recorder: Recorder) -> None:
    called = events.ToolCalled(turn="t", call="1", tool="calculate", arguments={"of": NOON}, by="planner")
    bus.emit(committed())
    for event in (
        called,
        events.ToolReturned(turn="t", call="1", tool="calculate", text="It is 8.", error=None, elapsed_ms=2.0),
        events.ConsentAsked(turn="t", call="2", tool="launch", arguments={}, question="Shall I?"),
    ):
        bus.emit(event)
    assert recorder.flush()
    first, second = store.turn("t").calls
    assert (first.tool, first.by, first.text, first.elapsed_ms) == ("calculate", "planner", "It is 8.", 2.0)
    assert first.arguments == {"of": str(NOON)}
    assert (second.question, second.settled) == ("Shall I?", False)
    bus.emit(events.ConsentSettled(turn="t", call="2", allowed=False))
    assert recorder.flush()
    assert (store.turn("t").calls[1].settled, store.turn("t").calls[1].allowed) == (True, False)


def test_thinking_again_about_an_old_turn_forgets_only_what_was_looked_at_before(store: Store, bus: EventBus) -> None:
    run = events.ToolCalled(turn="t", call="1", tool="clock", arguments={}, by="reflex")
    for old, new in (((), ()), ((run,), ("clock",))):
        with contextlib.closing(Recorder(store, bus, batch_s=NEVER_S)) as earlier:
            for event in (committed(), *old, events.PlannerStarted(turn="t", model="big")):
                bus.emit(event)
            bus.emit(events.ToolCalled(turn="t", call="2", tool="atlas", arguments={}, by="planner"))
            assert earlier.flush()
        with contextlib.closing(Recorder(store, bus, batch_s=NEVER_S)) as later:
            later.adopt(store.turn("t"))
            bus.emit(events.PlannerStarted(turn="t", model="big"))
            bus.emit(events.ToolCalled(turn="t", call="3", tool="search", arguments={}, by="planner"))
            assert later.flush()
        assert [call.tool for call in store.turn("t").calls] == [*new, "search"]
        store.delete("c")
