"""What a comparison of two answers comes to. Compares nothing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Name = Literal["agree", "add", "correct"]


@dataclass(frozen=True, slots=True)
class Verdict:
    """`confidence` in 0..1 is how plainly the claims decided it, not a probability. `why` is a clause for the user."""

    verdict: Name
    why: str
    confidence: float


@dataclass(frozen=True, slots=True)
class Opinion:
    """What the planner itself thinks of the first answer, and how sure it is (0..1)."""

    verdict: Name
    confidence: float
