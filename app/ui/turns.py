"""What the transcript shows of each turn, from live events and from disk alike. Knows no Qt."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

from app.events import (
    AnswerFinished,
    AnswerKept,
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
from app.store import calls
from app.store.calls import ToolCall
from app.ui.session import StoredTurn

ShownState = Literal["answering", "done", "interrupted", "failed", "lost"]

Kept = Literal["", "first", "refined"]

_REFLEX = "reflex"
"""Stands where answers name their model, when a tool obeyed a command."""

_KEPT = 64
"""Finished turns that stay in memory, so that a conversation reopened at once shows what the disk does not have yet."""


@dataclass(slots=True, kw_only=True)
class ShownTurn:
    """One question with all that became of it.

    `thinking` is true while the planner works. `first_token_ms` and `refinement_ms` were measured in that turn. `tools`
    are those that the planner used for its verdict, `calls` all tools of the turn. `kept` is the user's choice between
    the two answers.
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
    tools: tuple[str, ...] = ()
    calls: tuple[ToolCall, ...] = ()
    kept: Kept = ""
    committed: bool = False
    finished: bool = False

    @property
    def obeyed(self) -> bool:
        """Whether the answer is a tool's, or Duet's own word, and not a model's."""
        return self.answer_model == _REFLEX

    @property
    def command(self) -> ToolCall | None:
        """The tool that obeyed the user's words."""
        return next((call for call in reversed(self.calls) if call.by == "reflex"), None)

    @property
    def asked(self) -> ToolCall | None:
        """What the user was asked last: whether a tool may do something."""
        return next((call for call in reversed(self.calls) if call.question), None)

    @property
    def second(self) -> str:
        """The second answer, where it is one that could stand in the place of the first."""
        offers = self.asked is not None and self.asked.question == self.refinement
        rivals = self.verdict in ("add", "correct") and not self.obeyed and not offers
        return self.refinement if rivals else ""

    @property
    def final(self) -> str:
        """What the user should take from it."""
        if not self.second or self.kept == "first":
            return self.answer
        return self.second if self.kept or self.verdict == "correct" else f"{self.answer}\n\n{self.second}"


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
        tools=tuple(turn.tools),
        calls=_closed(turn.calls),  # nobody waits for an answer any more
        kept="first" if turn.kept == "first" else "refined" if turn.kept == "refined" else "",
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

    def adopt(self, turn: ShownTurn) -> None:
        """What follows belongs to this turn, however long ago it was."""
        self._turns.setdefault(turn.id, turn)

    def close_question(self, turn: ShownTurn) -> None:
        """What a turn asked has come to nothing."""
        turn.calls = _closed(turn.calls)

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
    if isinstance(event, calls.EVENTS):
        turn.calls = calls.folded(turn.calls, event)
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
            turn.thinking, turn.finished = True, False  # a turn that was over may be thought over again
        case Refined():
            _refine(turn, event)
        case AnswerKept(kept=kept):
            turn.kept = kept
        case TurnFinished():
            turn.finished, turn.thinking = True, False
            if turn.state == "answering":
                turn.state = "done"
        case _:
            return isinstance(event, calls.EVENTS)
    return True


def _closed(used: Sequence[ToolCall]) -> tuple[ToolCall, ...]:
    return tuple(replace(call, settled=True) if call.question else call for call in used)


def _withdraw(turn: ShownTurn) -> None:
    """The user went on speaking: one answer to the whole will take the place of this one."""
    turn.answer, turn.failure, turn.refinement, turn.verdict = "", "", "", None
    turn.tools, turn.calls = (), ()
    turn.state, turn.finished, turn.thinking = "answering", False, False


def _finish_answer(turn: ShownTurn, event: AnswerFinished) -> None:
    turn.answer, turn.answer_model, turn.first_token_ms = event.text, event.model, event.first_token_ms
    turn.failure = event.failed or ""
    turn.state = "failed" if event.failed else "done"


def _refine(turn: ShownTurn, event: Refined) -> None:
    turn.thinking, turn.kept, turn.tools = False, "", event.tools
    turn.verdict, turn.refinement, turn.why = event.verdict, event.text, event.why
    turn.refinement_model, turn.refinement_ms = event.model or "", event.elapsed_ms
