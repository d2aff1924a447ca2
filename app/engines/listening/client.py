"""The main process's side of the listening engine: typed calls over a worker, and none at all while it is quiet."""

from __future__ import annotations

from dataclasses import replace

from app.engines.listening.base import ListeningInfo, Samples, Wake
from app.engines.listening.gate import EnergyGate
from app.engines.worker.api import Calls


class ListeningClient:
    """A listening engine in a worker. See `Listening` for what each call means and raises."""

    def __init__(self, worker: Calls) -> None:
        self.worker = worker
        self._gate = EnergyGate()

    async def info(self, generation: int) -> ListeningInfo:
        info: ListeningInfo = await self.worker.call("info", generation=generation)
        return info

    async def wake(self, samples: Samples, generation: int) -> tuple[Wake, ...]:
        """The wake words found with this piece of the stream; `at_s` counts from `reset`. Silence asks nobody.

        One call after the other, in the order of the sound.
        """
        heard = self._gate.push(samples)
        if not heard.size:
            return ()
        skipped_s = self._gate.skipped_s  # before waiting: that is what lies before this piece
        found: tuple[Wake, ...] = await self.worker.call("wake", heard, generation=generation)
        return tuple(replace(wake, at_s=round(wake.at_s + skipped_s, 3)) for wake in found)

    async def speech_probability(self, samples: Samples, generation: int) -> list[float]:
        found: list[float] = await self.worker.call("speech_probability", samples, generation=generation)
        return found

    async def turn_probability(self, samples: Samples, generation: int) -> float | None:
        probability: float | None = await self.worker.call("turn_probability", samples, generation=generation)
        return probability

    async def reset(self, generation: int) -> None:
        """Begin new streams; times count from here."""
        self._gate.reset()
        await self.worker.call("reset", generation=generation)
