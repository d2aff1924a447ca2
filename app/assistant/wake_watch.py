"""Waits for the wake word: the listener gives it every hop while nobody is awake, and gets the sound since the word.

Hops are gathered to pieces, one call to the worker at a time; sound goes on coming meanwhile. Once somebody woke, it
rests until `watch` is called again. Decides nothing about who is heard (see `app.assistant.attention`).
"""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from collections.abc import Callable

import numpy as np

from app.audio.base import SAMPLE_RATE, Samples
from app.engines.listening.base import Wake
from app.engines.listening.client import ListeningClient
from app.errors import Cancelled, DuetError

log = logging.getLogger(__name__)

PIECE = SAMPLE_RATE // 10
"""Samples that are handed over at once: the word is answered 0.1 s later at most, for a tenth of the messages."""

KEPT_S = 3.0
"""Sound that is kept for after the word: what the models take to answer (0.3 s) and what a busy machine adds."""

LONGEST_WAIT_S = 5.0
"""Sound that waits for a worker which loads or is away; older sound is given up."""

RETRY_S = 10.0
"""After a failure nothing is asked for so long."""


class WakeWatch:
    """One microphone's wait for the wake word, on the running loop.

    listening: the client of now, which another way in may replace; None where there is none.
    woken: called once for each word with what was heard, its end in seconds of the source (`at_s`), and the sound
        from there to now. It is called between two hops.
    failed: called with a sentence when the wake word cannot be listened for; it is tried again after `RETRY_S`.
    """

    def __init__(
        self,
        listening: Callable[[], ListeningClient | None],
        woken: Callable[[Wake, Samples], None],
        failed: Callable[[str], None],
    ) -> None:
        self._listening = listening
        self._woken = woken
        self._failed = failed
        self._clock = asyncio.get_running_loop().time
        self._watching = False
        self._begun_s: float | None = None
        self._now_s = 0.0
        self._kept: deque[Samples] = deque()
        self._kept_samples = 0
        self._pending: list[Samples] = []
        self._pending_samples = 0
        self._task: asyncio.Task[None] | None = None
        self._round = 0
        self._streaming: tuple[ListeningClient, int] | None = None
        self._not_before = 0.0

    @property
    def watching(self) -> bool:
        return self._watching

    def watch(self, on: bool) -> None:
        """Begin to wait, in a stream of its own, or cease to; what was asked until now is forgotten."""
        if on == self._watching:
            return
        self._watching = on
        self._begin_anew()

    def push(self, hop: Samples, at_s: float) -> None:
        """The next hop of the source, which begins at `at_s` seconds. Nothing happens while it rests."""
        if not self._watching:
            return
        if self._begun_s is None:
            self._begun_s = at_s
        self._now_s = at_s + hop.size / SAMPLE_RATE
        self._kept.append(hop)
        self._pending.append(hop)
        self._kept_samples += hop.size
        self._pending_samples += hop.size
        while self._kept_samples > KEPT_S * SAMPLE_RATE:
            self._kept_samples -= self._kept.popleft().size
        if self._pending_samples > LONGEST_WAIT_S * SAMPLE_RATE:
            self._begin_anew()
        elif self._pending_samples >= PIECE and self._task is None and self._clock() >= self._not_before:
            self._task = asyncio.create_task(self._ask())
            self._task.add_done_callback(self._done)

    async def close(self) -> None:
        """Cease, and wait until nothing is asked any more."""
        self.watch(False)
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    def _begin_anew(self) -> None:
        """What comes next is a stream of its own, and what was asked before counts no more."""
        self._round += 1
        self._begun_s = None
        self._kept.clear()
        self._kept_samples = 0
        self._take_pending()

    def _take_pending(self) -> list[Samples]:
        pending, self._pending, self._pending_samples = self._pending, [], 0
        return pending

    async def _ask(self) -> None:
        """Hand over what has come, until less than a piece waits."""
        listening = self._listening()
        while self._watching and self._pending_samples >= PIECE:
            current = self._round
            if listening is None:
                self._take_pending()
            elif (listening, current) != self._streaming:
                await listening.reset(0)
                self._streaming = (listening, current)
            else:
                begun_s, piece = self._begun_s, np.concatenate(self._take_pending())
                found = await listening.wake(piece, 0)
                if found and current == self._round and begun_s is not None:
                    self._wake(found[-1], begun_s)

    def _wake(self, wake: Wake, begun_s: float) -> None:
        at_s = begun_s + wake.at_s
        length = min(max(0, round((self._now_s - at_s) * SAMPLE_RATE)), self._kept_samples)
        since = np.concatenate([np.zeros(0, np.float32), *self._kept])
        since = since[since.size - length :]
        self.watch(False)
        self._woken(Wake(wake.word, round(at_s, 3), wake.probability), since)

    def _done(self, task: asyncio.Task[None]) -> None:
        self._task = None
        if task.cancelled():
            return
        error = task.exception()
        if error is None or isinstance(error, Cancelled):
            return
        self._not_before = self._clock() + RETRY_S
        self._begin_anew()
        if isinstance(error, DuetError):
            self._failed(str(error))
        else:
            log.error("the wake word could not be listened for", exc_info=error)
            self._failed("The wake word is not listened for by a mistake in Duet; details are in the log.")
