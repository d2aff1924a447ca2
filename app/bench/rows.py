"""The rows that every bench gives (DESIGN section 7): a measure, its spread, its baseline, its budget."""

from __future__ import annotations

import os
import platform
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from statistics import median
from typing import Any, Literal

import psutil

from app.assistant.router import percentile
from app.machine import processor


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One measure. `worst` is the largest for times, the smallest for speeds; `p95` likewise.

    baseline: the median of what it is compared with, in the same unit and run. ratio: median / baseline, taken pair by
    pair. budget: the bounds of the budgets on these; `ok` says whether all of them hold.
    """

    measure: str
    median: float
    p95: float
    worst: float
    unit: str
    n: int
    baseline: float | None = None
    ratio: float | None = None
    budget: str | None = None
    ok: bool | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Bench:
    """A bench's name and rows; `notes` say what the figures were taken on."""

    name: str
    rows: tuple[Row, ...]
    notes: tuple[str, ...] = ()

    def document(self) -> dict[str, Any]:
        return {"name": self.name, "rows": [asdict(row) for row in self.rows], "notes": list(self.notes)}


Judged = Literal["median", "p95", "worst", "ratio", "worst ratio"]
"""What a budget may bind. "worst ratio" is the worst of all pairs."""


@dataclass(slots=True, kw_only=True)
class Budget:
    """A bound, `at_most` or `at_least`; where `of` is None on the ratio if there is a baseline, else on the median."""

    limit: float
    kind: Literal["at_most", "at_least"] = "at_most"
    of: Judged | None = None

    def __str__(self) -> str:
        bound = f"{'<=' if self.kind == 'at_most' else '>='} {self.limit:g}"
        return f"{self.of} {bound}" if self.of else bound

    def holds(self, value: float) -> bool:
        return value <= self.limit if self.kind == "at_most" else value >= self.limit


@dataclass(slots=True, kw_only=True)
class Samples:
    """Collects a measure and, pair by pair, its baseline."""

    measure: str
    unit: str
    larger_is_better: bool = False
    values: list[float] = field(default_factory=list)
    baselines: list[float] = field(default_factory=list)

    def add(self, value: float, baseline: float | None = None) -> None:
        self.values.append(value)
        if baseline is not None:
            self.baselines.append(baseline)

    def row(self, *budgets: Budget) -> Row:
        """The row of what was collected, at least one value. A budget on a ratio needs baselines."""
        ratios = [a / b for a, b in zip(self.values, self.baselines, strict=True)] if self.baselines else []
        judged: dict[str, float] = {
            "median": median(self.values),
            "p95": _spread(self.values, 95, self.larger_is_better),
            "worst": _worst(self.values, self.larger_is_better),
        }
        if ratios:
            judged |= {"ratio": median(ratios), "worst ratio": _worst(ratios, self.larger_is_better)}
        usual = "ratio" if ratios else "median"
        return Row(
            measure=self.measure,
            **{name: _round(judged[name]) for name in ("median", "p95", "worst")},
            unit=self.unit,
            n=len(self.values),
            baseline=_round(median(self.baselines)) if ratios else None,
            ratio=round(judged["ratio"], 3) if ratios else None,
            budget=", ".join(map(str, budgets)) or None,
            ok=all(budget.holds(judged[budget.of or usual]) for budget in budgets) if budgets else None,
        )


def single(measure: str, value: float, unit: str, n: int, baseline: float | None = None, *budgets: Budget) -> Row:
    """A row of one figure that was taken over `n` cases, such as a share: its median, p95 and worst are itself."""
    value = _round(value)
    ok = all(budget.holds(value) for budget in budgets) if budgets else None
    return Row(
        measure=measure,
        **dict.fromkeys(("median", "p95", "worst"), value),
        unit=unit,
        n=n,
        baseline=None if baseline is None else _round(baseline),
        budget=", ".join(map(str, budgets)) or None,
        ok=ok,
    )


def _worst(values: Sequence[float], larger_is_better: bool) -> float:
    return min(values) if larger_is_better else max(values)


def _spread(values: Sequence[float], percent: float, larger_is_better: bool) -> float:
    if larger_is_better:
        return -(percentile([-v for v in values], percent) or 0.0)
    return percentile(values, percent) or 0.0


def _round(value: float) -> float:
    return float(f"{value:.4g}")


def machine() -> dict[str, Any]:
    """The machine that the figures belong to."""
    return {
        "system": platform.system(),
        "processor": processor(),
        "cores": os.cpu_count(),
        "memory_gib": round(psutil.virtual_memory().total / 2**30, 1),
        "python": platform.python_version(),
        "load": round(psutil.getloadavg()[0], 2),
    }
