"""The bench `planner-faults`: the answers stay as they are and as quick while the planner is killed, hangs or raves.

Each question is answered without a planner and then with a faulty one, in fresh conversations; the next question comes
when the planner has had its say or has had time to do harm. The planner that is killed is the real one.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Literal, get_args

import psutil

from app.assistant.runtime import Duet
from app.bench.answers import load_questions
from app.bench.faulty_planner import FAULTY
from app.bench.interference import FIRST_TOKEN, SPEED, two_tracks, until
from app.bench.rows import Bench, Budget, Row, Samples, single
from app.engines.language.base import GenerateRequest, Message, Sampling
from app.errors import EngineUnavailable
from app.events import AnswerFinished, Event, FirstToken, Refined
from app.settings import Settings

TURNS = 50

HARM_S = 0.3
"""How long a planner may go on before the next question comes."""

PATIENCE_S = 60.0

CHANGED = Budget(limit=0.0)

Trouble = Literal["killed", "hangs", "talks rubbish"]


@dataclass(frozen=True, slots=True)
class Told:
    """What the user got of the fast track: its text, ms to the first token, tokens/s (None for a single token)."""

    text: str
    first_ms: float
    tokens_per_s: float | None


async def planner_faults(settings: Settings) -> Bench:
    """The texts must be the same; the first token has the budget of `interference`."""
    questions = [question.question for question in load_questions()][:TURNS]
    rows: list[Row] = []
    for trouble in get_args(Trouble):
        pairs = await troubled_turns(settings, trouble, questions)
        rows += fault_rows(trouble, pairs)
    return Bench(name="planner-faults", rows=tuple(rows), notes=(f"{TURNS} turns each", "baseline: no planner"))


def fault_rows(trouble: Trouble, pairs: Sequence[tuple[Told, Told]]) -> list[Row]:
    """The table of turns with a planner in trouble and the same without one."""
    first = Samples(measure=f"first token, the planner {trouble}", unit="ms")
    speed = Samples(measure=f"tokens/s, the planner {trouble}", unit="tokens/s", larger_is_better=True)
    for alone, troubled in pairs:
        first.add(troubled.first_ms, alone.first_ms)
        if alone.tokens_per_s and troubled.tokens_per_s:
            speed.add(troubled.tokens_per_s, alone.tokens_per_s)
    other = 100 * sum(alone.text != troubled.text for alone, troubled in pairs) / len(pairs)
    changed = single(f"answers changed, the planner {trouble}", other, "%", len(pairs), None, CHANGED)
    return [first.row(FIRST_TOKEN), speed.row(SPEED), changed]


async def troubled_turns(settings: Settings, trouble: Trouble, questions: Sequence[str]) -> list[tuple[Told, Told]]:
    """Each question answered without a planner and with one in trouble."""
    async with two_tracks(settings) as duet:
        worker = duet.workers["planner"]
        if trouble != "killed":
            await worker.replace(
                replace(worker.spec, engine=FAULTY, options={"fault": trouble}, model="faulty", safe=None)
            )
        await asyncio.gather(duet.ready("fast"), duet.ready("planner"))
        turns = Turns(duet)
        await turns.ask(questions[0])
        pairs = []
        for question in questions:
            alone = await turns.ask(question)
            pairs.append((alone, await turns.ask(question, trouble)))
        return pairs


class Turns:
    """Asks one question after the other, never waiting for the planner of the last."""

    def __init__(self, duet: Duet) -> None:
        self._duet = duet
        self._conversation = duet.store.new_conversation()
        self._events: list[Event] = []
        self._changed = asyncio.Event()
        self._running: asyncio.Task[None] | None = None
        duet.bus.subscribe(self._on_event)

    async def ask(self, question: str, trouble: Trouble | None = None) -> Told:
        """Answer a question in a fresh conversation, with a planner in trouble or with none."""
        self._duet.new_conversation()
        if self._running is not None:
            await self._running
        if self._duet.workers["planner"].state == "failed":
            await self._duet.workers["planner"].restart()
        await self._same_cache()
        self._events.clear()
        turn = self._duet.assistant.begin(question, self._conversation)
        self._running = asyncio.create_task(self._duet.assistant.run(turn, planner=trouble is not None))
        finished = await self._until(AnswerFinished, PATIENCE_S)
        if finished is None or not isinstance(finished, AnswerFinished):
            raise EngineUnavailable("The fast model did not answer, so nothing can be compared; try: duet doctor.")
        if trouble is not None:
            await self._suffer(trouble)
        first = next((event for event in self._events if isinstance(event, FirstToken)), None)
        after_ms = finished.first_token_ms if first is None else first.after_ms
        return Told(finished.text, after_ms or 0.0, finished.tokens_per_s)

    async def _same_cache(self) -> None:
        """Have the same in the fast model's cache before every question: in other batches logits differ in their last
        bits, and that alone can turn an answer.
        """
        fast = self._duet.assistant.parts.fast
        messages = (*fast.context.standing(), Message("user", "Say yes."))
        request = GenerateRequest(messages=messages, sampling=Sampling(max_tokens=1))
        async with fast.client.generate(request, self._duet.assistant.generation) as stream:
            async for _ in stream:
                pass

    async def _suffer(self, trouble: Trouble) -> None:
        """Wait until the planner has had its say, or has had time to do harm."""
        if trouble == "killed":
            worker = self._duet.workers["planner"]
            await until(lambda: worker.at_work or self._has(Refined))
            with suppress(psutil.NoSuchProcess):
                if worker.pid is not None:
                    psutil.Process(worker.pid).kill()
        await self._until(Refined, HARM_S)

    def _has(self, kind: type[Event]) -> bool:
        return any(isinstance(event, kind) for event in self._events)

    async def _until(self, kind: type[Event], patience_s: float) -> Event | None:
        """The first event of that kind in this turn; None when it did not come in time."""
        try:
            async with asyncio.timeout(patience_s):
                while not self._has(kind):
                    self._changed.clear()
                    await self._changed.wait()
        except TimeoutError:
            return None
        return next(event for event in self._events if isinstance(event, kind))

    def _on_event(self, event: Event) -> None:
        self._events.append(event)
        self._changed.set()
