"""The hands-free loop on virtual time: real speech and front end, scripted hearing and models."""

from __future__ import annotations

import asyncio

import numpy as np
import pytest

from app import events
from app.assistant.listening import Listener
from app.audio.base import SAMPLE_RATE, Samples
from app.audio.virtual import FileMicrophone, RecordingSpeaker
from app.engines.hearing.client import HearingClient
from app.errors import EngineUnavailable
from tests.loop.scripted import ScriptedEars
from tests.loop.test_assistant import Stage
from tests.loop.virtual_time import run_virtual
from tests.makers.spoken import speak

SILENCE_MS = 700


@pytest.fixture(scope="module")
def question() -> Samples:
    """About a second of speech after 0.5 s of silence."""
    return speak("What is the weather like today?", lead_s=0.5, tail_s=0.2)


class Room:
    """A stage with a microphone that hears `sound`, then silence."""

    def __init__(self, stage: Stage, sound: Samples, texts: list[str], *, barge_in: bool = True) -> None:
        self.stage = stage
        self.microphone = FileMicrophone(sound)
        self.speaker = RecordingSpeaker(self.microphone.clock)
        stage.assistant.parts.speaker = self.speaker
        stage.assistant.source_position = lambda: self.microphone.position_s
        self.ears = ScriptedEars(texts)
        self.listener = Listener(
            assistant=stage.assistant,
            hearing=HearingClient(self.ears),
            language="en",
            silence_ms=SILENCE_MS,
            barge_in=barge_in,
            home=lambda: "c",
            answer=stage.assistant.run,
        )

    async def hold(self) -> None:
        """Listen to the end of the recording and of the conversation."""
        listening = asyncio.create_task(self.listener.run(self.microphone))
        await self.microphone.clock.reach(self.microphone.duration_s + 1.5)
        await self.listener.settled()
        await self.microphone.close()
        await listening


def test_a_spoken_question_becomes_a_turn(question: Samples) -> None:
    async def main() -> None:
        stage = Stage(lambda q: "It is sunny.", lambda q: "It is sunny today.")
        room = Room(stage, question, ["what is the weather like today"])
        await room.hold()
        started, ended = stage.one(events.SpeechStarted), stage.one(events.SpeechEnded)
        committed = stage.one(events.TurnCommitted)
        assert started.at_s == pytest.approx(0.5, abs=0.15)
        assert ended.at_s == pytest.approx(len(question) / SAMPLE_RATE - 0.2, abs=0.2)
        assert (committed.text, committed.source) == ("what is the weather like today", "script")
        assert {e.turn for e in stage.seen if e.turn} == {committed.turn}
        marks = stage.one(events.TurnFinished).marks_ms
        assert marks["committed"] - marks["speech_end"] == pytest.approx(SILENCE_MS, abs=60)
        assert marks["speech_end"] == pytest.approx((ended.at_s - started.at_s) * 1000, abs=20)
        first_audio = room.speaker.first_audio_s()
        assert first_audio is not None
        assert first_audio == pytest.approx(ended.at_s + SILENCE_MS / 1000, abs=0.1)
        assert room.ears.fed >= len(question) * 0.6

    run_virtual(main())


def test_speech_without_words_is_dropped(question: Samples) -> None:
    async def main() -> None:
        stage = Stage(lambda q: "It is sunny.")
        await Room(stage, question, [""]).hold()
        assert stage.one(events.TurnDropped).turn == stage.one(events.SpeechStarted).turn
        assert not stage.of(events.TurnCommitted)
        assert not stage.assistant.cores.taken

    run_virtual(main())


def test_the_user_may_talk_over_the_answer(question: Samples) -> None:
    async def main() -> None:
        stage = Stage(lambda q: "word " * 100 if "first" in q else "Fine.", planner_word_s=1.0)
        pause = np.zeros(3 * SAMPLE_RATE, np.float32)
        room = Room(stage, np.concatenate([question, pause, question]), ["first", "second"])
        await room.hold()
        interrupted = stage.one(events.Interrupted)
        again = stage.of(events.SpeechStarted)[1]
        assert interrupted.by == "speech"
        assert interrupted.time - again.time < 0.15
        assert 5 < len(interrupted.heard.split()) < 95
        silent_from = again.at_s + 0.15
        spoken = room.speaker.excerpt(silent_from, int(0.5 * SAMPLE_RATE), SAMPLE_RATE)
        assert np.abs(spoken).max() == 0.0
        assert [e.text for e in stage.of(events.TurnCommitted)] == ["first", "second"]

    run_virtual(main())


def test_without_barge_in_it_is_deaf_while_it_speaks(question: Samples) -> None:
    async def main() -> None:
        stage = Stage(lambda q: "word " * 100)
        pause = np.zeros(2 * SAMPLE_RATE, np.float32)
        await Room(stage, np.concatenate([question, pause, question]), ["first", "second"], barge_in=False).hold()
        assert [e.text for e in stage.of(events.TurnCommitted)] == ["first"]
        assert not stage.of(events.Interrupted)

    run_virtual(main())


def test_the_planner_stands_still_while_the_user_speaks(question: Samples) -> None:
    async def main() -> None:
        stage = Stage(lambda q: "Fine.", lambda q: "a b c d", planner_word_s=0.5)
        pause = np.zeros(2 * SAMPLE_RATE, np.float32)
        room = Room(stage, np.concatenate([question, pause, question]), ["first", ""])
        await room.hold()
        (again,) = stage.of(events.SpeechStarted)[1:]
        paused = [e for e in stage.of(events.PlannerPaused) if e.time >= again.time]
        assert paused[0].by == "hearing"
        assert paused[0].time - again.time < 0.01
        assert stage.one(events.Refined).time > stage.one(events.TurnDropped).time

    run_virtual(main())


def test_hearing_that_fails_costs_one_warning(question: Samples) -> None:
    async def main() -> None:
        stage = Stage(lambda q: "Fine.")
        room = Room(stage, question, [])

        async def broken() -> None:
            raise EngineUnavailable("The hearing worker is gone.")

        room.ears.finish = broken  # type: ignore[method-assign, assignment]
        await room.hold()
        assert stage.one(events.Warning).text == "The hearing worker is gone."
        assert not stage.assistant.cores.taken

    run_virtual(main())
