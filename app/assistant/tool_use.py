"""The tools of a conversation: runs calls for its turns, tells of them, and keeps what waits for the user's consent."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal

from app.assistant.turn import LiveTurn, new_id
from app.errors import BadInput
from app.events import ConsentAsked, ConsentSettled, ToolCalled, ToolReturned
from app.tools.base import Call, Outcome, Situation
from app.tools.toolbox import Toolbox

By = Literal["reflex", "planner"]


@dataclass(frozen=True, slots=True)
class Pending:
    """A call that waits for a yes: the `question` is what the user was asked in `turn`."""

    id: str
    call: Call
    question: str
    turn: LiveTurn


def local_now() -> datetime:
    """The wall clock in the user's own time zone."""
    return datetime.now().astimezone()


class ToolUse:
    """Lives as long as the conversation. At most one call waits for consent; the next turn settles it.

    conversation: where turns go, for tools that look back.
    """

    def __init__(self, toolbox: Toolbox, now: Callable[[], datetime] = local_now) -> None:
        self.toolbox = toolbox
        self.now = now
        self.conversation: str | None = None
        self._pending: Pending | None = None

    @property
    def pending(self) -> Pending | None:
        return self._pending

    def changes_nothing(self, call: Call) -> bool:
        """Whether the call only reads, so that it may run for a draft as well."""
        tool = self.toolbox.tools.get(call.tool)
        return tool is None or tool.risk == "read"

    async def run(self, turn: LiveTurn, call: Call, by: By, *, allowed: bool = False) -> Outcome | Pending:
        """Run the call, or ask the user first where its risk demands that; `allowed` once they said yes."""
        commanded = by == "reflex"
        try:
            question = None if allowed else self.toolbox.needs_asking(call, commanded=commanded)
        except BadInput as error:
            return Outcome(call=call, error=str(error))
        if question is not None:
            return self._ask(turn, call, question)
        id = new_id()
        turn.tell(ToolCalled, call=id, tool=call.tool, arguments=dict(call.arguments), by=by)
        situation = Situation(now=self.now(), conversation=self.conversation)
        outcome = await self.toolbox.run(call, situation, commanded=commanded, ask=_yes)
        turn.tell(
            ToolReturned,
            call=id,
            tool=call.tool,
            text=outcome.result.text if outcome.result else "",
            error=outcome.error,
            elapsed_ms=outcome.elapsed_ms,
        )
        return outcome

    def _ask(self, turn: LiveTurn, call: Call, question: str) -> Pending:
        self.settle(None)
        self._pending = Pending(new_id(), call, question, turn)
        turn.tell(
            ConsentAsked, call=self._pending.id, tool=call.tool, arguments=dict(call.arguments), question=question
        )
        return self._pending

    def committed(self, turn: LiveTurn, conversation: str) -> None:
        """A turn is certain: it answers what was asked (`turn.allowed`), or the question is void."""
        self.conversation = conversation
        self.settle(turn.allowed)

    def settle(self, allowed: bool | None) -> None:
        """Nothing waits any more; does nothing if nothing did."""
        pending, self._pending = self._pending, None
        if pending is not None:
            event = ConsentSettled(turn=pending.turn.id, call=pending.id, allowed=allowed)
            pending.turn.bus.emit(replace(event, time=pending.turn.clock()))


async def _yes(call: Call, question: str) -> bool:
    return True
