"""The benches there are, by name."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence

from app.bench.bargein import bargein
from app.bench.busy import busy
from app.bench.echo import echo
from app.bench.endpoint import endpoint
from app.bench.everyday import answers
from app.bench.idle import idle
from app.bench.interference import interference
from app.bench.language import engine, prefix
from app.bench.planner_faults import planner_faults
from app.bench.route import route
from app.bench.rows import Bench
from app.bench.start import start
from app.bench.turn import commit, turn
from app.bench.verdict import verdict
from app.errors import BadInput
from app.settings import Settings

BENCHES: dict[str, Callable[[Settings], Awaitable[Bench]]] = {
    "engine": engine,
    "prefix": prefix,
    "start": start,
    "answers": answers,
    "turn": turn,
    "commit": commit,
    "interference": interference,
    "planner-faults": planner_faults,
    "busy": busy,
    "bargein": bargein,
    "echo": echo,
    "endpoint": endpoint,
    "route": route,
    "idle": idle,
    "verdict": verdict,
}


def choose(names: Sequence[str]) -> dict[str, Callable[[Settings], Awaitable[Bench]]]:
    """The named benches in the order given, all of them for none. Raises `BadInput` for an unknown name."""
    for name in names:
        if name not in BENCHES:
            raise BadInput(f"There is no bench named {name}; there are {', '.join(BENCHES)}.")
    return {name: BENCHES[name] for name in names or BENCHES}
