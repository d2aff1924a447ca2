"""One llama.cpp context and what its memory (the KV cache) holds: prefix reuse, batches, and going on after an abort.

`tokens` is exactly what the memory holds, also after a batch was aborted or an exception left in the middle. Knows
nothing of text, templates or sampling.
"""

from __future__ import annotations

import ctypes
import itertools
import logging
from collections.abc import Sequence
from time import perf_counter
from typing import Any

import llama_cpp.llama_cpp as ll

from app.engines.language.clock import WorkClock
from app.engines.language.native import ABORT_IF_RAISED, last_errors
from app.engines.language.threads import ThreadTuner
from app.errors import EngineUnavailable

log = logging.getLogger(__name__)

_ABORTED = 2


class DeadlinePassed(Exception):
    """The request's deadline passed during prefill; what was decoded stays in the memory."""


class Decoder:
    """Decodes tokens into one sequence.

    context: a llama_context. rolls_back: False for recurrent and hybrid models, whose memory cannot forget its end.
    batch: tokens per batch; an abort loses at most one. evaluated: tokens given to the network so far, those of aborted
    batches included. tuner: chooses the threads of single tokens.
    """

    def __init__(self, context: Any, *, batch: int, rolls_back: bool, tuner: ThreadTuner | None = None) -> None:
        self.context = context
        self.tokens: list[int] = []
        self.evaluated = 0
        self._memory = ll.llama_get_memory(context)
        self._rolls_back = rolls_back
        self._batch = batch
        self._buffer = (ll.llama_token * batch)()
        self._tuner = tuner
        self._most_threads = int(ll.llama_n_threads_batch(context))
        self._single = ll.llama_batch_get_one(self._buffer, 1)

    def obey(self, stop_flag: int) -> None:
        """From now on native code stops at the next graph node when the flag at this address is raised."""
        ll.llama_set_abort_callback(self.context, ABORT_IF_RAISED, ctypes.c_void_p(stop_flag))

    def forget(self) -> None:
        """Empty the memory."""
        ll.llama_memory_clear(self._memory, True)
        self.tokens.clear()

    def keep_common(self, prompt: Sequence[int]) -> int:
        """Keep what the memory shares with `prompt`, but not the prompt's last token; the number of tokens kept.

        The last token is always decoded anew, because its logits choose the first token of the answer.
        """
        common = common_prefix(self.tokens, prompt)
        self._truncate(min(common, len(prompt) - 1))
        return len(self.tokens)

    def prefill(self, prompt: Sequence[int], clock: WorkClock) -> None:
        """Decode the rest of `prompt`, batch by batch. Raises `Cancelled` and `DeadlinePassed`."""
        self._reach(prompt, clock)

    def decode_one(self, token: int, clock: WorkClock) -> None:
        """Decode one token. Raises as `prefill` does."""
        self._buffer[0] = token
        self.evaluated += 1
        before = perf_counter()
        if ll.llama_decode(self.context, self._single) == 0:
            self.tokens.append(token)
            if self._tuner is not None and self._tuner.observe(perf_counter() - before):
                ll.llama_set_n_threads(self.context, self._tuner.threads, self._most_threads)
            return
        goal = [*self.tokens, token]
        self._truncate(len(self.tokens), dirty=True)
        self._reach(goal, clock)

    def _reach(self, goal: Sequence[int], clock: WorkClock) -> None:
        """Decode until the memory holds `goal`, of which it holds a prefix.

        An aborted batch is repeated once the job may go on; a memory that could not be rolled back is filled anew.
        """
        while len(self.tokens) < len(goal):
            clock.checkpoint()
            if clock.expired():
                raise DeadlinePassed
            done = len(self.tokens)
            part = goal[done : done + self._batch]
            self._buffer[: len(part)] = list(part)
            self.evaluated += len(part)
            code = ll.llama_decode(self.context, ll.llama_batch_get_one(self._buffer, len(part)))
            if code == 0:
                self.tokens.extend(part)
                continue
            self._truncate(done, dirty=True)
            if code != _ABORTED:
                raise EngineUnavailable(f"llama.cpp could not decode (code {code}{_because()}); try a smaller context.")

    def _truncate(self, length: int, *, dirty: bool = False) -> None:
        """Make the memory hold the first `length` of `tokens`; nothing at all if it cannot do that.

        dirty: an abort may have left more, or half of something, behind.
        """
        if length == len(self.tokens) and not dirty:
            return
        if length > 0 and self._rolls_back and ll.llama_memory_seq_rm(self._memory, 0, length, -1):
            last = ll.llama_memory_seq_pos_max(self._memory, 0)
            if last == length - 1:
                del self.tokens[length:]
                return
        self.forget()


def common_prefix(a: Sequence[int], b: Sequence[int]) -> int:
    """How many tokens both begin with."""
    return sum(1 for _ in itertools.takewhile(lambda pair: pair[0] == pair[1], zip(a, b, strict=False)))


def _because() -> str:
    cause = last_errors()
    return f": {cause}" if cause else ""
