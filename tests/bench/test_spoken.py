"""The benches of the spoken loop judge recordings rightly; what they would say of made-up ones is known."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from dataclasses import replace
from typing import Any, cast

import numpy as np
import psutil
import pytest

from app.assistant.runtime import Duet
from app.audio.base import HOP, SAMPLE_RATE, Samples
from app.audio.room import Room
from app.audio.virtual import RecordingSpeaker, SourceClock
from app.bench import bargein, busy, echo, naive, turn, turns
from app.bench.booth import Booth, ScriptedMicrophone
from app.bench.corpus.turns import SpokenTurn
from app.bench.rows import Budget, Row, single
from app.bench.rows import Samples as Collected
from app.bench.words import word_errors
from app.errors import EngineUnavailable
from app.events import EventBus, Interrupted, PlaybackHeld, PlaybackStarted, Resumed, TurnCommitted
from tests.loop.virtual_time import run_virtual
from tests.makers.spoken import speak

SOUND = np.full(SAMPLE_RATE, 0.2, np.float32)


def made_up(kind: str = "plain", seconds: float = 1.0, text: str = "What time is it?") -> SpokenTurn:
    samples = np.full(round(seconds * SAMPLE_RATE), 0.1, np.float32)
    return SpokenTurn(samples=samples, kind=kind, text=text, start_s=0.1, end_s=seconds)


def held(latency_s: float | None, *, heard: str = "what time is it", cut_off: bool = False) -> turns.HeardTurn:
    said = made_up()
    return turns.HeardTurn(
        turn=said,
        end_s=10.0,
        audible_s=None if latency_s is None else 10.0 + latency_s,
        cut_off=cut_off,
        heard=heard,
        committed_s=None if latency_s is None else 10.0 + latency_s - 0.04,
        playback_s=None if latency_s is None else 10.0 + latency_s - 0.005,
        speech_end_s=10.02,
    )


def by_measure(rows: tuple[Row, ...]) -> dict[str, Row]:
    return {row.measure: row for row in rows}


class Silent:
    """A Duet that answers only when the test plays something: all that the booth itself needs of one."""

    def __init__(self) -> None:
        self.bus = EventBus()


def in_booth(script: Coroutine[Any, Any, None] | Any) -> None:
    """Run `script(seat)` in a booth on virtual time, its microphone heard by nobody."""

    async def seated() -> None:
        clock = SourceClock()
        clock.start()
        microphone = ScriptedMicrophone(clock)
        seat = Booth(cast(Duet, Silent()), microphone, RecordingSpeaker(clock))

        async def listen() -> None:
            async for _ in microphone:
                pass

        listening = asyncio.create_task(listen())
        await script(seat)
        await microphone.close()
        await listening

    run_virtual(seated())


# -- the booth ---------------------------------------------------------------------------------------------------


def test_what_is_said_is_heard_at_the_second_that_was_told() -> None:
    async def scene() -> tuple[float, Samples]:
        clock = SourceClock()
        microphone = ScriptedMicrophone(clock, noise=np.full(7, 0.001, np.float32))
        hops, told = [], 0.0
        async for hop in microphone:
            hops.append(hop)
            if len(hops) == 50:
                told = microphone.say(SOUND)
            if len(hops) == 250:
                await microphone.close()
        return told, np.concatenate(hops)

    told_s, heard = run_virtual(scene())
    loud = np.flatnonzero(heard > 0.1)
    assert loud[0] == round(told_s * SAMPLE_RATE)
    assert len(loud) == len(SOUND)
    assert heard[0] == pytest.approx(0.001)
    assert len(heard) == 250 * HOP


def test_the_booth_finds_the_first_and_the_last_audible_sample() -> None:
    async def script(seat: Booth) -> None:
        await seat.reach(1.0)
        seat.speaker.play(np.concatenate([np.zeros(800, np.float32), SOUND]), SAMPLE_RATE)
        assert await seat.audible(0.5, 2.0) == pytest.approx(1.05, abs=1e-3)
        await seat.reach(1.5)
        seat.speaker.stop()
        assert await seat.audible(3.0, 0.5) is None
        last_s = seat.last_audible(1.2, 3.0)
        assert last_s == pytest.approx(1.51, abs=0.003)  # the fade included
        assert seat.last_audible(2.0, 3.0) is None

    in_booth(script)


def test_the_booth_waits_for_events_and_gives_up_in_time() -> None:
    async def script(seat: Booth) -> None:
        assert await seat.until(TurnCommitted, 0.0, 0.5) is None
        asyncio.get_running_loop().call_later(
            0.3,
            lambda: seat.duet.bus.emit(
                TurnCommitted(conversation="c", text="t", source="s", time=asyncio.get_running_loop().time())
            ),
        )
        found = await seat.until(TurnCommitted, 0.0, 1.0)
        assert found is not None
        assert seat.source_s(found) == pytest.approx(0.8, abs=0.01)
        assert seat.since(TurnCommitted, 0.9) == []

    in_booth(script)


# -- turn, commit ------------------------------------------------------------------------------------------------


def test_the_rows_of_turns_tell_latency_marks_and_words() -> None:
    spoken = [held(0.4), held(0.5, heard="what time was it"), held(0.6), held(None, heard="")]
    base = [naive.NaiveTurn(1000.0, False)] * 3 + [naive.NaiveTurn(900.0, True)]
    rows = by_measure(turn.turn_rows(spoken, base))
    latency = rows["last speech sample to first audible"]
    assert (latency.median, latency.worst, latency.n) == (500.0, 600.0, 3)
    assert (latency.baseline, latency.ratio, latency.ok) == (1000.0, 0.5, True)
    assert latency.budget == "median <= 500, p95 <= 800"
    assert rows["of it: commit to first audible"].median == pytest.approx(40.0, abs=0.1)
    assert rows["mark of playback, off by"].worst == pytest.approx(5.0, abs=0.1)
    assert rows["mark of playback, off by"].ok
    assert rows["mark of the end of speech, off by"].median == pytest.approx(20.0, abs=0.1)
    assert rows["not answered"].median == 25.0
    assert (rows["cut off in mid-turn"].median, rows["cut off in mid-turn"].baseline) == (0.0, 25.0)
    assert rows["words misheard"].median == pytest.approx(100 * 5 / 16, abs=0.1)


def test_a_mark_that_lies_misses_its_budget() -> None:
    lying = replace(held(0.4), playback_s=10.4 - 0.021)
    rows = by_measure(turn.turn_rows([held(0.4), lying], [naive.NaiveTurn(1000.0, False)] * 2))
    assert not rows["mark of playback, off by"].ok


def test_a_slow_median_or_a_slow_tail_misses_the_budget() -> None:
    base = [naive.NaiveTurn(1000.0, False)] * 3
    name = "last speech sample to first audible"
    assert not by_measure(turn.turn_rows([held(0.51), held(0.52), held(0.4)], base))[name].ok
    assert not by_measure(turn.turn_rows([held(0.3), held(0.4), held(0.9)], base))[name].ok


def test_turns_that_nobody_answered_or_that_were_cut_off_have_no_latency() -> None:
    with pytest.raises(EngineUnavailable):
        turns.answered([held(None), held(-0.2, cut_off=True)])


def test_the_row_of_commits() -> None:
    assert turn.commit_row([held(0.4), held(0.9)]).median == pytest.approx(40.0)
    assert turn.commit_row([held(0.4)]).ok
    assert not turn.commit_row([replace(held(0.4), committed_s=10.3)]).ok


def test_the_fixed_silence_ends_a_turn_after_its_last_word_or_within_a_pause() -> None:
    sentence = speak("What is the weather in Paris today?")
    end_s = len(sentence) / SAMPLE_RATE - 0.5
    decided_s = naive.fixed_silence_s(sentence)
    assert decided_s is not None
    assert 0.6 < decided_s - end_s < 1.0
    long = np.concatenate([sentence, np.zeros(SAMPLE_RATE, np.float32), sentence])
    assert naive.fixed_silence_s(long) == pytest.approx(decided_s, abs=0.02)  # cut off in the pause
    assert (naive.fixed_silence_s(long, 2.0) or 0.0) > len(long) / SAMPLE_RATE
    assert naive.fixed_silence_s(np.zeros(SAMPLE_RATE, np.float32)) is None


@pytest.mark.parametrize(
    ("truth", "heard", "errors"),
    [
        ("Set a timer for 25 minutes.", "set a timer for twenty five minutes", 0),
        ("What is 100%?", "what is one hundred percent", 0),
        ("Turn on the light.", "turn off light", 2),
        ("Stop.", "", 1),
        ("", "no", 1),
    ],
)
def test_misheard_words_are_counted(truth: str, heard: str, errors: int) -> None:
    assert word_errors(truth, heard) == errors


# -- busy --------------------------------------------------------------------------------------------------------


def test_the_rows_of_a_busy_machine_compare_turn_by_turn() -> None:
    rows = busy.busy_rows([held(0.8), held(1.5), held(2.1)], [held(0.4), held(0.5), held(0.5)])
    assert rows[0].ratio == 3.0
    assert not rows[0].ok
    fine = busy.busy_rows([held(0.8), held(1.0), held(1.9)], [held(0.4), held(0.5), held(0.5)])
    assert fine[0].ok
    worst = busy.busy_rows([held(0.8), held(1.0), held(2.1)], [held(0.4), held(0.5), held(0.5)])
    assert (worst[0].ratio, worst[0].ok) == (2.0, False)


def test_a_turn_that_is_lost_while_busy_counts_as_slow() -> None:
    latency, lost = busy.busy_rows([held(None), held(0.5)], [held(0.4), held(0.5)])
    assert latency.worst == busy.ANSWERLESS_MS
    assert lost.median == 50.0
    with pytest.raises(EngineUnavailable):
        busy.busy_rows([held(0.4)], [held(None)])


async def test_the_foreign_program_spins_and_is_gone_afterwards() -> None:
    async with busy.spinning(2) as processes:
        started = [psutil.Process(process.pid) for process in processes]
        before = [process.cpu_times().user for process in started]
        async with asyncio.timeout(20):
            while not all(p.cpu_times().user > b + 0.05 for p, b in zip(started, before, strict=True)):  # noqa: ASYNC110
                await asyncio.sleep(0.01)  # no event tells of another process's CPU time
    assert all(process.returncode is not None for process in processes)


# -- bargein -----------------------------------------------------------------------------------------------------


def reaction(script: Any) -> bargein.Reaction:
    """What the bench makes of an answer that sounds, while `script(seat, said at)` plays the program."""
    found: list[bargein.Reaction] = []

    async def scene(seat: Booth) -> None:
        seat.speaker.play(np.full(20 * SAMPLE_RATE, 0.2, np.float32), SAMPLE_RATE)
        await seat.reach(1.0)
        program = asyncio.create_task(script(seat))
        found.append(await bargein.react(seat, made_up()))
        await program

    in_booth(scene)
    return found[0]


def tell(seat: Booth, event: Any, **values: Any) -> None:
    seat.duet.bus.emit(event(time=asyncio.get_running_loop().time(), **values))


VOICED_S = 1.0 + 0.05 + 0.1
"""When the first voiced sample of `made_up` sounds in `reaction`."""


def test_an_answer_that_stops_is_timed_to_its_last_audible_sample() -> None:
    async def program(seat: Booth) -> None:
        await seat.reach(VOICED_S + 0.09)
        seat.speaker.hold()
        tell(seat, PlaybackHeld)
        await seat.reach(VOICED_S + 0.4)
        seat.speaker.stop()
        tell(seat, Interrupted, heard="Once upon", by="speech")
        await seat.reach(VOICED_S + 2.2)
        seat.speaker.play(SOUND, SAMPLE_RATE)  # the answer to what was said
        tell(seat, PlaybackStarted, at_s=seat.now_s)

    found = reaction(program)
    assert found.interrupted
    assert found.held
    assert found.silent_after_s == pytest.approx(0.1, abs=0.015)  # fade included


def test_an_answer_that_resumes_was_not_interrupted() -> None:
    async def program(seat: Booth) -> None:
        await seat.reach(VOICED_S + 0.09)
        seat.speaker.hold()
        tell(seat, PlaybackHeld)
        await seat.reach(VOICED_S + 0.5)
        seat.speaker.release()
        tell(seat, Resumed, why="a cough")

    found = reaction(program)
    assert (found.interrupted, found.held, found.silent_after_s) == (False, True, None)


def test_an_answer_that_goes_on_was_not_interrupted() -> None:
    async def program(seat: Booth) -> None:
        await seat.reach(VOICED_S)

    found = reaction(program)
    assert (found.interrupted, found.held, found.silent_after_s) == (False, False, None)


def test_the_rows_of_reactions() -> None:
    plain, murmur, cough = (made_up(kind) for kind in ("plain", "backchannel", "cough"))
    reactions = [
        bargein.Reaction(said=plain, silent_after_s=0.1, interrupted=True, held=True),
        bargein.Reaction(said=plain, silent_after_s=None, interrupted=False, held=False),
        bargein.Reaction(said=murmur, silent_after_s=None, interrupted=False, held=True),
        bargein.Reaction(said=cough, silent_after_s=0.1, interrupted=True, held=False),
    ]
    rows = by_measure(bargein.bargein_rows(reactions))
    assert rows["first voiced sample to last audible of the answer"].median == pytest.approx(100.0)
    assert rows["first voiced sample to last audible of the answer"].ok
    assert rows["interruptions missed"].median == 50.0
    assert rows["answer given up for: backchannel"].median == 0.0
    assert rows["answer given up for: cough"].median == 100.0
    assert rows["answer held for a moment, of these"].median == 50.0
    with pytest.raises(EngineUnavailable):
        bargein.bargein_rows(reactions[1:3])


def test_the_naive_detector_stops_for_a_sentence_and_not_for_silence() -> None:
    samples = speak("Tell me what you know about the old clock over there.", lead_s=0.3)
    said = SpokenTurn(samples=samples, kind="plain", text="", start_s=0.3, end_s=len(samples) / SAMPLE_RATE - 0.5)
    stop_s = bargein.naive_stop_s(said)
    assert stop_s is not None
    assert bargein.NAIVE_VOICED_S <= stop_s < 2.0
    assert bargein.naive_stop_s(replace(said, samples=np.zeros_like(samples))) is None


# -- echo --------------------------------------------------------------------------------------------------------


def test_the_echo_of_a_voice_starts_nothing_with_cancellation_and_something_without() -> None:
    far = np.concatenate([speak("This is what the assistant says, and it goes on for a good while now.")] * 3)
    kind = Room(level_db=-6.0, delay_s=0.06)
    ours, without = echo.Tally(), echo.Tally()
    echo.alone(far, kind, True, ours)
    echo.alone(far, kind, False, without)
    assert ours.starts < without.starts
    assert ours.alone_s == pytest.approx(len(far) / SAMPLE_RATE)


def test_users_over_the_echo_are_counted_as_heard_or_missed() -> None:
    far = np.concatenate([speak("This is what the assistant says, and it goes on for a good while now.")] * 4)
    samples = speak("Stop that and listen to me, please.", voice="en-gb", tail_s=0.0)
    user = SpokenTurn(samples=samples, kind="plain", text="", start_s=0.3, end_s=len(samples) / SAMPLE_RATE)
    tally = echo.Tally()
    echo.spoken_over(far, [user], Room(level_db=-20.0, delay_s=0.02), tally)
    assert (tally.users, tally.missed) == (1, 0)
    assert 0 < tally.heard_ms[0] < 500
    echo.spoken_over(far, [replace(user, samples=user.samples * 0)], Room(level_db=-20.0, delay_s=0.02), tally)
    assert (tally.users, tally.missed) == (2, 1)


def test_the_rows_of_echoes() -> None:
    ours = echo.Tally(alone_s=1800.0, starts=1, stirs=3, users=50, missed=2, heard_ms=[120.0])
    without = echo.Tally(alone_s=3600.0, starts=90, stirs=900, users=50)
    rows = by_measure(echo.echo_rows(ours, without))
    assert (rows["false interruptions per hour"].median, rows["false interruptions per hour"].baseline) == (2.0, 90.0)
    assert not rows["false interruptions per hour"].ok
    assert rows["false holds per hour"].median == 6.0
    assert (rows["real interruptions missed"].median, rows["real interruptions missed"].ok) == (4.0, False)
    first = echo.Tally(alone_s=360.0, starts=1, users=50, missed=1, heard_ms=[200.0])
    rows = by_measure(echo.first_rows(first, echo.Tally(users=8, missed=2)))
    assert rows["first answers: false interruptions per hour"].median == 10.0
    assert rows["first answers: real ones missed"].ok
    assert (
        rows["first answers, headset: real ones missed"].median,
        "first answers, headset: to start of speech" in rows,
    ) == (25.0, False)


# -- rows --------------------------------------------------------------------------------------------------------


def test_a_budget_binds_what_it_names() -> None:
    collected = Collected(measure="m", unit="ms", values=[1.0, 2.0, 9.0], baselines=[1.0, 1.0, 3.0])
    assert collected.row(Budget(limit=2.0)).ok  # the ratio, where there is a baseline
    assert not collected.row(Budget(limit=1.9)).ok
    assert collected.row(Budget(limit=2.0, of="median"), Budget(limit=9.0, of="worst")).ok
    assert not collected.row(Budget(limit=2.0, of="median"), Budget(limit=8.9, of="worst")).ok
    assert collected.row(Budget(limit=3.0, of="worst ratio")).ok
    assert str(Budget(limit=3.0, of="worst ratio")) == "worst ratio <= 3"
    assert single("share", 3.0, "%", 10, None, Budget(limit=2.0)).ok is False
