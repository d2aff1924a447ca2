"""What routing is worth on phrases of known role: accuracy, precision and recall, calibration, and what it gains.

The gain is over sending everything to dialogue, which is what there would be without a router: a right route to another
role counts 1, a wrong one costs `WRONG_COSTS`, dialogue counts nothing. Arithmetic only.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from statistics import fmean

from app.assistant.routing.classifier import ROLES, Role
from app.bench.routing.phrases import Phrase

WRONG_COSTS = 2.0
"""In right routes. A question at the wrong planner is worse than one at the usual; twice is judged, not measured."""

BINS = 10

Rate = Callable[[str], dict[Role, float]]
"""Gives a text's probabilities by role."""


@dataclass(frozen=True, slots=True)
class Judged:
    """One phrase, and how likely it was held for each role."""

    phrase: Phrase
    likely: dict[Role, float]

    @property
    def best(self) -> Role:
        return max(self.likely, key=self.likely.__getitem__)

    @property
    def confidence(self) -> float:
        return self.likely[self.best]

    def unsure(self, threshold: float) -> bool:
        """Whether the router says "don't know"."""
        return self.best != "dialogue" and self.confidence < threshold

    def route(self, threshold: float) -> Role:
        """Where it is sent."""
        return "dialogue" if self.unsure(threshold) else self.best

    def right(self, threshold: float) -> bool:
        return self.route(threshold) == self.phrase.role


def judge(phrases: Sequence[Phrase], rate: Rate) -> list[Judged]:
    return [Judged(phrase, rate(phrase.text)) for phrase in phrases]


def accuracy(judged: Sequence[Judged], threshold: float = 0.0) -> float:
    """Share that is sent to its role; 0 is no threshold."""
    return fmean(each.right(threshold) for each in judged)


def majority(learnt: Sequence[Phrase], judged: Sequence[Judged]) -> float:
    """Share that would be right if everything were of the role that most learnt phrases have."""
    ((usual, _),) = Counter(phrase.role for phrase in learnt).most_common(1)
    return fmean(each.phrase.role == usual for each in judged)


def precision_recall(judged: Sequence[Judged], role: Role, threshold: float) -> tuple[float | None, float]:
    """Of what is sent to `role` the share that belongs there (None of nothing), and of what belongs the share sent."""
    sent = [each for each in judged if each.route(threshold) == role]
    belongs = [each for each in judged if each.phrase.role == role]
    hits = sum(each.phrase.role == role for each in sent)
    return (hits / len(sent) if sent else None), hits / len(belongs)


def calibration_error(judged: Sequence[Judged]) -> float:
    """Expected calibration error (Naeini et al. 2015): mean distance of confidence and accuracy over equal bins."""
    bins: dict[int, list[Judged]] = {}
    for each in judged:
        bins.setdefault(min(int(each.confidence * BINS), BINS - 1), []).append(each)
    return sum(
        len(those) * abs(accuracy(those) - fmean(each.confidence for each in those)) for those in bins.values()
    ) / len(judged)


def gain(judged: Sequence[Judged], threshold: float) -> float:
    """Per phrase, over sending everything to dialogue; see the module."""
    return fmean(_worth(each, threshold) for each in judged)


def possible(judged: Sequence[Judged]) -> float:
    """The gain of a router that is always right."""
    return fmean(each.phrase.role != "dialogue" for each in judged)


def best_threshold(judged: Sequence[Judged]) -> float:
    """The lowest threshold, in hundredths, with the largest gain."""
    candidates = [hundredth / 100 for hundredth in range(20, 96)]
    return max(candidates, key=lambda threshold: (round(gain(judged, threshold), 9), -threshold))


def _worth(each: Judged, threshold: float) -> float:
    route = each.route(threshold)
    if route == "dialogue":
        return 0.0
    return 1.0 if route == each.phrase.role else -WRONG_COSTS


def report(judged: Sequence[Judged], learnt: Sequence[Phrase], threshold: float) -> dict[str, object]:
    """The figures as plain values, rounded."""
    told: dict[str, object] = {
        "phrases": len(judged),
        "groups": len({each.phrase.group for each in judged}),
        "accuracy": round(accuracy(judged), 3),
        "accuracy with don't know": round(accuracy(judged, threshold), 3),
        "majority": round(majority(learnt, judged), 3),
        "calibration error": round(calibration_error(judged), 3),
        "don't know": round(fmean(each.unsure(threshold) for each in judged), 3),
        "gain": round(gain(judged, threshold), 3),
        "possible gain": round(possible(judged), 3),
    }
    for role in ROLES:
        precision, recall = precision_recall(judged, role, threshold)
        told[role] = {"precision": precision and round(precision, 3), "recall": round(recall, 3)}
    return told
