"""What is stored, as frozen values, and their form as database rows. No SQL here."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from datetime import UTC, datetime
from typing import Any, Literal

from app.store.calls import ToolCall

TurnState = Literal["answering", "done", "interrupted", "failed", "lost"]
_JSON_FIELDS = ("tools", "calls", "plan", "marks_ms")
_TITLE_WORDS, _TITLE_CHARACTERS = 8, 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Conversation:
    """A conversation; times are ISO 8601 in UTC, `turns` is their number."""

    id: str
    title: str
    started_at: str
    updated_at: str
    turns: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """One question with all that became of it.

    `source` is "typed" or the hearing engine's name. `state` is "lost" for an answer that was cut off because the
    program died. `answer` is the fast track's, `refinement` the planner's, `final` what holds in the end,
    `kept` which of the two ("first", "refined") the user chose, if they did. `tools` names what the planner used,
    `calls` has all tools of the turn with what became of them. Times in ms count from the request; `marks_ms` from the
    start of the turn. What is not finite is stored as None.
    """

    id: str
    conversation: str
    started_at: str
    source: str = "typed"
    text: str = ""
    confidence: float | None = None
    state: TurnState = "answering"
    answer: str = ""
    answer_model: str = ""
    first_token_ms: float | None = None
    tokens: int = 0
    tokens_per_s: float | None = None
    heard_by_user: str = ""
    verdict: str | None = None
    refinement: str = ""
    refinement_model: str | None = None
    refinement_ms: float | None = None
    refinement_why: str = ""
    tools: tuple[str, ...] = ()
    calls: tuple[ToolCall, ...] = ()
    final: str = ""
    kept: str = ""
    plan: Mapping[str, Any] = field(default_factory=dict)
    marks_ms: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Hit:
    """A turn that a search found; `snippet` is the passage around the words."""

    turn: str
    conversation: str
    title: str
    started_at: str
    text: str
    snippet: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PauseRecord:
    """What was learned of a user's pauses; older ones count less, so these are no whole numbers.

    inside, ends: pauses inside turns and ends of turns. excess_s: by how many seconds the former, summed up, outlasted
    the shortest wait.
    """

    inside: float = 0.0
    ends: float = 0.0
    excess_s: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Measurement:
    """One measured figure, of a model and a turn where it belongs to them."""

    name: str
    value: float
    unit: str
    model: str = ""
    turn: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Performance:
    """How the models of a turn fared, without a word of what was said. Fields as in `Turn`; `role` as it was planned.

    fell_back: models that failed in it and were replaced.
    """

    role: str
    answer_model: str
    state: TurnState
    first_token_ms: float | None
    tokens: int
    tokens_per_s: float | None
    verdict: str | None
    refinement_model: str | None
    refinement_ms: float | None
    kept: str = ""
    fell_back: tuple[str, ...] = ()


TURN_COLUMNS = tuple(f.name for f in fields(Turn))


def now() -> str:
    """The wall clock as ISO 8601 in UTC, to the millisecond."""
    return datetime.now(UTC).isoformat(timespec="milliseconds")


def storable(text: str) -> str:
    """`text` without lone surrogates, which UTF-8 cannot hold; NUL bytes and everything else stay."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return text


def title_of(text: str) -> str:
    """The first words of `text` on one line, as the title of a conversation that has none."""
    words = " ".join(storable(text[:1000]).replace("\0", " ").split()[:_TITLE_WORDS])
    return words if len(words) <= _TITLE_CHARACTERS else words[: _TITLE_CHARACTERS - 1].rstrip() + "…"


def turn_to_row(turn: Turn) -> dict[str, Any]:
    """Column values of the table `turns`."""
    row: dict[str, Any] = {name: _plain(getattr(turn, name)) for name in TURN_COLUMNS}
    for name in _JSON_FIELDS:
        row[name] = storable(json.dumps(row[name], ensure_ascii=False))
    return row


def turn_from_row(row: Mapping[str, Any]) -> Turn:
    """The inverse of `turn_to_row`; other columns of `row` are ignored."""
    values = {name: row[name] for name in TURN_COLUMNS}
    values.update({name: json.loads(values[name]) for name in _JSON_FIELDS})
    values["tools"] = tuple(values["tools"])
    values["calls"] = tuple(ToolCall(**call) for call in values["calls"])
    return Turn(**values)


def _plain(value: Any) -> Any:
    if isinstance(value, ToolCall):
        return _plain(asdict(value))
    if isinstance(value, str):
        return storable(value)
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, Mapping):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, tuple | list):
        return [_plain(item) for item in value]
    return value if value is None or isinstance(value, int) else str(value)
