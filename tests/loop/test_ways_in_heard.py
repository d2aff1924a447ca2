"""The ways in on virtual time: key, wake word, follow-up, mute, on a real front end with scripted engines."""

from __future__ import annotations

import asyncio

import numpy as np
import pytest

from app import events
from app.assistant.attention import Attention
from app.assistant.ways_in import WaysIn
from app.audio.base import SAMPLE_RATE, Samples
from app.audio.virtual import FileMicrophone
from app.engines.listening.base import Wake
from app.engines.listening.client import ListeningClient
from app.settings import WayIn
from tests.loop.scripted import ScriptedWorker
from tests.loop.test_assistant import Stage
from tests.loop.test_listening import WAIT_S, Room, silence, spoken
from tests.loop.virtual_time import run_virtual


@pytest.fixture(scope="module")
def question() -> Samples:
    return spoken("What is the weather like today?")


@pytest.fixture(scope="module")
def call() -> Samples:
    return spoken("hey jarvis")


class ScriptedWakeWord(ScriptedWorker):
    """Wakes once at `at_s` of what it was given since it was reset first, 0.1 s late."""

    def __init__(self, at_s: float) -> None:
        super().__init__("listening", "script")
        self.at_s = at_s
        self.heard = 0
        self.woke = False

    async def reset(self) -> None:
        return

    async def wake(self, samples: np.ndarray) -> tuple[Wake, ...]:
        self.heard += len(samples)
        if not self.woke and self.heard / SAMPLE_RATE >= self.at_s + 0.1:
            self.woke = True
            return (Wake("hey_jarvis", self.at_s, 0.99),)
        return ()


class WaysRoom(Room):
    """A room whose way in is another than hands-free."""

    def __init__(
        self,
        stage: Stage,
        sounds: list[Samples],
        texts: list[str],
        way_in: WayIn,
        wake: ScriptedWakeWord | None = None,
        follow_up_s: float = 8.0,
    ) -> None:
        engine = ListeningClient(wake) if wake is not None else None
        ways_in = WaysIn(Attention(way_in, follow_up_s), stage.bus)
        super().__init__(stage, sounds, texts, ways_in=ways_in, wake=lambda: engine)
        self.ways_in = ways_in

    def at(self, source_s: float, what: object, *args: object) -> None:
        """Do something at an instant of the source."""

        async def later() -> None:
            await self.microphone.clock.reach(source_s)
            what(*args)  # type: ignore[operator]

        self.doing = [*getattr(self, "doing", []), asyncio.create_task(later())]


def committed(stage: Stage) -> list[str]:
    return [event.text for event in stage.of(events.TurnCommitted)]


# -- the key -----------------------------------------------------------------------------------------------------------


def test_only_what_is_said_with_the_key_down_is_heard(question: Samples) -> None:
    async def main() -> None:
        stage = Stage(lambda q: "It is sunny.")
        room = WaysRoom(stage, [silence(0.5), question, silence(1.5), question, silence(1.5)], ["one"], "push-to-talk")
        room.at(room.starts_s[3] - 0.1, room.ways_in.key, True)
        room.at(room.starts_s[4] + 0.1, room.ways_in.key, False)
        await room.hold()
        assert committed(stage) == ["one"]
        assert [event.state for event in stage.of(events.ListeningChanged)] == ["off", "listening", "off"]
        assert stage.one(events.SpeechStarted).at_s == pytest.approx(room.starts_s[3], abs=0.1)

    run_virtual(main())


def test_the_key_ends_the_turn_without_waiting(question: Samples) -> None:
    async def main() -> None:
        stage = Stage(lambda q: "It is sunny.")
        room = WaysRoom(stage, [silence(0.5), question, silence(1.5)], ["one"], "push-to-talk")
        room.at(0.3, room.ways_in.key, True)
        room.at(room.starts_s[2] + 0.1, room.ways_in.key, False)
        await room.hold()
        first = room.speaker.first_audio_s()
        assert first is not None
        assert first - room.starts_s[2] < 0.1 + 0.06 < WAIT_S

    run_virtual(main())


def test_no_pause_ends_a_turn_while_the_key_is_down(question: Samples) -> None:
    async def main() -> None:
        stage = Stage(lambda q: "It is sunny.")
        sounds = [silence(0.5), question, silence(2.5), question, silence(1.5)]
        room = WaysRoom(stage, sounds, ["one", "two"], "push-to-talk")
        room.at(0.3, room.ways_in.key, True)
        room.at(room.starts_s[4] + 0.1, room.ways_in.key, False)
        await room.hold()
        assert committed(stage) == ["one two"]
        assert room.audible(0.0, room.starts_s[4]) == 0.0

    run_virtual(main())


def test_what_was_begun_before_the_key_was_down_is_heard_too(question: Samples) -> None:
    async def main() -> None:
        stage = Stage(lambda q: "It is sunny.")
        room = WaysRoom(stage, [silence(0.5), question, silence(1.5)], ["one"], "push-to-talk")
        room.at(room.starts_s[1] + 0.2, room.ways_in.key, True)
        room.at(room.starts_s[2] + 0.1, room.ways_in.key, False)
        await room.hold()
        assert stage.one(events.SpeechStarted).at_s == pytest.approx(room.starts_s[1], abs=0.1)

    run_virtual(main())


