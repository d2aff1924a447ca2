"""How an alarm rings, on virtual time with a virtual speaker: calm, over nobody, and silent when told so."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

import numpy as np
import pytest

from app.assistant.compute import Cores
from app.assistant.ringing import RINGS_S, Ringer, silences
from app.audio.chime import CHIME_S, RATE, chime
from app.audio.virtual import RecordingSpeaker
from app.engines.voice.client import VoiceClient
from app.events import AlarmRang, EventBus, SpeechStarted, TurnCommitted, TurnDropped, TurnReopened
from tests.loop.scripted import ScriptedVoice
from tests.loop.virtual_time import run_virtual

PASTA = AlarmRang(alarm="a", kind="timer", label="pasta")


class Kitchen:
    """A ringer, its speaker, and who else may be heard."""

    def __init__(self, *, voice: bool = True, speaker: bool = True) -> None:
        self.bus = EventBus()
        self.speaker = RecordingSpeaker()
        self.speaker.clock.start()
        self.voice = ScriptedVoice()
        self.answering = False
        self.ringer = Ringer(
            self.bus,
            speaker=self.speaker if speaker else None,
            voice=VoiceClient(self.voice) if voice else None,
            cores=Cores(lambda who: None, lambda: None),
            answering=lambda: self.answering,
        )

    @property
    def now_s(self) -> float:
        return self.speaker.clock.now_s

    def chimes(self) -> list[float]:
        """When each chime began."""
        return [start for start, end in self.speaker.plays() if end - start == pytest.approx(CHIME_S, abs=0.01)]

    def said(self) -> list[float]:
        """When each announcement began: five words of 0.1 s."""
        return [start for start, end in self.speaker.plays() if end - start == pytest.approx(0.5, abs=0.01)]

    def silent(self, start_s: float, end_s: float) -> bool:
        return float(np.abs(self.speaker.excerpt(start_s, round((end_s - start_s) * RATE), RATE)).max()) < 1e-4


def ring(act: Callable[[Kitchen], Awaitable[None]], **parts: bool) -> Kitchen:
    async def main() -> Kitchen:
        kitchen = Kitchen(**parts)
        running = asyncio.create_task(kitchen.ringer.run())
        await act(kitchen)
        kitchen.ringer.close()
        running.cancel()
        return kitchen

    return run_virtual(main())


def test_the_chime_is_calm() -> None:
    sound = chime()
    assert sound.dtype == np.float32
    assert len(sound) == round(CHIME_S * RATE)
    assert np.abs(sound).max() == pytest.approx(0.25, abs=1e-6)
    assert sound[0] == 0.0
    assert abs(float(sound[-1])) < 1e-4
    assert np.abs(np.diff(sound)).max() < 0.1  # no step that clicks
    loudest = np.abs(np.fft.rfft(sound * np.hanning(len(sound))))
    pitch = np.argmax(loudest) * RATE / len(sound)
    assert min(abs(pitch - note) for note in (523.25, 659.26, 783.99)) < 2.0


def test_it_rings_for_a_minute_and_says_what_for_first_and_last() -> None:
    async def act(kitchen: Kitchen) -> None:
        kitchen.bus.emit(PASTA)
        await asyncio.sleep(30)
        assert kitchen.ringer.ringing
        await asyncio.sleep(60)
        assert not kitchen.ringer.ringing

    kitchen = ring(act)
    chimes, said = kitchen.chimes(), kitchen.said()
    assert chimes[0] == pytest.approx(0.0, abs=0.1)
    assert len(chimes) > 10
    assert chimes[-1] < RINGS_S
    assert len(said) == 2
    assert said[0] < chimes[1]
    assert said[1] == pytest.approx(RINGS_S, abs=0.2)
    starts = [float(np.abs(kitchen.speaker.excerpt(at, RATE, RATE)).max()) for at in chimes[:5]]
    assert starts == sorted(starts), "it grows louder"
    assert starts[0] < 0.4 * 0.25


def test_stop_is_silence_at_once_for_everything_that_is_due() -> None:
    async def act(kitchen: Kitchen) -> None:
        kitchen.bus.emit(PASTA)
        kitchen.bus.emit(AlarmRang(alarm="b", kind="alarm", label="pills"))
        await asyncio.sleep(1.0)
        assert not kitchen.ringer.heard("what time is it")
        assert kitchen.ringer.heard("Stop!")
        assert not kitchen.ringer.ringing
        assert not kitchen.ringer.heard("stop"), "nothing rings any more: the word is for somebody else"
        await asyncio.sleep(120)

    kitchen = ring(act)
    assert kitchen.silent(1.03, 100.0)
    assert not kitchen.silent(0.0, 1.0)


def test_two_that_are_due_ring_one_after_the_other() -> None:
    async def act(kitchen: Kitchen) -> None:
        kitchen.bus.emit(PASTA)
        kitchen.bus.emit(PASTA)
        await asyncio.sleep(2 * RINGS_S + 10)
        assert not kitchen.ringer.ringing

    assert len(ring(act).said()) == 4


def test_it_never_sounds_over_the_user() -> None:
    async def act(kitchen: Kitchen) -> None:
        kitchen.bus.emit(PASTA)
        await asyncio.sleep(5.0)
        kitchen.bus.emit(SpeechStarted(turn="t", at_s=5.0))
        await asyncio.sleep(4.0)
        assert kitchen.ringer.ringing
        kitchen.bus.emit(TurnDropped(turn="t", why="a draft", generation=3))
        await asyncio.sleep(2.0)
        kitchen.bus.emit(TurnDropped(turn="t", why="only a sound"))
        await asyncio.sleep(5.0)
        assert not kitchen.silent(11.0, 16.0), "it goes on when the user is done"

    assert ring(act).silent(5.03, 11.0)


def test_it_waits_for_the_answer_and_for_a_question_that_goes_on() -> None:
    async def act(kitchen: Kitchen) -> None:
        kitchen.bus.emit(SpeechStarted(turn="t", at_s=0.0))
        kitchen.bus.emit(PASTA)
        await asyncio.sleep(2.0)
        kitchen.answering = True
        kitchen.bus.emit(TurnCommitted(turn="t", conversation="c", text="hello", source="script"))
        await asyncio.sleep(2.0)
        kitchen.answering = False
        kitchen.bus.emit(TurnReopened(turn="t"))
        await asyncio.sleep(2.0)
        kitchen.bus.emit(TurnCommitted(turn="t", conversation="c", text="hello you", source="script"))
        kitchen.speaker.play(np.full(2 * RATE, 0.5, np.float32), RATE)  # the answer
        await asyncio.sleep(6.0)

    kitchen = ring(act)
    assert kitchen.silent(0.0, 6.0)
    assert kitchen.chimes()[0] == pytest.approx(8.0, abs=0.1)


def test_a_typed_question_is_answered_without_the_chime() -> None:
    async def act(kitchen: Kitchen) -> None:
        kitchen.bus.emit(PASTA)
        await asyncio.sleep(1.0)
        kitchen.answering = True
        kitchen.bus.emit(TurnCommitted(turn="t", conversation="c", text="hello", source="typed"))
        await asyncio.sleep(3.0)

    assert ring(act).silent(1.03, 4.0)


def test_an_answer_is_not_cut_by_the_end_of_the_ringing() -> None:
    """The ringer stops only what it plays itself."""

    async def act(kitchen: Kitchen) -> None:
        kitchen.bus.emit(PASTA)
        await asyncio.sleep(1.0)
        kitchen.bus.emit(SpeechStarted(turn="t", at_s=1.0))
        await asyncio.sleep(1.0)
        kitchen.speaker.play(np.full(10 * RATE, 0.5, np.float32), RATE)
        kitchen.bus.emit(TurnCommitted(turn="t", conversation="c", text="hello", source="script"))
        await asyncio.sleep(1.0)
        kitchen.ringer.stop()
        await asyncio.sleep(10.0)

    kitchen = ring(act)
    assert max(end - start for start, end in kitchen.speaker.plays()) == pytest.approx(10.0, abs=0.05)


@pytest.mark.parametrize("parts", [{"voice": False}, {"speaker": False}, {"voice": False, "speaker": False}])
def test_it_rings_with_what_there_is(parts: dict[str, bool]) -> None:
    async def act(kitchen: Kitchen) -> None:
        kitchen.bus.emit(PASTA)
        await asyncio.sleep(10)
        assert kitchen.ringer.ringing
        assert kitchen.ringer.heard("turn off the alarm")
        assert not kitchen.ringer.ringing

    kitchen = ring(act, **parts)
    assert bool(kitchen.chimes()) == parts.get("speaker", True)
    assert kitchen.said() == []


@pytest.mark.parametrize(
    "words",
    """stop|Stop.|stop it please|be quiet|turn off the alarm|stop the timer|turn it off|turn the alarm off|silence the
    pasta timer|i'm up|I am awake!|okay duet stop the ringing|enough|got it|thanks""".replace("\n    ", " ").split("|"),
)
def test_what_silences_it(words: str) -> None:
    assert silences(words)


@pytest.mark.parametrize(
    "words",
    "what is that noise|stop the car|when did i set this timer|set another timer for ten minutes|i'm up for a walk|"
    "thank god|turn off the lights|".split("|"),
)
def test_what_does_not(words: str) -> None:
    assert not silences(words)
