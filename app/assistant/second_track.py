"""The planner's track of a turn: it thinks the question over when nobody above it needs the cores, and has its say."""

from __future__ import annotations

import logging

from app.assistant.chain import Chain
from app.assistant.compute import Cores
from app.assistant.parts import Track
from app.assistant.planner import Refinement, draws, think_again
from app.assistant.turn import LiveTurn
from app.errors import DuetError
from app.events import PlannerPaused, PlannerResumed, PlannerStarted, Refined

log = logging.getLogger(__name__)


class SecondTrack:
    """Thinks over one turn at a time. `cores` pauses it; it tells so while it is at work."""

    def __init__(self) -> None:
        self.cores = Cores(self._paused, self._resumed)
        self._turn: LiveTurn | None = None

    async def think(self, turn: LiveTurn, planner: Chain | None, why_none: str, fast_model: str) -> None:
        """Give the turn its verdict, and what follows from it. Raises `Cancelled` when the turn became void."""
        started = turn.clock()
        model = None
        if planner is None:
            result = Refinement(verdict="skipped", text="", why=why_none, confidence=1.0)
        else:
            turn.mark("planner_started")
            result, model = await self._ask(turn, planner, fast_model)
        turn.mark("refined")
        if result.verdict in ("add", "correct"):
            turn.exchange.refined, turn.exchange.corrected = result.text, result.verdict == "correct"
            if result.verdict == "correct" and turn.speech is not None:
                turn.speech.add(f"Correction: {result.text}")
        turn.tell(
            Refined,
            verdict=result.verdict,
            text=result.text,
            model=model,
            why=result.why,
            elapsed_ms=(turn.clock() - started) * 1000,
        )

    async def _ask(self, turn: LiveTurn, planner: Chain, fast_model: str) -> tuple[Refinement, str]:
        """What comes of it, and whose work it is."""
        model = planner.model

        async def attempt(track: Track, first_token_s: float | None) -> Refinement:
            nonlocal model
            model = track.model
            turn.tell(PlannerStarted, model=model)
            return await self._think(turn, track, fast_model)

        try:
            return await planner.through(attempt, turn.tell), model
        except DuetError as error:
            log.warning("the planner failed: %s", error)
            return Refinement(verdict="failed", text="", why=str(error), confidence=0.0), model

    async def _think(self, turn: LiveTurn, planner: Track, fast_model: str) -> Refinement:
        self._turn = turn
        self.cores.lower = planner.client.worker
        if self.cores.taken:
            planner.client.worker.pause()
        try:
            same_model = planner.model == fast_model
            if same_model:
                attempts = await planner.in_other_words(turn.earlier, turn.text, turn.generation)
            else:
                messages, sampling = await planner.assemble(turn.earlier, turn.text, turn.generation)
                attempts = draws(messages, sampling, planner.thoughts)
            return await think_again(
                planner.client,
                attempts,
                turn.text,
                "" if turn.failed else turn.answer,
                same_model=same_model,
                generation=turn.generation,
                deadline_s=planner.deadline_s,
                clock=turn.clock,
            )
        finally:
            if self._turn is turn:
                self._turn = None

    def _paused(self, by: str) -> None:
        if self._turn is not None:
            self._turn.tell(PlannerPaused, by=by)

    def _resumed(self) -> None:
        if self._turn is not None:
            self._turn.tell(PlannerResumed)
