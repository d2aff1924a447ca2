"""The booth around the whole program with its starter engines: a turn, an interruption, and doing nothing."""

from __future__ import annotations

import pytest

from app.audio.room import Room
from app.bench import bargein, idle
from app.bench.booth import booth
from app.bench.corpus.makers import plain_turns
from app.bench.corpus.turns import spoken
from app.bench.naive import naive_turn
from app.bench.results import keep
from app.bench.rows import Bench, single
from app.bench.turn import MARKS_AGREE_MS, turn_rows
from app.bench.turns import hold_turn
from app.settings import Settings, data_dir
from app.store import Store
from tests.makers.spoken import speak

LOADED = 30_000.0
"""ms. These tests judge the benches, not the machine."""


async def test_a_turn_is_held_both_ways_and_then_interrupted() -> None:
    sound = speak("What is the weather in Paris today?", tail_s=0.0)  # what pocketsphinx understands
    question = spoken(sound, kind="plain", text="What is the weather in Paris today?", voice="en-us")
    settings = Settings()
    async with booth(settings, room=Room(level_db=-20.0, delay_s=0.02)) as seat:
        held = await hold_turn(seat, question)
        await seat.rest()
        naive = await naive_turn(seat.duet, question)
        (reaction,) = await bargein._story(seat, bargein.STORY.format("a fox"), await plain_turns(1, seed=2))
    assert not held.cut_off
    assert held.latency_ms is not None
    assert 0.0 < held.latency_ms < LOADED
    assert held.heard
    assert held.committed_s is not None
    assert held.end_s < held.committed_s < (held.audible_s or 0.0)
    assert 500.0 < naive.latency_ms < LOADED
    rows = {row.measure: row for row in turn_rows([held], [naive])}
    assert rows["mark of playback, off by"].worst < MARKS_AGREE_MS
    assert reaction.held or reaction.interrupted
    assert reaction.interrupted == (reaction.silent_after_s is not None)


async def test_idleness_is_measured_in_every_process(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(idle, "SETTLE_S", 0.5)
    monkeypatch.setattr(idle, "WINDOWS", 2)
    monkeypatch.setattr(idle, "WINDOW_S", 0.5)
    bench = await idle.idle(Settings())
    tree, here, _ = bench.rows
    assert tree.n == 2
    assert 0.0 < here.median <= tree.median


def test_results_are_kept_in_the_store() -> None:
    keep(Settings(), Bench(name="turn", rows=(single("cut off", 3.0, "%", 10), single("missed", 1.0, "%", 10))))
    store = Store.open(data_dir(Settings()) / "duet.db")
    try:
        assert store.measurements("bench.turn.cut off.median") == [3.0]
        assert store.measurements("bench.turn.missed.worst") == [1.0]
    finally:
        store.close()
