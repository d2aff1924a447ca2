"""The planner's track of a turn: it thinks the question over when nobody above it needs the cores, and has its say."""

from __future__ import annotations

import logging

from app.assistant.compute import Cores, Lower
from app.assistant.parts import Track
from app.assistant.planner import Refinement, draws, think_again
from app.assistant.turn import LiveTurn
from app.errors import Cancelled, DuetError
from app.events import PlannerPaused, PlannerResumed, PlannerStarted, Refined

log = logging.getLogger(__name__)


class SecondTrack:
    """Thinks over one turn at a time. `cores` pauses it; it tells so while it is at work."""

    def __init__(self) -> None:
        self.cores = Cores(self._paused, self._resumed)
        self._turn: LiveTurn | None = None

    async def think(self, turn: LiveTurn, planner: Track | None, why_none: str, fast_model: str) -> None:
        """Give the turn its verdict, and what follows from it. Raises `Cancelled` when the turn became void."""
        started = turn.clock()
        if planner is None:
            result = Refinement(verdict="skipped", text="", why=why_none, confidence=1.0)
        else:
            turn.mark("planner_started")
            turn.tell(PlannerStarted, model=planner.model)
            self._turn = turn
            try:
                with self.cores.lower("planner", planner.client.worker):
                    result = await self._ask(turn, planner, fast_model)
            finally:
                self._turn = None if self._turn is turn else self._turn
        turn.mark("refined")
        if result.verdict in ("add", "correct"):
            turn.exchange.refined, turn.exchange.corrected = result.text, result.verdict == "correct"
            if result.verdict == "correct" and turn.speech is not None:
                turn.speech.add(f"Correction: {result.text}")
        turn.tell(
            Refined,
            verdict=result.verdict,
            text=result.text,
            model=planner.model if planner else None,
            why=result.why,
            elapsed_ms=(turn.clock() - started) * 1000,
        )

    async def _ask(self, turn: LiveTurn, planner: Track, fast_model: str) -> Refinement:
        try:
            same_model = planner.model == fast_model
            if same_model:
                attempts = await planner.in_other_words(turn.earlier, turn.text, turn.generation)
            else:
                attempts = draws(*await planner.assemble(turn.earlier, turn.text, turn.generation))
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
        except Cancelled:
            raise
        except DuetError as error:
            log.warning("the planner failed: %s", error)
            return Refinement(verdict="failed", text="", why=str(error), confidence=0.0)
        except Exception:  # whatever a planner says, the answer stands as it is
            log.exception("the planner's answer could not be judged")
            return Refinement(verdict="failed", text="", why="its answer could not be understood", confidence=0.0)

    def _paused(self, job: Lower, by: str) -> None:
        if self._turn is not None and job == "planner":
            self._turn.tell(PlannerPaused, by=by)

    def _resumed(self, job: Lower) -> None:
        if self._turn is not None and job == "planner":
            self._turn.tell(PlannerResumed)
