"""llama-cpp-python as its documentation shows it: the yardstick that `duet bench engine` holds our engine to.

It has no cancelling, no templates' traps, no budget; it is never used to answer anyone. Times are taken inside its own
process, without any protocol between model and clock.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Any

from llama_cpp import Llama

from app.engines.job import Job
from app.engines.language.base import Message, Sampling


@dataclass(frozen=True, slots=True)
class Timed:
    """ms to the first token, and tokens/s after it."""

    first_token_ms: float
    tokens_per_s: float
    tokens: int


class PlainLlama:
    """The library's `Llama` with its defaults, but for context and threads."""

    def __init__(self, path: str, context: int, threads: int) -> None:
        # Any: its streamed chunks are typed as everything that they might be
        self._llama: Any = Llama(path, n_ctx=context, n_threads=threads, n_threads_batch=threads, verbose=False)

    def generate(self, messages: tuple[Message, ...], sampling: Sampling, job: Job) -> Timed:
        """One answer by the library's own chat call, streamed."""
        began = time.perf_counter()
        first = last = 0.0
        tokens = 0
        for part in self._llama.create_chat_completion(
            [{"role": m.role, "content": m.content} for m in messages],
            temperature=sampling.temperature,
            repeat_penalty=sampling.repeat_penalty,
            max_tokens=sampling.max_tokens,
            stream=True,
        ):
            if part["choices"][0]["delta"].get("content"):
                last = time.perf_counter()
                first = first or last
                tokens += 1
        speed = (tokens - 1) / (last - first) if tokens > 1 else 0.0
        return Timed((first - began) * 1000, speed, tokens)

    def close(self) -> None:
        self._llama.close()
