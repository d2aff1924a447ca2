"""What the transcript shows of each turn, from live events and from disk alike. Knows no Qt."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from app.events import (
    AnswerFinished,
    Event,
    FirstToken,
    Interrupted,
    PlannerStarted,
    Refined,
    TokensArrived,
    TranscriptReady,
    TurnCommitted,
    TurnDropped,
    TurnFinished,
    TurnReopened,
)
from app.ui.session import StoredTurn

ShownState = Literal["answering", "done", "interrupted", "failed", "lost"]

_KEPT = 64
"""Finished turns that stay in memory, so that a conversation reopened at once shows what the disk does not have yet."""


@dataclass(slots=True, kw_only=True)
class ShownTurn:
    """One question with all that became of it.

    `thinking` is true while the planner works. `first_token_ms` and `refinement_ms` were measured in that turn.
    """

    id: str
    conversation: str
    question: str
    source: str = "typed"
    state: ShownState = "answering"
    answer: str = ""
    answer_model: str = ""
    first_token_ms: float | None = None
    failure: str = ""
    thinking: bool = False
    verdict: str | None = None
    refinement: str = ""
    refinement_model: str = ""
    refinement_ms: float | None = None
    why: str = ""
    committed: bool = False
    finished: bool = False


def from_store(turn: StoredTurn, conversation: str) -> ShownTurn:
    """A turn on disk, as it would look had it just been seen."""
    state: ShownState = "done"
    for known in ("answering", "interrupted", "failed", "lost"):
        if turn.state == known:
            state = known
    return ShownTurn(
        id=turn.id,
        conversation=conversation,
        question=turn.text,
        source=turn.source,
        state=state,
        answer=turn.answer,
        answer_model=turn.answer_model,
        first_token_ms=turn.first_token_ms,
        verdict=turn.verdict,
        refinement=turn.refinement,
        refinement_model=turn.refinement_model or "",
        refinement_ms=turn.refinement_ms,
        why=turn.refinement_why,
        committed=True,
        finished=state != "answering",
    )


class LiveTurns:
    """The turns of this run. `apply` folds an event in and returns its turn if the transcript has to show a change."""

    def __init__(self) -> None:
        self._turns: dict[str, ShownTurn] = {}

    def apply(self, event: Event) -> ShownTurn | None:
        if event.turn is None:
            return None
        if isinstance(event, TurnDropped):
            if event.generation is None:
                self._turns.pop(event.turn, None)
            return None
        turn = self._turns.get(event.turn)
        if turn is None:
            turn = self._turns[event.turn] = ShownTurn(id=event.turn, conversation="", question="")
            self._forget_oldest()
        return turn if _fold(turn, event) and turn.committed else None

    def end(self, id: str) -> ShownTurn | None:
        """A turn is over whether or not its events said so; returns it if that was news."""
        turn = self._turns.get(id)
        if turn is None or turn.finished:
            return None
        turn.finished, turn.thinking = True, False
        if turn.state == "answering":
            turn.state = "interrupted"
        return turn

    def newest(self, turn: ShownTurn) -> ShownTurn:
        """What this run knows of `turn`, or `turn` itself."""
        live = self._turns.get(turn.id)
        return live if live is not None and live.committed else turn

    def of(self, conversation: str) -> list[ShownTurn]:
        """The committed turns of a conversation, in order of their beginning."""
        return [t for t in self._turns.values() if t.committed and t.conversation == conversation]

    @property
    def busy(self) -> bool:
        """Whether a committed turn is not over."""
        return any(t.committed and not t.finished for t in self._turns.values())

    def _forget_oldest(self) -> None:
        over = [t.id for t in self._turns.values() if t.finished or not t.committed]
        for id in over[: max(0, len(self._turns) - _KEPT)]:
            del self._turns[id]


def _fold(turn: ShownTurn, event: Event) -> bool:
    """Fold `event` into `turn`; False if that changes nothing to see."""
    match event:
        case TranscriptReady(text=text, source=source):
            turn.question, turn.source = text, source
        case TurnCommitted(conversation=conversation, text=text, source=source):
            turn.conversation, turn.question, turn.source, turn.committed = conversation, text, source, True
        case FirstToken(after_ms=after_ms, model=model):
            turn.first_token_ms, turn.answer_model = after_ms, model
        case TokensArrived(text=text) if turn.state == "answering":
            turn.answer += text
        case AnswerFinished() if turn.state != "interrupted":
            _finish_answer(turn, event)
        case TurnReopened():
            _withdraw(turn)
        case Interrupted():
            turn.state, turn.thinking = "interrupted", False
        case PlannerStarted():
            turn.thinking = True
        case Refined():
            _refine(turn, event)
        case TurnFinished():
            turn.finished, turn.thinking = True, False
            if turn.state == "answering":
                turn.state = "done"
        case _:
            return False
    return True


def _withdraw(turn: ShownTurn) -> None:
    """The user went on speaking: one answer to the whole will take the place of this one."""
    turn.answer, turn.failure, turn.refinement, turn.verdict = "", "", "", None
    turn.state, turn.finished, turn.thinking = "answering", False, False


def _finish_answer(turn: ShownTurn, event: AnswerFinished) -> None:
    turn.answer, turn.answer_model, turn.first_token_ms = event.text, event.model, event.first_token_ms
    turn.failure = event.failed or ""
    turn.state = "failed" if event.failed else "done"


def _refine(turn: ShownTurn, event: Refined) -> None:
    turn.thinking = False
    turn.verdict, turn.refinement, turn.why = event.verdict, event.text, event.why
    turn.refinement_model, turn.refinement_ms = event.model or "", event.elapsed_ms