def test_the_key_silences_the_answer(question: Samples) -> None:
    async def main() -> None:
        stage = Stage(lambda q: "word " * 60)
        room = WaysRoom(stage, [silence(0.5), question, silence(4.0)], ["one"], "push-to-talk")
        room.at(0.3, room.ways_in.key, True)
        room.at(room.starts_s[2] + 0.1, room.ways_in.key, False)
        room.at(room.starts_s[2] + 2.0, room.ways_in.key, True)
        room.at(room.starts_s[2] + 2.5, room.ways_in.key, False)
        await room.hold()
        assert room.audible(room.starts_s[2] + 1.8, 0.15) > 0.05
        assert room.audible(room.starts_s[2] + 2.03, 3.0) == 0.0
        assert stage.one(events.Interrupted).by == "speech"

    run_virtual(main())


# -- the wake word -----------------------------------------------------------------------------------------------------


def test_asleep_nothing_but_the_wake_word_is_heard(question: Samples) -> None:
    async def main() -> None:
        stage = Stage(lambda q: "It is sunny.")
        room = WaysRoom(stage, [silence(0.5), question, silence(1.5)], ["one"], "wake-word", ScriptedWakeWord(99.0))
        await room.hold()
        assert not stage.of(events.SpeechStarted)
        assert [event.state for event in stage.of(events.ListeningChanged)] == ["asleep", "off"]

    run_virtual(main())


@pytest.mark.parametrize("pause_s", [0.05, 0.6])
def test_a_question_after_the_wake_word_is_answered(question: Samples, call: Samples, pause_s: float) -> None:
    async def main() -> None:
        stage = Stage(lambda q: "It is sunny.")
        sounds = [silence(0.5), call, silence(pause_s), question, silence(1.5)]
        ends_s = 0.5 + len(call) / SAMPLE_RATE
        wake = ScriptedWakeWord(ends_s)
        room = WaysRoom(stage, sounds, ["hey jarvis what is the weather"], "wake-word", wake)
        room.ears.gap_s = 0.05
        await room.hold()
        woke = stage.one(events.WakeWordHeard)
        assert (woke.word, woke.at_s) == ("hey_jarvis", pytest.approx(ends_s, abs=0.02))
        assert stage.one(events.SpeechStarted).at_s == pytest.approx(room.starts_s[3], abs=0.12)
        assert committed(stage) == ["what is the weather"]

    run_virtual(main())


def test_after_the_answer_no_wake_word_is_needed_for_a_while(question: Samples) -> None:
    async def main() -> None:
        stage = Stage(lambda q: "It is sunny.")
        call = spoken("hey jarvis")
        sounds = [
            silence(0.5),
            call,
            silence(0.4),
            question,
            silence(2.5),
            question,
            silence(6.0),
            question,
            silence(1),
        ]
        wake = ScriptedWakeWord(0.5 + len(call) / SAMPLE_RATE)
        room = WaysRoom(stage, sounds, ["one", "two", "three"], "wake-word", wake, follow_up_s=3.0)
        await room.hold()
        assert committed(stage) == ["one", "two"]
        states = [event.state for event in stage.of(events.ListeningChanged)]
        assert states == ["asleep", "listening", "asleep", "off"]

    run_virtual(main())


# -- mute --------------------------------------------------------------------------------------------------------------


def test_muted_the_microphone_is_closed(question: Samples) -> None:
    async def main() -> None:
        stage = Stage(lambda q: "It is sunny.")
        room = WaysRoom(stage, [silence(0.5), question, silence(1.5)], ["one"], "hands-free")
        room.microphone.clock.start()  # the speaker's
        opened: list[FileMicrophone] = []

        def open_microphone() -> FileMicrophone:
            opened.append(FileMicrophone(np.concatenate([silence(0.5), question, silence(1.5)])))
            return opened[-1]

        listening = asyncio.create_task(room.listener.run(open_microphone))
        await asyncio.sleep(0.2)
        room.ways_in.mute(True)
        await asyncio.sleep(5.0)
        assert (len(opened), opened[0].heard_until < asyncio.get_running_loop().time() - 4) == (1, True)
        assert not stage.of(events.SpeechStarted)
        room.ways_in.mute(False)
        await stage.until(events.TurnFinished)
        assert len(opened) == 2
        room.ways_in.end()
        await listening
        states = [event.state for event in stage.of(events.ListeningChanged)]
        assert states == ["listening", "muted", "listening", "off"]

    run_virtual(main())


def test_muting_drops_what_was_being_said_and_leaves_the_answer_alone(question: Samples) -> None:
    async def main() -> None:
        stage = Stage(lambda q: "word " * 40)
        room = WaysRoom(stage, [silence(0.5), question, silence(1.0), question, silence(3.0)], ["one"], "hands-free")
        room.at(room.starts_s[2] + 0.8, room.ways_in.mute, True)
        holding = asyncio.create_task(room.listener.run(lambda: room.microphone))
        await stage.until(events.TurnFinished)
        assert stage.one(events.TurnFinished).final.split() == ["word"] * 40
        room.ways_in.end()
        await holding
        assert committed(stage) == ["one"]

    run_virtual(main())
