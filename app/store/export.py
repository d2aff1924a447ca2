"""Conversations as text that outlives Duet: Markdown to read, JSON with everything. Reads nothing, writes nothing."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

from app import __version__
from app.store.records import Conversation, Turn, now

Pairs = Sequence[tuple[Conversation, Sequence[Turn]]]

_ENDINGS = {
    "answering": "(still being answered)",
    "interrupted": "(interrupted)",
    "failed": "(no answer was possible)",
    "lost": "(cut off: the program ended)",
}


def to_json(pairs: Pairs, measurements: Sequence[Mapping[str, Any]]) -> str:
    """One JSON document: every field of every conversation and turn, and the figures measured in them."""
    document = {
        "duet": __version__,
        "exported_at": now(),
        "conversations": [
            {**asdict(conversation), "turns": [asdict(turn) for turn in turns]} for conversation, turns in pairs
        ],
        "measurements": list(measurements),
    }
    return json.dumps(document, ensure_ascii=False, indent=2) + "\n"


def to_markdown(pairs: Pairs) -> str:
    """Who said what, in order; the planner's additions and corrections are marked as such."""
    return "\n".join(_conversation(conversation, turns) for conversation, turns in pairs)


def _conversation(conversation: Conversation, turns: Sequence[Turn]) -> str:
    title = conversation.title or "Untitled conversation"
    lines = [f"# {title}", "", f"Conversation {conversation.id}, started {conversation.started_at}", ""]
    for turn in turns:
        lines += _turn(turn)
    return "\n".join(lines)


def _turn(turn: Turn) -> list[str]:
    how = "" if turn.source == "typed" else ", spoken"
    lines = [f"**You** ({turn.started_at}{how}):", "", *_quote(turn.text), ""]
    model = f" ({turn.answer_model})" if turn.answer_model else ""
    ending = _ENDINGS.get(turn.state, "")
    lines += [f"**Duet**{model}{': ' if ending else ':'}{ending}", ""]
    if turn.answer:
        lines += [*_quote(turn.answer), ""]
    if turn.refinement:
        kind = {"correct": "Correction", "add": "Addition"}.get(turn.verdict or "", "Refinement")
        model = f" ({turn.refinement_model})" if turn.refinement_model else ""
        lines += [f"**{kind} by the planner**{model}:", "", *_quote(turn.refinement), ""]
    return lines


def _quote(text: str) -> list[str]:
    """Block quotes keep a line that looks like a heading of ours from being read as one."""
    return [f"> {line}".rstrip() for line in text.splitlines()] or [">"]
