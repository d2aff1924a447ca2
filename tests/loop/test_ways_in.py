"""The driver of attention on virtual time: what it tells on the bus, what it asks for, when the microphone turns."""

from __future__ import annotations

import asyncio

from app.assistant.attention import Attention, Reaction
from app.assistant.ways_in import WaysIn
from app.events import Event, EventBus, ListeningChanged, WakeWordHeard
from app.settings import WayIn
from tests.loop.virtual_time import run_virtual


def started(way_in: WayIn) -> tuple[WaysIn, list[Event], list[Reaction]]:
    events: list[Event] = []
    asked: list[Reaction] = []
    bus = EventBus()
    bus.subscribe(events.append)
    ways_in = WaysIn(Attention(way_in, follow_up_s=8.0), bus)
    ways_in.act = asked.append
    return ways_in, events, asked


def states(events: list[Event]) -> list[str]:
    return [event.state for event in events if isinstance(event, ListeningChanged)]


def test_the_state_is_told_at_the_beginning_also_where_it_is_off() -> None:
    async def main() -> None:
        ways_in, events, _ = started("push-to-talk")
        ways_in.begin()
        assert states(events) == ["off"]
        assert events[0].time == asyncio.get_running_loop().time()

    run_virtual(main())


def test_a_key_that_was_down_already_counts_when_the_conversation_begins() -> None:
    async def main() -> None:
        ways_in, events, asked = started("push-to-talk")
        ways_in.key(True)
        assert asked == []
        ways_in.begin()
        assert [reaction.utterance for reaction in asked] == ["open"]
        await asyncio.sleep(2.0)
        ways_in.key(False)
        assert [reaction.utterance for reaction in asked] == ["open", "close"]
        assert states(events) == ["off", "listening", "off"]

    run_virtual(main())


def test_the_wake_word_is_told_to_who_sleeps_and_the_window_closes_with_the_clock() -> None:
    async def main() -> None:
        ways_in, events, asked = started("wake-word")
        ways_in.begin()
        ways_in.wake("hey_jarvis", 3.2)
        ways_in.wake("hey_jarvis", 3.4)
        assert [event.at_s for event in events if isinstance(event, WakeWordHeard)] == [3.2]
        await asyncio.sleep(7.9)
        ways_in.advance()
        assert states(events) == ["asleep", "listening"]
        await asyncio.sleep(0.2)
        ways_in.advance()
        assert states(events) == ["asleep", "listening", "asleep"]
        assert asked == []

    run_virtual(main())


def test_who_holds_the_microphone_is_told_when_to_open_and_to_close_it() -> None:
    async def main() -> None:
        ways_in, events, asked = started("hands-free")
        held: list[tuple[float, bool]] = []

        async def follow() -> None:
            while True:
                await ways_in.microphone_changed()
                held.append((asyncio.get_running_loop().time() - began, ways_in.attention.microphone))

        began = asyncio.get_running_loop().time()
        task = asyncio.create_task(follow())
        await asyncio.sleep(1.0)
        ways_in.begin()
        await asyncio.sleep(1.0)
        ways_in.speech_began()
        ways_in.mute(True)
        await asyncio.sleep(1.0)
        ways_in.mute(False)
        await asyncio.sleep(1.0)
        ways_in.end()
        await asyncio.sleep(1.0)
        task.cancel()
        assert held == [(1.0, True), (2.0, False), (3.0, True), (4.0, False)]
        assert [reaction.utterance for reaction in asked] == ["drop"]
        assert states(events) == ["listening", "muted", "listening", "off"]

    run_virtual(main())
