"""A planner that does what none should, for `planner_faults` and the tests. Runs in a worker; it loads no model."""

from __future__ import annotations

import itertools
import random
from collections.abc import Generator
from typing import Literal

from app.engines.job import Job
from app.engines.language.base import Delta, Generated, GenerateRequest, LanguageInfo, Message, Warmed

FAULTY = "app.bench.faulty_planner:FaultyPlanner"

Fault = Literal["hangs", "talks rubbish"]


def rubbish(number: int) -> str:
    """One of many kinds, always the same for a number."""
    draw = random.Random(number)
    noise = draw.randbytes(400)
    kinds = (
        noise.decode("latin-1"),
        noise.decode("utf-8", "surrogateescape"),
        noise.decode("utf-8", "replace"),
        "",
        "   \n\t ",
        "\0" * 50,
        "No! " * 2500,
        "x" * 10_000,
        '{"verdict": "correct", "text": ',
        '{"verdict": 7, "text": null}',
        '{"verdict": "correct", "confidence": 1e999, "answer": ["no"]}',
        "[" * 5000,
        '{"tool": "rm", "arguments": {"path": "/"}}',
        "null",
        "<think>" * 100,
        "```json\n{}\n```",
        f"No, it is {draw.randrange(10**6)}.",
    )
    return kinds[number % len(kinds)]


class FaultyPlanner:
    """A language engine. fault: "hangs" keeps a core busy and never answers nor listens; "talks rubbish" answers."""

    def __init__(self, *, fault: Fault) -> None:
        self._fault = fault
        self._numbers = itertools.count()

    def info(self, job: Job) -> LanguageInfo:
        return LanguageInfo(name="faulty", engine="faulty", source="", context=4096)

    def count_tokens(self, messages: tuple[Message, ...], job: Job) -> int:
        return sum(len(message.content.split()) + 3 for message in messages)

    def generate(self, request: GenerateRequest, job: Job) -> Generator[Delta, None, Generated]:
        while self._fault == "hangs":
            pass
        text = rubbish(next(self._numbers))
        yield Delta(text, 1)
        return Generated(
            text=text,
            thinking="",
            finish="stop",
            prompt_tokens=1,
            cached_tokens=0,
            tokens=1,
            first_token_ms=1.0,
            elapsed_ms=1.0,
            tokens_per_s=None,
        )

    def warm(self, messages: tuple[Message, ...], job: Job) -> Warmed:
        return Warmed(prompt_tokens=0, cached_tokens=0, elapsed_ms=0.0)

    def tokenize(self, text: str, job: Job) -> list[int]:
        return []

    def embed(self, texts: tuple[str, ...], job: Job) -> list[list[float]]:
        return []

    def stats(self, job: Job) -> dict[str, float]:
        return {}

    def close(self) -> None:
        return
