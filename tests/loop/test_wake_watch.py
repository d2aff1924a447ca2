"""The wait for the wake word on virtual time: what the worker is asked, when it wakes, and the sound that is kept."""

from __future__ import annotations

import asyncio
from typing import Any

import numpy as np
import pytest

from app.assistant.wake_watch import KEPT_S, WakeWatch
from app.audio.base import HOP, SAMPLE_RATE, Samples
from app.engines.listening.base import Wake
from app.engines.listening.client import ListeningClient
from app.errors import WorkerDied
from tests.loop.scripted import ScriptedWorker
from tests.loop.virtual_time import run_virtual

HOP_S = HOP / SAMPLE_RATE
LAG_S = 0.25
"""How long after the word's end the scripted worker answers."""


class ScriptedListening(ScriptedWorker):
    """Hears a word that ends at each of `ends_s` of the stream, `LAG_S` late; takes `takes_s` for each call."""

    def __init__(self, *ends_s: float, takes_s: float = 0.005) -> None:
        super().__init__("listening", "hey_jarvis")
        self.ends_s, self.takes_s = ends_s, takes_s
        self.resets = self.at_once = 0
        self.heard: list[Samples] = []
        self.fails = False

    async def call(self, method: str, *args: Any, generation: int) -> Any:
        self.at_once += 1
        assert self.at_once == 1, "two calls at once"
        await asyncio.sleep(self.takes_s)
        self.at_once -= 1
        if self.fails:
            raise WorkerDied("The listening worker was killed.")
        if method == "reset":
            self.resets += 1
            self.heard = []
            return None
        before = self.seconds
        self.heard.append(args[0])
        return tuple(Wake("hey_jarvis", end, 0.99) for end in self.ends_s if before < end + LAG_S <= self.seconds)

    @property
    def seconds(self) -> float:
        return sum(piece.size for piece in self.heard) / SAMPLE_RATE


class Room:
    """A source whose samples count themselves, so that what comes out can be told, given hop by hop in real time."""

    def __init__(self, worker: ScriptedListening | None) -> None:
        self.woken: list[tuple[Wake, Samples]] = []
        self.failures: list[str] = []
        self.client = ListeningClient(worker) if worker else None
        self.watch = WakeWatch(lambda: self.client, lambda *what: self.woken.append(what), self.failures.append)
        self.at_s = 100.0
        self.watch.watch(True)

    async def play(self, seconds: float) -> None:
        for _ in range(round(seconds / HOP_S)):
            start = round(self.at_s * SAMPLE_RATE)
            # Loud enough for the gate; each value tells its place, modulo ten seconds.
            hop = (np.arange(start, start + HOP) % (10 * SAMPLE_RATE)).astype(np.float32) / (10 * SAMPLE_RATE)
            self.watch.push(np.where(np.arange(HOP) % 2, hop, -hop).astype(np.float32), self.at_s)
            self.at_s += HOP_S
            await asyncio.sleep(HOP_S)


def test_the_word_wakes_once_and_the_sound_since_its_end_is_given() -> None:
    async def main() -> None:
        room = Room(worker := ScriptedListening(2.0))
        await room.play(5.0)
        ((wake, since),) = room.woken
        assert (wake.word, wake.at_s) == ("hey_jarvis", pytest.approx(102.0))
        # The answer is LAG_S late, and a piece later still: no more than that has passed.
        assert LAG_S <= since.size / SAMPLE_RATE <= LAG_S + 0.15
        first = round(102.0 * SAMPLE_RATE) % (10 * SAMPLE_RATE) / (10 * SAMPLE_RATE)
        assert abs(since[0]) == pytest.approx(first, abs=2 / (10 * SAMPLE_RATE))
        assert not room.watch.watching
        assert worker.seconds == pytest.approx(2.3, abs=0.1)  # it rests: nothing is asked any more
        await room.watch.close()

    run_virtual(main())


def test_each_wait_is_a_stream_of_its_own() -> None:
    async def main() -> None:
        room = Room(worker := ScriptedListening(1.0))
        await room.play(2.0)
        await room.play(3.0)
        room.watch.watch(True)
        await room.play(2.0)
        assert [wake.at_s for wake, _ in room.woken] == [pytest.approx(101.0), pytest.approx(106.0)]
        assert worker.resets == 2
        await room.watch.close()

    run_virtual(main())


def test_a_word_that_was_asked_for_before_a_new_wait_wakes_nobody() -> None:
    async def main() -> None:
        room = Room(worker := ScriptedListening(0.5, takes_s=0.8))
        await room.play(1.5)  # the reset took 0.8 s; what came meanwhile has been asked for
        assert worker.resets == 1
        room.watch.watch(False)
        room.watch.watch(True)
        await room.play(0.8)
        assert room.woken == []
        await room.watch.close()

    run_virtual(main())


def test_a_slow_worker_is_asked_once_at_a_time_and_loses_nothing() -> None:
    async def main() -> None:
        room = Room(worker := ScriptedListening(6.0, takes_s=0.7))
        await room.play(9.0)
        ((wake, since),) = room.woken
        assert wake.at_s == pytest.approx(106.0)
        assert since.size / SAMPLE_RATE <= KEPT_S
        assert worker.resets == 1
        await room.watch.close()

    run_virtual(main())


def test_a_worker_that_is_away_too_long_begins_anew_with_the_true_time() -> None:
    async def main() -> None:
        room = Room(worker := ScriptedListening(1.0, takes_s=20.0))
        await room.play(12.0)
        worker.takes_s = 0.005
        await room.play(20.0)
        ((wake, _),) = room.woken
        assert wake.at_s - 100.0 > 1.0
        assert wake.at_s < room.at_s
        await room.watch.close()

    run_virtual(main())


def test_a_failure_is_told_once_and_the_wait_goes_on_later() -> None:
    async def main() -> None:
        room = Room(worker := ScriptedListening(1.0))
        worker.fails = True
        await room.play(5.0)
        assert room.failures == ["The listening worker was killed."]
        worker.fails = False
        await room.play(12.0)
        assert len(room.woken) == 1
        assert len(room.failures) == 1
        await room.watch.close()

    run_virtual(main())


def test_without_a_client_nothing_happens_until_there_is_one() -> None:
    async def main() -> None:
        room = Room(None)
        await room.play(3.0)
        assert room.woken == []
        room.client = ListeningClient(ScriptedListening(1.0))
        await room.play(3.0)
        assert len(room.woken) == 1
        await room.watch.close()

    run_virtual(main())


def test_closing_ends_what_is_asked() -> None:
    async def main() -> None:
        room = Room(ScriptedListening(takes_s=50.0))
        await room.play(1.0)
        await room.watch.close()
        await room.play(1.0)
        assert asyncio.all_tasks() == {asyncio.current_task()}

    run_virtual(main())
