"""What became of the tools of a turn, folded from its events: what was run, what it gave, and what the user was asked.

The store keeps this with the turn, and the window shows it, live and from disk alike.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Literal

from app.events import ConsentAsked, ConsentSettled, Event, PlannerStarted, ToolCalled, ToolReturned

EVENTS: tuple[type[Event], ...] = (ToolCalled, ToolReturned, ConsentAsked, ConsentSettled, PlannerStarted)
"""The events that `folded` understands."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ToolCall:
    """A tool that was run, or that waits for the user's word.

    by: who ran it; "" for a question, whose tool is run in the turn of the answer, if at all.
    text, error, elapsed_ms: what `ToolReturned` says; `elapsed_ms` is None until then.
    question: what the user was asked. settled: it is open no more. allowed: what they said; None if they said nothing.
    """

    call: str
    tool: str
    arguments: Mapping[str, Any] = field(default_factory=dict)
    by: Literal["", "reflex", "planner"] = ""
    text: str = ""
    error: str | None = None
    elapsed_ms: float | None = None
    question: str = ""
    settled: bool = False
    allowed: bool | None = None


def folded(calls: Sequence[ToolCall], event: Event) -> tuple[ToolCall, ...]:
    """`calls` after `event`. A second thought that begins anew forgets what the one before it looked at."""
    match event:
        case ToolCalled():
            new = ToolCall(call=event.call, tool=event.tool, arguments=dict(event.arguments), by=event.by)
            return (*calls, new)
        case ToolReturned(call=id, text=text, error=error, elapsed_ms=ms):
            return tuple(replace(c, text=text, error=error, elapsed_ms=ms) if c.call == id else c for c in calls)
        case ConsentAsked(question=question):
            new = ToolCall(call=event.call, tool=event.tool, arguments=dict(event.arguments), question=question)
            return (*calls, new)
        case ConsentSettled(call=id, allowed=allowed):
            return tuple(replace(c, settled=True, allowed=allowed) if c.call == id else c for c in calls)
        case PlannerStarted():
            return tuple(c for c in calls if c.by != "planner")
    return tuple(calls)
