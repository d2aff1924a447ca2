"""The reflex of a turn: a direct command is obeyed by a tool, in milliseconds and without any model."""

from __future__ import annotations

from app.assistant.tool_use import Pending, ToolUse
from app.assistant.turn import LiveTurn
from app.events import AnswerFinished, FirstToken, TokensArrived
from app.tools.base import Call

REFLEX = "reflex"
"""Stands where answers name their model."""

DECLINED = "All right, I won't."


async def obey(turn: LiveTurn, call: Call, tools: ToolUse, *, allowed: bool = False) -> None:
    """Answer with the tool's result, with the question whether it may run, or with the sentence why it cannot.

    A draft comes to nothing if the user goes on, so what changes something waits for the commit.
    """
    began = turn.clock()
    turn.mark("asked")
    if not tools.changes_nothing(call):
        await turn.certain.wait()
    outcome = await tools.run(turn, call, "reflex", allowed=allowed)
    if isinstance(outcome, Pending):
        text = outcome.question
    else:
        text = outcome.result.text if outcome.result else outcome.error or ""
    tell_answer(turn, text, (turn.clock() - began) * 1000)


def tell_answer(turn: LiveTurn, text: str, after_ms: float = 0.0) -> None:
    """The whole answer at once."""
    turn.answer = text.strip()
    if not turn.settled:
        turn.exchange.answer = turn.answer
    turn.mark("first_token")
    turn.tell(FirstToken, after_ms=after_ms, model=REFLEX)
    turn.tell(TokensArrived, text=turn.answer, tokens=0)
    if turn.speech is not None:
        turn.speech.say(turn.answer)
        turn.speech.end_answer()
    turn.answered = True
    turn.mark("answer_finished")
    turn.tell(
        AnswerFinished,
        text=turn.answer,
        model=REFLEX,
        tokens=0,
        first_token_ms=after_ms,
        tokens_per_s=None,
        failed=None,
    )
