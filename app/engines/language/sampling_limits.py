"""Which sampling parameters make sense, for every engine alike. Loads no model library."""

from __future__ import annotations

import math

from app.engines.language.base import Sampling
from app.errors import BadInput


def check_sampling(sampling: Sampling) -> None:
    """Raise `BadInput` for values that no sampler can use."""
    for name, low, high in (
        ("temperature", 0.0, 100.0), ("top_p", 0.0, 1.0), ("min_p", 0.0, 1.0), ("repeat_penalty", 0.01, 100.0),
        ("top_k", 0, 1 << 30), ("max_tokens", 1, 1 << 30),
    ):  # fmt: skip
        value = getattr(sampling, name)
        if not (math.isfinite(value) and low <= value <= high):
            raise BadInput(f"{name} is {value}; it must lie between {low} and {high}.")
