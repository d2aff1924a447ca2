"""Decides, before anything is generated, who answers a turn and who thinks again. One role so far: dialogue."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from app.events import PlanMade


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """The decision of one turn, as the `PlanMade` event tells it. `expected_ms` are times to the first token."""

    role: str
    fast: str
    planner: str | None
    chain: tuple[str, ...]
    why: str
    expected_p50_ms: float | None
    expected_p95_ms: float | None


def plan(fast: str, planner: str | None, why_no_planner: str, first_tokens_ms: Sequence[float]) -> Plan:
    """A plan for a turn of dialogue.

    first_tokens_ms: this machine's own measurements of the fast model, in any order; the expectation is None without.
    why_no_planner: told when `planner` is None.
    """
    chain = (fast,) if planner is None else (fast, planner)
    why = "everything is dialogue so far; " + ("the planner thinks again" if planner else why_no_planner)
    return Plan(
        role="dialogue",
        fast=fast,
        planner=planner,
        chain=chain,
        why=why,
        expected_p50_ms=percentile(first_tokens_ms, 50),
        expected_p95_ms=percentile(first_tokens_ms, 95),
    )


def document(plan: Plan | PlanMade) -> dict[str, Any]:
    """The plan as the command line prints it (DESIGN section 7)."""
    return {
        "role": plan.role,
        "fast": plan.fast,
        "planner": plan.planner,
        "chain": list(plan.chain),
        "why": plan.why,
        "expected_ms": {"p50": plan.expected_p50_ms, "p95": plan.expected_p95_ms},
    }


def percentile(values: Sequence[float], percent: float) -> float | None:
    """The nearest-rank percentile, None of nothing."""
    if not values:
        return None
    ordered = sorted(values)
    rank = max(1, -(-len(ordered) * percent // 100))
    return ordered[int(rank) - 1]
