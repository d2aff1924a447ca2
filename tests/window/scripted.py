"""A session with scripted words and the events of a real turn, in their real order and off the GUI thread."""

from __future__ import annotations

import asyncio
import itertools
import time
from collections.abc import AsyncIterator, Callable, Coroutine, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Literal

from app.assistant.attention import Attention
from app.assistant.ways_in import WaysIn
from app.audio.selftest import Finding
from app.errors import BadInput, DuetError, EngineUnavailable
from app.events import (
    AnswerFinished,
    AnswerKept,
    ConsentAsked,
    ConsentSettled,
    Event,
    EventBus,
    FirstToken,
    Interrupted,
    PartialTranscript,
    PlanMade,
    PlannerStarted,
    PlaybackStarted,
    Refined,
    SendingSettled,
    SpeechEnded,
    SpeechStarted,
    TokensArrived,
    ToolCalled,
    ToolReturned,
    TranscriptReady,
    TurnCommitted,
    TurnFinished,
    VerdictName,
    WorkerState,
    WorkerStateChanged,
)
from app.settings import WayIn
from app.store import calls
from app.store.calls import ToolCall

MODEL = "SmolLM2-135M-Instruct"


@dataclass(kw_only=True)
class Reply:
    """What is answered. `pace_s` is the pause between tokens; `planner_s` how long the planner thinks.

    tool: a command is obeyed by it and by no model. asks: the user is asked first. looks_up: the planner uses it.
    """

    answer: str
    verdict: VerdictName = "agree"
    refinement: str = ""
    why: str = "both say the same"
    failed: str | None = None
    tool: str = ""
    asks: bool = False
    looks_up: str = ""
    pace_s: float = 0.001
    planner_s: float = 0.01


@dataclass(kw_only=True)
class Row:
    id: str
    conversation: str
    source: str
    text: str
    state: str = "answering"
    answer: str = ""
    answer_model: str = MODEL
    first_token_ms: float | None = None
    verdict: str | None = None
    refinement: str = ""
    refinement_model: str | None = None
    refinement_ms: float | None = None
    refinement_why: str = ""
    tools: tuple[str, ...] = ()
    calls: tuple[ToolCall, ...] = ()
    kept: str = ""


@dataclass(kw_only=True)
class Conversation:
    id: str
    title: str
    updated_at: str
    turns: int


@dataclass
class Kept:
    """A history in memory with the shape of the store's."""

    rows: dict[str, list[Row]] = field(default_factory=dict)

    def conversations(self, limit: int = 200) -> list[Conversation]:
        now = datetime.now(UTC).isoformat()
        found = [
            Conversation(id=id, title=rows[0].text[:40] if rows else "", updated_at=now, turns=len(rows))
            for id, rows in self.rows.items()
        ]
        return found[::-1][:limit]

    def turns(self, conversation: str) -> list[Row]:
        return list(self.rows[conversation])


@dataclass
class View:
    model: str
    state: WorkerState
    cause: str | None = None


