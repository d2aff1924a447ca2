"""The turn-taking machine on virtual time: real speech and front end, scripted hearing and models.

The endpointer waits a stated time here, so that every test says which pauses end a turn.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import numpy as np
import pytest

from app import events
from app.assistant.attention import Attention
from app.assistant.endpointing import Decision, Endpointer, EndpointSettings, Evidence, PauseHabits
from app.assistant.endpointing.decision import Coefficients
from app.assistant.endpointing.words import WordsModel
from app.assistant.listening import Listener
from app.assistant.report import Reporter
from app.assistant.ringing import Ringer
from app.assistant.spoken_turn import Floor
from app.assistant.ways_in import WaysIn
from app.audio.base import SAMPLE_RATE, Samples
from app.audio.frontend import FrontEnd
from app.audio.virtual import FileMicrophone, RecordingSpeaker
from app.engines.hearing.client import HearingClient
from app.engines.listening.client import ListeningClient
from app.errors import EngineUnavailable
from tests.loop.scripted import ScriptedEars
from tests.loop.test_assistant import Stage
from tests.loop.virtual_time import run_virtual
from tests.makers.spoken import speak

WAIT_S = 0.4


def silence(seconds: float) -> Samples:
    return np.zeros(round(seconds * SAMPLE_RATE), np.float32)


def spoken(text: str) -> Samples:
    """`text` from its first audible sample to its last."""
    sound = speak(text, lead_s=0.0, tail_s=0.0)
    audible = np.flatnonzero(np.abs(sound) > 0.01)
    return sound[audible[0] : audible[-1] + 1]


@pytest.fixture(scope="module")
def question() -> Samples:
    """About a second of speech, without silence around it."""
    return spoken("What is the weather like today?")


def cough(seed: int = 0) -> Samples:
    """A burst of noise, 0.3 s, rising fast and dying away."""
    rng = np.random.default_rng(seed)
    time = np.arange(round(0.3 * SAMPLE_RATE)) / SAMPLE_RATE
    envelope = np.minimum(time / 0.02, 1.0) * np.exp(-time / 0.1)
    return (0.4 * envelope * rng.standard_normal(len(time))).astype(np.float32).clip(-1, 1)


def knock() -> Samples:
    time = np.arange(round(0.03 * SAMPLE_RATE)) / SAMPLE_RATE
    return (0.7 * np.exp(-time / 0.006) * np.sin(2 * np.pi * 180 * time)).astype(np.float32)


class FixedWait(Endpointer):
    """Waits what it is told, whatever it is shown."""

    def __init__(self, wait_s: float) -> None:
        super().__init__(PauseHabits(), EndpointSettings(), Coefficients(WordsModel({})))
        self.fixed_s = wait_s
        self.shown: list[Evidence] = []

    def wait_s(self, evidence: Evidence) -> Decision:
        self.shown.append(evidence)
        return Decision(wait_s=self.fixed_s, why="the test says so")


class Room:
    """A stage with a microphone that hears the `sounds` one after the other, then silence."""

    def __init__(
        self,
        stage: Stage,
        sounds: list[Samples],
        texts: list[str],
        *,
        wait_s: float = WAIT_S,
        ways_in: WaysIn | None = None,
        wake: Callable[[], ListeningClient | None] = lambda: None,
    ) -> None:
        self.stage = stage
        self.starts_s = [float(s) / SAMPLE_RATE for s in np.cumsum([0, *map(len, sounds)])]
        self.microphone = FileMicrophone(np.concatenate(sounds))
        self.speaker = RecordingSpeaker(self.microphone.clock)
        stage.assistant.parts.speaker = self.speaker
        stage.assistant.source_position = lambda: self.microphone.position_s
        self.ears = ScriptedEars(texts)
        self.endpointer = FixedWait(wait_s)
        self.reporter = Reporter()
        stage.bus.subscribe(self.reporter.on_event)
        self.floor = Floor(
            assistant=stage.assistant,
            hearing=HearingClient(self.ears),
            endpointer=self.endpointer,
            home=lambda: "c",
            answer=stage.assistant.run,
            language="en",
        )
        self.listener = Listener(
            self.floor,
            FrontEnd(),
            ways_in or WaysIn(Attention(), stage.bus),
            wake,
        )

    async def hold(self) -> None:
        """Listen to the end of the recording and of the conversation."""
        listening = asyncio.create_task(self.listener.run(lambda: self.microphone))
        await self.microphone.clock.reach(self.microphone.duration_s + 3.0)
        await self.listener.settled()
        await self.microphone.close()
        await listening

    def audible(self, start_s: float, seconds: float) -> float:
        """The largest sample that the speaker gave between two instants of the source."""
        return float(np.abs(self.speaker.excerpt(start_s, round(seconds * SAMPLE_RATE), SAMPLE_RATE)).max())


# -- drafts and the commit ---------------------------------------------------------------------------------------------


def test_a_spoken_question_becomes_a_turn(question: Samples) -> None:
    async def main() -> None:
        stage = Stage(lambda q: "It is sunny.", lambda q: "It is sunny today.")
        room = Room(stage, [silence(0.5), question, silence(1.0)], ["what is the weather like today"])
        await room.hold()
        started, ended = stage.one(events.SpeechStarted), stage.one(events.SpeechEnded)
        committed = stage.one(events.TurnCommitted)
        assert started.at_s == pytest.approx(0.5, abs=0.1)
        assert ended.at_s == pytest.approx(room.starts_s[2], abs=0.1)
        assert (committed.text, committed.source) == ("what is the weather like today", "script")
        assert {e.turn for e in stage.seen if e.turn} == {committed.turn}
        marks = stage.one(events.TurnFinished).marks_ms
        assert marks["committed"] - marks["speech_end"] == pytest.approx(WAIT_S * 1000, abs=60)
        assert marks["speech_end"] == pytest.approx((ended.at_s - started.at_s) * 1000, abs=20)

    run_virtual(main())


def test_the_answer_is_ready_before_the_commit_and_sounds_with_it(question: Samples) -> None:
    async def main() -> None:
        stage = Stage(lambda q: "It is sunny and warm today, and dry.")
        room = Room(stage, [silence(0.5), question, silence(1.0)], ["what is the weather like today"])
        await room.hold()
        marks = stage.one(events.TurnFinished).marks_ms
        assert marks["drafted"] - marks["speech_end"] < 120
        assert marks["first_audio"] < marks["committed"]
        assert 0 <= marks["playback"] - marks["committed"] < 10
        order = stage.order()
        told = [order.index(name) for name in ("PlanMade", "FirstToken", "TokensArrived", "PlaybackStarted")]
        assert order.index("TurnDrafted") < order.index("TurnCommitted") < min(told)
        first_audio = room.speaker.first_audio_s()
        assert first_audio == pytest.approx(room.starts_s[2] + WAIT_S, abs=0.1)
        assert stage.one(events.PlaybackStarted).at_s == pytest.approx(first_audio, abs=0.02)

    run_virtual(main())


def test_a_draft_is_dropped_without_trace_when_speech_goes_on(question: Samples) -> None:
    async def main() -> None:
        stage = Stage(lambda q: f"Answer to {q}.")
        sounds = [silence(0.5), question, silence(0.3), question, silence(1.0)]
        room = Room(stage, sounds, ["what is", "the weather"])
        await room.hold()
        assert [e.text for e in stage.of(events.TurnCommitted)] == ["what is the weather"]
        dropped = stage.of(events.TurnDropped)
        assert len(dropped) == room.reporter.dropped >= 1
        assert all(e.generation is not None for e in dropped)
        assert room.audible(0.0, room.starts_s[4]) == 0.0
        assert [exchange.question for exchange in stage.assistant.history] == ["what is the weather"]
        assert "".join(e.text for e in stage.of(events.TokensArrived)) == "Answer to what is the weather."
        assert room.endpointer.habits is not None

    run_virtual(main())


def test_pauses_inside_turns_and_ends_are_learnt(question: Samples) -> None:
    async def main() -> None:
        stage = Stage(lambda q: "Fine.")
        learnt: list[tuple[float, bool]] = []
        room = Room(stage, [silence(0.5), question, silence(0.3), question, silence(1.0)], ["what is", "the weather"])
        room.endpointer.habits.add = lambda pause_s, inside: learnt.append((pause_s, inside))  # type: ignore[method-assign]
        await room.hold()
        assert [inside for _, inside in learnt] == [True, False]
        assert learnt[0][0] == pytest.approx(0.3, abs=0.08)

    run_virtual(main())


def test_speech_just_after_the_commit_joins_the_turn(question: Samples) -> None:
    async def main() -> None:
        stage = Stage(lambda q: "word " * 60)
        sounds = [silence(0.5), question, silence(0.9), question, silence(1.0)]
        room = Room(stage, sounds, ["ever tried", "ever failed"])
        await room.hold()
        first, second = stage.of(events.TurnCommitted)
        assert first.turn == second.turn
        assert (first.text, second.text) == ("ever tried", "ever tried ever failed")
        assert stage.one(events.TurnReopened).turn == first.turn
        assert not stage.of(events.Interrupted)
        assert [exchange.question for exchange in stage.assistant.history] == ["ever tried ever failed"]
        assert len(stage.of(events.TurnFinished)) == 1
        (report,) = room.reporter.turns
        assert report.heard["text"] == "ever tried ever failed"
        assert room.audible(room.starts_s[2] + 0.5, 0.3) > 0.05  # the first answer had begun
        assert room.audible(room.starts_s[3] + 0.15, 1.0) == 0.0  # and stopped

    run_virtual(main())


def test_a_cough_just_after_the_commit_does_not_reopen_the_turn(question: Samples) -> None:
    async def main() -> None:
        stage = Stage(lambda q: "word " * 60)
        room = Room(stage, [silence(0.5), question, silence(0.9), cough(), silence(1.0)], ["ever tried", ""])
        await room.hold()
        assert len(stage.of(events.TurnCommitted)) == 1
        assert not stage.of(events.TurnReopened)
        assert stage.one(events.TurnFinished).final.split() == ["word"] * 60

    run_virtual(main())


def test_speech_without_words_is_dropped(question: Samples) -> None:
    async def main() -> None:
        stage = Stage(lambda q: "It is sunny.")
        await Room(stage, [silence(0.5), question, silence(1.0)], [""]).hold()
        assert stage.one(events.TurnDropped).turn == stage.one(events.SpeechStarted).turn
        assert not stage.of(events.TurnCommitted)
        assert not stage.of(events.TurnDrafted)
        assert not stage.assistant.cores.taken

    run_virtual(main())


def test_the_end_of_the_source_ends_the_turn(question: Samples) -> None:
    async def main() -> None:
        stage = Stage(lambda q: "It is sunny.")
        room = Room(stage, [silence(0.5), question], ["what is the weather"])
        listening = asyncio.create_task(room.listener.run(lambda: room.microphone))
        await room.microphone.clock.reach(room.microphone.duration_s)
        await room.microphone.close()
        await listening
        assert stage.one(events.TurnCommitted).text == "what is the weather"
        assert stage.one(events.TurnFinished).final == "It is sunny."

    run_virtual(main())


def test_stop_ends_a_draft(question: Samples) -> None:
    async def main() -> None:
        stage = Stage(lambda q: "It is sunny.")
        room = Room(stage, [silence(0.5), question, silence(1.0)], ["what is the weather"])
        holding = asyncio.create_task(room.hold())
        await stage.until(events.TurnDrafted)
        stage.assistant.stop()
        await holding
        assert not stage.of(events.TurnCommitted)
        assert not stage.assistant.history
        assert room.audible(0.0, 4.0) == 0.0

    run_virtual(main())


def test_a_typed_turn_takes_the_place_of_a_draft(question: Samples) -> None:
    async def main() -> None:
        stage = Stage(lambda q: f"Answer to {q}")
        room = Room(stage, [silence(0.5), question, silence(1.0)], ["what is the weather"])
        holding = asyncio.create_task(room.hold())
        await stage.until(events.TurnDrafted)
        await stage.ask("typed")
        await holding
        assert [e.text for e in stage.of(events.TurnCommitted)] == ["typed"]
        assert [exchange.answer for exchange in stage.assistant.history] == ["Answer to typed"]

    run_virtual(main())


def test_the_words_so_far_are_prefilled_while_the_user_speaks(question: Samples) -> None:
    async def main() -> None:
        stage = Stage(lambda q: "It is sunny.")
        room = Room(stage, [silence(0.5), question, silence(1.0)], ["what is the weather like today"])
        await room.hold()
        (warmed,) = [m for m in stage.fast.warmed if m[-1].role == "user"]
        assert warmed[-1].content == "what is the weather like today"
        assert stage.one(events.TurnDrafted).time > stage.of(events.PartialTranscript)[0].time

    run_virtual(main())


# -- interruption ------------------------------------------------------------------------------------------------------


def test_the_user_may_talk_over_the_answer(question: Samples) -> None:
    async def main() -> None:
        stage = Stage(lambda q: "word " * 100 if "first" in q else "Fine.", planner_word_s=1.0)
        sounds = [silence(0.5), question, silence(3.0), question, silence(1.0)]
        room = Room(stage, sounds, ["first", "second question"])
        await room.hold()
        held, interrupted = stage.one(events.PlaybackHeld), stage.one(events.Interrupted)
        assert (interrupted.by, interrupted.turn) == ("speech", held.turn)
        assert 5 < len(interrupted.heard.split()) < 95
        assert room.audible(room.starts_s[3] - 0.3, 0.3) > 0.05
        assert room.audible(room.starts_s[3] + 0.15, 1.0) == 0.0
        assert [e.text for e in stage.of(events.TurnCommitted)] == ["first", "second question"]
        history = stage.assistant.history
        assert history[0].answer == f"{interrupted.heard}…"
        assert history[1].answer == "Fine."

    run_virtual(main())


@pytest.mark.parametrize(
    ("sound", "words"),
    [(cough(), ""), (cough(1), "huh"), (spoken("uh-huh"), "uh huh"), (knock(), ""), (spoken("okay"), "okay")],
)
def test_what_is_no_speech_lets_the_answer_go_on(question: Samples, sound: Samples, words: str) -> None:
    async def main() -> None:
        stage = Stage(lambda q: "word " * 60)
        room = Room(stage, [silence(0.5), question, silence(2.5), sound, silence(1.0)], ["first", words])
        await room.hold()
        assert len(stage.of(events.TurnCommitted)) == 1
        assert not stage.of(events.Interrupted)
        assert len(stage.of(events.PlaybackHeld)) == len(stage.of(events.Resumed))
        assert stage.one(events.TurnFinished).final.split() == ["word"] * 60
        whole = room.speaker.recorded(SAMPLE_RATE)
        assert np.count_nonzero(np.abs(whole) > 0.05) == pytest.approx(60 * 1600, rel=0.02)  # nothing is lost
        assert not stage.assistant.cores.taken

    run_virtual(main())


def test_stop_is_obeyed_and_not_answered(question: Samples) -> None:
    async def main() -> None:
        stage = Stage(lambda q: "word " * 100)
        sounds = [silence(0.5), question, silence(2.5), spoken("stop"), silence(1.0)]
        room = Room(stage, sounds, ["first", "stop"])
        await room.hold()
        assert len(stage.of(events.TurnCommitted)) == 1
        assert stage.one(events.Interrupted).turn == stage.one(events.TurnCommitted).turn
        assert room.audible(room.starts_s[3] + 0.15, 3.0) == 0.0
        assert not stage.assistant.busy

    run_virtual(main())


def test_an_answer_that_is_late_does_not_begin_while_the_user_speaks(question: Samples) -> None:
    async def main() -> None:
        stage = Stage(lambda q: "late " * 20 if "first" in q else "Fine.")
        stage.fast.word_s = 0.3  # 20 words are ready when the user already speaks again
        stage.voice.first_s = 0.05
        sounds = [silence(0.5), question, silence(1.9), question, question, question, silence(1.0)]
        room = Room(stage, sounds, ["first", "second question"])
        await room.hold()
        assert room.audible(room.starts_s[3] + 0.3, len(question) / SAMPLE_RATE * 3 - 0.3) < 0.01
        assert [e.text for e in stage.of(events.TurnCommitted)] == ["first", "second question"]

    run_virtual(main())


# -- the two tracks and trouble ----------------------------------------------------------------------------------------


def test_the_planner_stands_still_while_the_user_speaks(question: Samples) -> None:
    async def main() -> None:
        stage = Stage(lambda q: "Fine.", lambda q: "a b c d", planner_word_s=0.5)
        room = Room(stage, [silence(0.5), question, silence(2.5), question, silence(1.0)], ["first", ""])
        await room.hold()
        (again,) = stage.of(events.SpeechStarted)[1:]
        paused = [e for e in stage.of(events.PlannerPaused) if e.time >= again.time - 0.01]
        assert paused[0].by == "hearing"
        assert paused[0].time - again.time < 0.01
        assert stage.one(events.Refined).time > stage.one(events.TurnDropped).time

    run_virtual(main())


def test_hearing_that_fails_costs_one_warning(question: Samples) -> None:
    async def main() -> None:
        stage = Stage(lambda q: "Fine.")
        room = Room(stage, [silence(0.5), question, silence(1.0)], [])

        async def broken() -> None:
            raise EngineUnavailable("The hearing worker is gone.")

        room.ears.peek = broken  # type: ignore[method-assign, assignment]
        await room.hold()
        assert stage.one(events.Warning).text == "The hearing worker is gone."
        assert stage.one(events.TurnDropped).why == "The hearing worker is gone."
        assert not stage.assistant.cores.taken

    run_virtual(main())


@pytest.mark.parametrize(("ringing", "asked"), [(True, 0), (False, 1)])
def test_stop_that_is_heard_silences_it_and_nobody_answers(question: Samples, ringing: bool, asked: int) -> None:
    """Through the front end and a spoken turn; without an alarm the word goes to the model."""

    async def main() -> tuple[Room, Ringer, float | None]:
        stage = Stage(lambda text: "what")
        room = Room(stage, [silence(3.0), question, silence(2.0)], ["stop"])
        ringer = Ringer(
            stage.bus,
            speaker=room.speaker,
            voice=None,
            cores=stage.assistant.cores,
            answering=lambda: stage.assistant.speaking,
        )
        room.floor.ringer = ringer
        running = asyncio.create_task(ringer.run())
        if ringing:
            stage.bus.emit(events.AlarmRang(alarm="a", kind="timer", label="pasta"))
        await room.hold()
        running.cancel()
        return room, ringer, room.speaker.last_audio_s()

    room, ringer, last_s = run_virtual(main())
    assert not ringer.ringing
    assert len(room.stage.fast.asked) == asked
    if ringing:
        assert last_s is not None
        assert last_s < 3.5, "it rang on over the user"
