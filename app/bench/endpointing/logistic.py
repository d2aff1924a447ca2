"""Logistic regression with weights and bounds, for a few features and some thousand samples; nothing but numpy.

Written here because it is thirty lines, and the library that has it is larger than Duet.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Sample:
    """Features by name (what is absent is 0), whether it is true, and how much it counts."""

    features: dict[str, float]
    label: bool
    weight: float = 1.0


def fit(
    samples: Sequence[Sample],
    *,
    ridge: float = 1.0,
    rising: Sequence[str] = (),
    falling: Sequence[str] = (),
    free: Sequence[str] = ("bias",),
) -> dict[str, float]:
    """Coefficients by name that maximise the weighted likelihood less `ridge`/2 times their squares.

    Those in `rising` are at least 0, those in `falling` at most 0, those in `free` are not drawn to 0. Projected
    Newton steps: a coefficient at its bound that the gradient pushes outward stays there. Raises `ValueError` when the
    steps do not settle, which they do for a convex problem.
    """
    names = sorted({name for sample in samples for name in sample.features})
    x = np.array([[sample.features.get(name, 0.0) for name in names] for sample in samples])
    y = np.array([float(sample.label) for sample in samples])
    weight = np.array([sample.weight for sample in samples])
    penalty = np.array([1e-6 if name in free else ridge for name in names])
    low = np.array([0.0 if name in rising else -np.inf for name in names])
    high = np.array([0.0 if name in falling else np.inf for name in names])
    beta = np.zeros(len(names))
    for _ in range(500):
        chance = probability(x @ beta)
        slope = x.T @ (weight * (chance - y)) + penalty * beta
        held = ((beta <= low) & (slope > 0)) | ((beta >= high) & (slope < 0))
        curve = (x * (weight * chance * (1 - chance))[:, None]).T @ x + np.diag(penalty)
        step = np.zeros(len(names))
        step[~held] = np.linalg.solve(curve[np.ix_(~held, ~held)], slope[~held])
        change, beta = _descend(x, y, weight, penalty, beta, step, low, high)
        if change < 1e-9:
            return dict(zip(names, beta.tolist(), strict=True))
    raise ValueError("the fit did not settle")


def probability(log_odds: Array) -> Array:
    """1 / (1 + exp(-x)) without overflow."""
    result: Array = 0.5 * (1 + np.tanh(0.5 * log_odds))
    return result


def _descend(
    x: Array, y: Array, weight: Array, penalty: Array, beta: Array, step: Array, low: Array, high: Array
) -> tuple[float, Array]:
    """As much of the Newton step as lowers the loss, kept within the bounds; the largest change, and the new place."""

    def loss(at: Array) -> float:
        odds = x @ at
        return float(weight @ (np.logaddexp(0, odds) - y * odds) + 0.5 * penalty @ at**2)

    before, share = loss(beta), 1.0
    while share > 1e-6:
        moved = np.clip(beta - share * step, low, high)
        if loss(moved) <= before:
            return float(np.abs(moved - beta).max(initial=0.0)), moved
        share /= 2
    return 0.0, beta
