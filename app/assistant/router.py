"""Decides, before anything is generated, who answers a turn and who thinks again.

Exact commands come first: what a tool's intent recognises needs no model. Everything else gets its role from the
trained classifier; what the classifier is not sure of is dialogue, which is never worse than having no router. Nothing
is run here, and nothing heavy is loaded before the first plan.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields
from datetime import datetime
from functools import cached_property
from typing import Any

from app.assistant.routing.classifier import Classifier, Role, trained
from app.errors import DuetError
from app.events import Event, PlanMade
from app.tools.base import Call
from app.tools.toolbox import Toolbox

log = logging.getLogger(__name__)

LONGEST_COMMAND = 1000
"""Characters. Nobody says an exact command that is longer, and patterns that are not ours may take long over it."""

COUNTED = 20_000
"""Characters within which words are counted."""

_WORD = re.compile(r"\w+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """The decision of one turn, as the `PlanMade` event tells it. `expected_ms` are times to the first token.

    chain: who is tried in which order; a reflex's tool comes first, and the models after it if it fails. call: the
    command that was recognised, for a reflex. confidence: how likely the classifier holds the role that it likes best,
    also where that was not enough; 1 for a reflex. inputs: everything that the decision was made from.
    """

    role: Role
    fast: str
    planner: str | None
    chain: tuple[str, ...]
    why: str
    expected_p50_ms: float | None
    expected_p95_ms: float | None
    call: Call | None = None
    confidence: float = 1.0
    inputs: Mapping[str, Any] = field(default_factory=dict)

    @property
    def reflex(self) -> str | None:
        """The name of the tool that is called, for a reflex."""
        return self.call.tool if self.call else None


class Router:
    """Makes plans. Deterministic: the same words, tools and figures give the same plan, so its propensity is 1.

    classifier: the one that comes with the program, by default, read at the first plan that needs it.
    """

    def __init__(self, toolbox: Toolbox | None = None, classifier: Classifier | None = None) -> None:
        self._toolbox = toolbox or Toolbox(())
        self._given = classifier

    def plan(
        self,
        text: str,
        now: datetime,
        *,
        fast: str,
        planner: str | None,
        why_no_planner: str = "there is no planner",
        first_tokens_ms: Sequence[float] = (),
        mode: str | None = None,
    ) -> Plan:
        """A plan for a turn of these words. Never fails, whatever they are.

        now: aware, in the user's time zone. first_tokens_ms: this machine's own measurements of the fast model, in any
        order; the expectation is None without. why_no_planner: told when `planner` is None. mode: of the profiles that
        `fast` and `planner` come from; only told.
        """
        call = self._reflex(text, now)
        inputs: dict[str, Any] = {"words": _words(text), "mode": mode, "propensity": 1.0}
        models = (fast,) if planner is None else (fast, planner)
        if call is not None:
            return Plan(
                role="tools",
                fast=fast,
                planner=None,  # it is exact: there is nothing to think over
                chain=(call.tool, *models),
                why=f"a command: {call.tool.replace('_', ' ')}",
                expected_p50_ms=None,  # what was measured are first tokens, and here is none
                expected_p95_ms=None,
                call=call,
                inputs=inputs,
            )
        role, confidence, why = self._role(text, inputs)
        return Plan(
            role=role,
            fast=fast,
            planner=planner,
            chain=models,
            why=why if planner else f"{why}; {why_no_planner}",
            expected_p50_ms=percentile(first_tokens_ms, 50),
            expected_p95_ms=percentile(first_tokens_ms, 95),
            confidence=confidence,
            inputs=inputs,
        )

    def _reflex(self, text: str, now: datetime) -> Call | None:
        if len(text) > LONGEST_COMMAND:
            return None
        try:
            return self._toolbox.reflex(text, now)
        except Exception:  # an intent of somebody else's may raise anything; the turn goes on without it
            log.exception("an intent failed")
            return None

    def _role(self, text: str, inputs: dict[str, Any]) -> tuple[Role, float, str]:
        """The role, how likely the best one is, and why; what was looked at is added to `inputs`."""
        classifier = self._classifier
        if classifier is None:
            return "dialogue", 0.0, "the router's figures cannot be read, so dialogue"
        likely = classifier.probabilities(text)
        inputs["probabilities"] = {role: round(chance, 4) for role, chance in likely.items()}
        inputs["threshold"] = classifier.threshold
        inputs["classifier"] = classifier.version
        best = max(likely, key=likely.__getitem__)
        confidence = round(likely[best], 4)
        if best != "dialogue" and confidence < classifier.threshold:
            return "dialogue", confidence, f"not sure ({best} {confidence:.2f}), so dialogue"
        return best, confidence, f"sounds like {best} ({confidence:.2f})"

    @cached_property
    def _classifier(self) -> Classifier | None:
        try:
            return self._given or trained()
        except DuetError as error:
            log.warning("every turn is dialogue: %s", error)
            return None


def told(plan: Plan) -> dict[str, Any]:
    """The values of the `PlanMade` event of this plan."""
    names = {f.name for f in fields(PlanMade)} - {f.name for f in fields(Event)}
    return {name: getattr(plan, name) for name in names}


def document(plan: Plan | PlanMade) -> dict[str, Any]:
    """The plan as the command line prints it (DESIGN section 7), then what it was made from."""
    return {
        "role": plan.role,
        "fast": plan.fast,
        "planner": plan.planner,
        "chain": list(plan.chain),
        "why": plan.why,
        "expected_ms": {"p50": plan.expected_p50_ms, "p95": plan.expected_p95_ms},
        "reflex": plan.reflex,
        "confidence": plan.confidence,
        "inputs": dict(plan.inputs),
    }


def percentile(values: Sequence[float], percent: float) -> float | None:
    """The nearest-rank percentile, None of nothing."""
    if not values:
        return None
    ordered = sorted(values)
    rank = max(1, -(-len(ordered) * percent // 100))
    return ordered[int(rank) - 1]


def _words(text: str) -> int:
    """How many words, at most those of the first `COUNTED` characters."""
    return sum(1 for _ in _WORD.finditer(text, 0, COUNTED))