class ScriptedSession:
    """Answers with `replies`, one after the other, the last one for ever."""

    def __init__(self, *replies: Reply, problem: str | None = None) -> None:
        self.bus = EventBus()
        self.store = Kept()
        self.replies = list(replies)
        self.problem = problem
        self.conversation = ""
        self.closed = False
        self.workers = {
            "fast": View(MODEL, "ready"),
            "planner": View(MODEL, "ready"),
            "hearing": View("en-us", "ready"),
            "voice": View("espeak-ng, English", "ready"),
        }
        self._ids = itertools.count(1)
        self._running: asyncio.Task[None] | None = None
        self._heard = asyncio.Event()
        self.loop: asyncio.AbstractEventLoop | None = None
        self.ways_in: WaysIn | None = None
        self.attention = Attention()
        self.keys: list[bool] = []
        self.settled: list[tuple[str, bool]] = []
        self.pending: tuple[str, str] | None = None
        self.planner = True
        self.planner_problem: DuetError | None = None
        self.stopped = 0
        self.test_goes_on = asyncio.Event()
        self.way_in_problem: DuetError | None = None

    @asynccontextmanager
    async def open(self) -> AsyncIterator[ScriptedSession]:
        self.loop = asyncio.get_running_loop()
        self.ways_in = WaysIn(self.attention, self.bus)
        try:
            yield self
        finally:
            self.closed = True

    # -- the session's protocol --------------------------------------------------------------------------------

    def select(self, conversation: str) -> None:
        self.conversation = conversation

    def new_conversation(self) -> str:
        self.conversation = f"c{next(self._ids)}"
        self.store.rows[self.conversation] = []
        return self.conversation

    async def ask(self, text: str, *, conversation: str, planner: bool | None = None) -> object:
        await self._turn(text, conversation, "typed", planner=self.planner if planner is None else planner)
        return None

    def allow_server(self, server: str, allowed: bool) -> None:
        self.settled.append((server, allowed))
        self.bus.emit(SendingSettled(server=server, allowed=allowed))

    async def think_again(self, turn: str) -> object:
        row = self._row(turn)
        if row is not [*self.store.rows[self.conversation]][-1]:
            raise BadInput("Only the last answer can be thought over again.")
        row.kept = ""
        await self._to_the_end(self._think(turn, row, self._next()))
        self.bus.emit(TurnFinished(turn=turn, final=row.refinement or row.answer, marks_ms={}))
        return None

    async def keep(self, turn: str, which: Literal["first", "refined"]) -> object:
        row = self._row(turn)
        if not row.refinement:
            raise BadInput("This turn has no second answer to choose from.")
        row.kept = which
        final = row.answer if which == "first" else row.refinement
        self.bus.emit(AnswerKept(turn=turn, kept=which, final=final))
        return None

    async def allow(self, allowed: bool) -> object | None:
        if self.pending is None:
            return None
        await self._turn("Yes" if allowed else "No", self.conversation, "typed", allowed=allowed, planner=False)
        return True

    async def use_planner(self, wanted: bool) -> None:
        if self.planner_problem:
            raise self.planner_problem
        self.planner = wanted

    def stop(self) -> None:
        self.stopped += 1
        if self._running is not None:
            self._running.cancel()

    async def listen(self) -> None:
        if self.problem:
            raise EngineUnavailable(self.problem)
        assert self.ways_in is not None
        self._heard = asyncio.Event()
        self.ways_in.begin()
        try:
            await self._heard.wait()
        finally:
            self.ways_in.end()

    async def stop_listening(self) -> None:
        self._heard.set()

    def mute(self, muted: bool) -> None:
        assert self.ways_in is not None
        self.ways_in.mute(muted)

    def key(self, down: bool) -> None:
        assert self.ways_in is not None
        self.keys.append(down)
        self.ways_in.key(down)

    async def choose_way_in(self, way_in: WayIn, wake_words: str) -> None:
        assert self.ways_in is not None
        if self.way_in_problem:
            raise self.way_in_problem
        self.ways_in.choose(way_in)

    async def delete(self, conversation: str) -> None:
        self.stop()
        del self.store.rows[conversation]

    async def test_sound(self, progress: Callable[[str, float], object]) -> Sequence[Finding]:
        progress("listen", 4.0)
        await self.test_goes_on.wait()
        return (
            Finding(name="microphone", ok=True, detail="you were heard well"),
            Finding(name="speaker", ok=False, detail="nothing came back", mend="Turn it up."),
        )

    def sound_problem(self) -> str | None:
        return self.problem

    # -- what tests make happen, from any thread ---------------------------------------------------------------

    def emit(self, *events: Event) -> None:
        """Emit on the assistant's loop."""
        assert self.loop is not None
        for event in events:
            self.loop.call_soon_threadsafe(self.bus.emit, event)

    def change_worker(self, name: str, state: WorkerState, cause: str | None = None) -> None:
        view = self.workers[name]
        view.state, view.cause = state, cause
        self.emit(WorkerStateChanged(worker=name, state=state, model=view.model, cause=cause))

    def speak(self, text: str) -> None:
        """The user says `text` into the microphone."""
        assert self.loop is not None
        asyncio.run_coroutine_threadsafe(self._turn(text, self.conversation, "sphinx"), self.loop)

    # -- a turn ------------------------------------------------------------------------------------------------

    def _next(self) -> Reply:
        return self.replies[0] if len(self.replies) == 1 else self.replies.pop(0)

    def _row(self, turn: str) -> Row:
        return next(row for rows in self.store.rows.values() for row in rows if row.id == turn)

    async def _turn(
        self, text: str, conversation: str, source: str, *, allowed: bool | None = None, planner: bool = True
    ) -> None:
        turn = f"t{next(self._ids)}"
        reply = self._next()
        if source != "typed":
            await self._hear(turn, text)
        row = Row(id=turn, conversation=conversation, source=source, text=text)
        self.store.rows[conversation].append(row)
        emit = self.bus.emit
        self._settle(allowed)
        emit(TranscriptReady(turn=turn, text=text, source=source))
        emit(TurnCommitted(turn=turn, conversation=conversation, text=text, source=source))
        emit(PlanMade(turn=turn, role="dialogue", fast=MODEL, planner=MODEL, chain=(), why="the only role",
                      expected_p50_ms=None, expected_p95_ms=None))  # fmt: skip
        if not await self._to_the_end(self._answer(turn, row, reply, planner)):
            row.state = "interrupted"
            emit(Interrupted(turn=turn, heard=row.answer, by="stop"))
            emit(
                AnswerFinished(turn=turn, text=row.answer, model=MODEL, tokens=1, first_token_ms=1.0, tokens_per_s=1.0)
            )
        emit(TurnFinished(turn=turn, final=row.refinement or row.answer, marks_ms={"committed": 0.0}))

    async def _to_the_end(self, work: Coroutine[object, object, None]) -> bool:
        """Whether `work` came to its end; False if it was stopped."""
        self._running = asyncio.ensure_future(work)
        try:
            await self._running
        except asyncio.CancelledError:
            return False
        return True

    async def _hear(self, turn: str, text: str) -> None:
        self.bus.emit(SpeechStarted(turn=turn, at_s=0.5))
        await asyncio.sleep(0.02)
        self.bus.emit(PartialTranscript(turn=turn, text=text.split()[0]))
        await asyncio.sleep(0.02)
        self.bus.emit(SpeechEnded(turn=turn, at_s=1.5))

    async def _answer(self, turn: str, row: Row, reply: Reply, planner: bool) -> None:
        emit, began = self.bus.emit, time.monotonic()
        row.answer_model = "reflex" if reply.tool else MODEL
        if reply.tool:
            self._obey(turn, row, reply)
        if reply.failed is None:
            for number, word in enumerate(reply.answer.split(" ")):
                await asyncio.sleep(reply.pace_s)
                if number == 0:
                    row.first_token_ms = (time.monotonic() - began) * 1000
                    emit(FirstToken(turn=turn, after_ms=row.first_token_ms, model=row.answer_model))
                piece = word if number == 0 else " " + word
                row.answer += piece
                emit(TokensArrived(turn=turn, text=piece, tokens=number + 1))
        row.answer, row.state = reply.answer, "failed" if reply.failed else "done"
        if row.source != "typed":
            emit(PlaybackStarted(turn=turn))
        emit(AnswerFinished(turn=turn, text=reply.answer, model=row.answer_model, tokens=len(reply.answer.split()),
                            first_token_ms=row.first_token_ms, tokens_per_s=200.0, failed=reply.failed))  # fmt: skip
        if reply.tool or not planner:
            self._refine(turn, row, Reply(answer="", verdict="skipped", why="nobody was asked", planner_s=0.0))
        elif reply.failed is None:
            await self._think(turn, row, reply)

    async def _think(self, turn: str, row: Row, reply: Reply) -> None:
        self._tell(row, PlannerStarted(turn=turn, model=MODEL))
        if reply.looks_up:
            self._run_tool(row, ToolCalled(turn=turn, call=f"p{next(self._ids)}", tool=reply.looks_up,
                                           arguments={"expression": "17% of 2340"}, by="planner"))  # fmt: skip
        await asyncio.sleep(reply.planner_s)
        self._refine(turn, row, reply)

    def _refine(self, turn: str, row: Row, reply: Reply) -> None:
        row.verdict, row.refinement, row.refinement_why = reply.verdict, reply.refinement, reply.why
        row.refinement_model, row.refinement_ms = MODEL, reply.planner_s * 1000
        row.tools = (reply.looks_up,) if reply.looks_up else ()
        self.bus.emit(Refined(turn=turn, verdict=reply.verdict, text=reply.refinement, model=MODEL,
                              elapsed_ms=reply.planner_s * 1000, why=reply.why, tools=row.tools))  # fmt: skip

    # -- tools -------------------------------------------------------------------------------------------------

    def _tell(self, row: Row, event: Event) -> None:
        """Emit, and keep it with the turn as the recorder does."""
        row.calls = calls.folded(row.calls, event)
        self.bus.emit(event)

    def _obey(self, turn: str, row: Row, reply: Reply) -> None:
        call = f"r{next(self._ids)}"
        if reply.asks:
            self.pending = (turn, call)
            self._tell(row, ConsentAsked(turn=turn, call=call, tool=reply.tool, arguments={}, question=reply.answer))
        else:
            self._run_tool(row, ToolCalled(turn=turn, call=call, tool=reply.tool, arguments={}, by="reflex"))

    def _run_tool(self, row: Row, event: ToolCalled) -> None:
        self._tell(row, event)
        self._tell(row, ToolReturned(turn=event.turn, call=event.call, tool=event.tool, text="It is 397.8.",
                                     error=None, elapsed_ms=2.0))  # fmt: skip

    def _settle(self, allowed: bool | None) -> None:
        if self.pending is not None:
            (turn, call), self.pending = self.pending, None
            self._tell(self._row(turn), ConsentSettled(turn=turn, call=call, allowed=allowed))
