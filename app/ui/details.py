"""The small print of a turn, as lines of text: who thought again, why, and which tools ran with what. Knows no Qt."""

from __future__ import annotations

from app.store.calls import ToolCall
from app.ui.turns import ShownTurn

_LONGEST = 300
"""Characters of an argument or a result; whole documents are not read in a tooltip."""


def second_thought(turn: ShownTurn) -> list[str]:
    """Who thought again, for how long as measured in that turn, why the verdict, and what was looked at."""
    took = f"{turn.refinement_ms / 1000:.1f} s" if turn.refinement_ms is not None else ""
    first = " · ".join(part for part in (turn.refinement_model, took) if part)
    looked_at = [tool_run(call) for call in turn.calls if call.by == "planner"]
    return [line for line in (first, _sentence(turn.why), *looked_at) if line]


def command(turn: ShownTurn) -> list[str]:
    """Which tool obeyed the user's words."""
    call = turn.command
    return [tool_run(call)] if call is not None else []


def details(turn: ShownTurn) -> list[str]:
    """All of it; nothing for a turn that has only an answer."""
    asked = [f"{_called(call)}: {_decision(call)}." for call in turn.calls if call.question]
    return command(turn) + asked + (second_thought(turn) if turn.verdict not in (None, "skipped") else [])


def tool_run(call: ToolCall) -> str:
    """One line: the call as it would be written down, what came of it, and the time it took."""
    took = f" ({call.elapsed_ms:.0f} ms)" if call.elapsed_ms is not None and call.elapsed_ms >= 1 else ""
    came = call.text or call.error or ("" if call.elapsed_ms is not None else "still at work")
    return f"{_called(call)}{took}: {_short(came)}" if came else f"{_called(call)}{took}"


def decided(call: ToolCall) -> str:
    """What became of a question, for the line beneath it."""
    return f"{call.tool} · {_decision(call)}"


def tools_used(turn: ShownTurn) -> str:
    """The planner's tools as the end of a line; nothing where there were none."""
    names = dict.fromkeys(turn.tools or (call.tool for call in turn.calls if call.by == "planner"))
    return "".join(f" · {name}" for name in names)


def _decision(call: ToolCall) -> str:
    if not call.settled:
        return "waiting for your answer"
    return {True: "you allowed it", False: "you did not allow it", None: "no longer asked"}[call.allowed]


def _called(call: ToolCall) -> str:
    arguments = ", ".join(
        f"{name}: {_short(str(value))}" for name, value in call.arguments.items() if value is not None
    )
    return f"{call.tool} ({arguments})" if arguments else call.tool


def _short(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= _LONGEST else line[: _LONGEST - 1] + "…"


def _sentence(words: str) -> str:
    return words[:1].upper() + words[1:]
