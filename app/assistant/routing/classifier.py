"""The classifier of roles: multinomial logistic regression over `features`, calibrated by one temperature.

Its figures are in resources/router/ and are made by `app.bench.routing.train`; weights.npz is what is multiplied,
classifier.json what explains it. They are read when they are first needed, and numpy with them. Nothing is learnt here.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING, Any, Literal, get_args

from app.assistant.routing.features import COLUMNS, PLAIN, features
from app.errors import EngineUnavailable
from app.files import resource

if TYPE_CHECKING:
    from numpy.typing import NDArray

Role = Literal["dialogue", "planning", "code", "summary", "tools"]
ROLES: tuple[Role, ...] = get_args(Role)

WEIGHTS, FIGURES = ("router", "weights.npz"), ("router", "classifier.json")


@dataclass(frozen=True, slots=True, eq=False)
class Classifier:
    """The fitted figures.

    weights: (COLUMNS + len(PLAIN), roles), float32; bias: (roles,). temperature: what log-odds are divided by, so that
    of the phrases with a confidence of 0.8 four in five are right. threshold: below it the answer is "don't know".
    version: changes whenever the figures do.
    """

    weights: NDArray[Any]
    bias: NDArray[Any]
    temperature: float
    threshold: float
    version: str
    provenance: Mapping[str, Any] = field(default_factory=dict)

    def scores(self, text: str) -> list[float]:
        """Log-odds by role, in the order of `ROLES`, up to a constant and not calibrated."""
        import numpy as np

        columns, values = features(text)
        scores: list[float] = (np.asarray(values, np.float32) @ self.weights[columns] + self.bias).tolist()
        return scores

    def probabilities(self, text: str) -> dict[Role, float]:
        """How likely `text` is for each role, in the order of `ROLES`; they add up to 1."""
        return dict(zip(ROLES, softmax([score / self.temperature for score in self.scores(text)]), strict=True))


def softmax(scores: list[float]) -> list[float]:
    """exp(scores), scaled to add up to 1."""
    highest = max(scores)
    powers = [math.exp(score - highest) for score in scores]
    total = sum(powers)
    return [power / total for power in powers]


@cache
def trained() -> Classifier:
    """The classifier that comes with the program, read once. Raises as `read` does."""
    return read()


def read() -> Classifier:
    """Read it from its files. Raises `EngineUnavailable` where they are missing or damaged."""
    from zipfile import BadZipFile
    from zlib import error as ZlibError  # noqa: N812

    import numpy as np

    try:
        figures = json.loads(resource(*FIGURES).read_text(encoding="utf-8"))
        # Opened here, since numpy leaves a file open that is no archive.
        with resource(*WEIGHTS).open("rb") as file, np.load(file, allow_pickle=False) as kept:
            weights, bias = kept["weights"].astype(np.float32), kept["bias"].astype(np.float32)
        if weights.shape != (COLUMNS + len(PLAIN), len(ROLES)) or figures["roles"] != list(ROLES):
            raise ValueError("they were made for other features")
        return Classifier(
            weights=weights,
            bias=bias,
            temperature=float(figures["temperature"]),
            threshold=float(figures["threshold"]),
            version=str(figures["version"]),
            provenance=figures["provenance"],
        )
    except (OSError, ValueError, KeyError, TypeError, EOFError, BadZipFile, ZlibError) as error:
        raise EngineUnavailable(f"The router's figures cannot be read ({error}); install Duet again.") from error
