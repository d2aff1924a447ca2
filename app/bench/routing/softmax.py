"""Multinomial logistic regression for a thousand phrases and some thousand columns; nothing but numpy.

The accelerated gradient method of Nesterov with its restart by O'Donoghue and Candes (2015); the step is 1 / L, where
L bounds the curvature: half the largest eigenvalue of X'X, and the ridge. Written here because it is forty lines, and
so the bench can fit its baseline on the spot, and a test the whole classifier, without a library larger than Duet.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
Labels = NDArray[np.intp]

SETTLED = 3e-3
"""The steepest slope of the log-likelihood at which the fit ends."""


def fit(x: Array, labels: Labels, classes: int, *, ridge: float) -> tuple[Array, Array]:
    """Coefficients (columns, classes) and a bias (classes,) that maximise the likelihood.

    From it `ridge`/2 times the squares of the coefficients is taken, not those of the bias. Raises `ValueError` when
    the steps do not settle, which they do for a convex problem.
    """
    if x.shape[1] <= x.shape[0]:
        return _descend(x, labels, classes, ridge)
    # The coefficients lie in the space of the rows, x = u s v': fit in its coordinates, which are fewer than columns.
    squares, u = np.linalg.eigh(x @ x.T)
    kept = squares > 1e-10 * squares[-1]
    s = np.sqrt(squares[kept])
    inside, bias = _descend(u[:, kept] * s, labels, classes, ridge)
    return x.T @ (u[:, kept] @ (inside / s[:, None])), bias


def _descend(x: Array, labels: Labels, classes: int, ridge: float) -> tuple[Array, Array]:
    wide = np.hstack([x, np.ones((len(x), 1))])
    target = np.eye(classes)[labels]
    penalty = np.full((wide.shape[1], 1), ridge)
    penalty[-1] = 1e-6
    step = 1.0 / (0.5 * _largest_eigenvalue(wide) + ridge)
    beta = ahead = np.zeros((wide.shape[1], classes))
    momentum = 1.0
    for _ in range(20_000):
        slope = wide.T @ (probabilities(wide @ ahead) - target) + penalty * ahead
        moved = ahead - step * slope
        if np.abs(slope).max() < SETTLED:
            return moved[:-1], moved[-1]
        if float((slope * (moved - beta)).sum()) > 0:  # it went too far: begin anew from here
            momentum = 1.0
        following = (1 + (1 + 4 * momentum**2) ** 0.5) / 2
        ahead = moved + (momentum - 1) / following * (moved - beta)
        beta, momentum = moved, following
    raise ValueError("the fit did not settle")


def probabilities(scores: Array) -> Array:
    """Row by row exp(scores), scaled to add up to 1."""
    powers = np.exp(scores - scores.max(axis=1, keepdims=True))
    result: Array = powers / powers.sum(axis=1, keepdims=True)
    return result


def _largest_eigenvalue(x: Array) -> float:
    """Of x'x, a little more than it is, by the power method."""
    direction = np.ones(x.shape[1])
    size = 1.0
    for _ in range(50):
        direction = x.T @ (x @ direction)
        size = float(np.linalg.norm(direction))
        direction /= size
    return 1.05 * size
