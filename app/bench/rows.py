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


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One measure. `worst` is the largest for times, the smallest for speeds; `p95` likewise.

    baseline: the median of what it is compared with, in the same unit and run. ratio: median / baseline, taken pair by
    pair. budget: the bound of DESIGN section 8 on `ratio`, or on `median` where there is no baseline.
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


@dataclass(slots=True, kw_only=True)
class Budget:
    """A bound: `at_most` or `at_least`, on the ratio if there is a baseline, else on the median."""

    limit: float
    kind: Literal["at_most", "at_least"] = "at_most"

    def __str__(self) -> str:
        return f"{'<=' if self.kind == 'at_most' else '>='} {self.limit:g}"

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

    def row(self, budget: Budget | None = None) -> Row:
        """The row of what was collected, at least one value."""
        ratio = baseline = None
        if self.baselines:
            ratio = median(a / b for a, b in zip(self.values, self.baselines, strict=True))
            baseline = median(self.baselines)
        judged = median(self.values) if ratio is None else ratio
        return Row(
            measure=self.measure,
            median=_round(median(self.values)),
            p95=_round(_spread(self.values, 95, self.larger_is_better)),
            worst=_round(min(self.values) if self.larger_is_better else max(self.values)),
            unit=self.unit,
            n=len(self.values),
            baseline=None if baseline is None else _round(baseline),
            ratio=None if ratio is None else round(ratio, 3),
            budget=None if budget is None else str(budget),
            ok=None if budget is None else budget.holds(judged),
        )


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
        "processor": _processor(),
        "cores": os.cpu_count(),
        "memory_gib": round(psutil.virtual_memory().total / 2**30, 1),
        "python": platform.python_version(),
        "load": round(psutil.getloadavg()[0], 2),
    }


def _processor() -> str:
    try:
        with open("/proc/cpuinfo", encoding="utf-8") as info:  # noqa: PTH123 - a device, not a file of ours
            return next(line.split(":", 1)[1].strip() for line in info if line.startswith("model name"))
    except (OSError, StopIteration):
        return platform.processor() or platform.machine()
