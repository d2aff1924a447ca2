"""Fits the router's classifier and writes resources/router/, with what it was fitted on.

Weights on the phrases `train`, with a ridge chosen by cross-validation over whole groups of them; temperature and
threshold on `calibrate`. What is held out is only reported. Takes a minute; deterministic up to the last digits.

    python -m app.bench.routing.train
"""

from __future__ import annotations

import hashlib
import json
import math
import sys
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from app.assistant.routing.classifier import FIGURES, ROLES, WEIGHTS, Classifier, Role
from app.assistant.routing.classifier import softmax as scaled
from app.assistant.routing.features import COLUMNS, PLAIN, features
from app.bench.routing.judge import WRONG_COSTS, best_threshold, judge, report
from app.bench.routing.phrases import PHRASES, Phrase, load_phrases, of
from app.bench.routing.softmax import Array, Labels, fit, probabilities
from app.files import resource

RIDGES = (0.03, 0.1, 0.3)
FOLDS = 5
TEMPERATURES = tuple(round(0.3 * 1.05**step, 4) for step in range(50))


def main() -> None:
    phrases = load_phrases()
    classifier, told = train(phrases)
    figures = {
        "version": classifier.version,
        "roles": list(ROLES),
        "temperature": classifier.temperature,
        "threshold": classifier.threshold,
        "provenance": dict(classifier.provenance) | told,
    }
    np.savez_compressed(
        resource(*WEIGHTS), weights=classifier.weights.astype(np.float16), bias=classifier.bias.astype(np.float32)
    )
    resource(*FIGURES).write_text(json.dumps(figures, indent=1) + "\n", encoding="utf-8")
    json.dump(figures, sys.stdout, indent=1)


def train(phrases: Sequence[Phrase]) -> tuple[Classifier, dict[str, object]]:
    """The classifier of these phrases, and what it is worth on those held out."""
    learnt, tuned = of("train", phrases), of("calibrate", phrases)
    scores = {ridge: cross_validated(learnt, ridge) for ridge in RIDGES}
    ridge = min(scores, key=scores.__getitem__)
    raw = fitted(learnt, ridge)
    calibrated = replace(raw, temperature=best_temperature(tuned, raw))
    final = replace(calibrated, threshold=best_threshold(judge(tuned, calibrated.probabilities)))
    provenance = {
        "made by": "python -m app.bench.routing.train",
        "phrases": fingerprint(),
        "weights": f"{len(learnt)} phrases (train)",
        "ridge": ridge,
        "loss of ridges, cross-validated over groups": {str(r): round(loss, 4) for r, loss in scores.items()},
        "temperature, threshold": f"{len(tuned)} phrases (calibrate); a wrong route costs {WRONG_COSTS:g} right ones",
    }
    unseen = judge(of("held_out", phrases), final.probabilities)
    told: dict[str, object] = {"held out": report(unseen, learnt, final.threshold)}
    version = hashlib.sha256(final.weights.tobytes() + repr((final.temperature, final.threshold)).encode()).hexdigest()
    return replace(final, provenance=provenance, version=version[:12]), told


def fingerprint() -> str:
    """Of the phrases' file: figures that were made from another one are stale."""
    return hashlib.sha256(PHRASES.read_bytes().replace(b"\r\n", b"\n")).hexdigest()[:12]


def fitted(phrases: Sequence[Phrase], ridge: float) -> Classifier:
    """Fitted and not calibrated, its weights as they will be kept."""
    x, used = matrix(phrases)
    coefficients, bias = fit(x, labels(phrases), len(ROLES), ridge=ridge)
    weights = np.zeros((COLUMNS + len(PLAIN), len(ROLES)), np.float32)
    weights[used] = coefficients.astype(np.float16)
    return Classifier(weights=weights, bias=bias.astype(np.float32), temperature=1.0, threshold=0.0, version="")


def cross_validated(phrases: Sequence[Phrase], ridge: float) -> float:
    """Mean negative log-likelihood on groups that were left out, in turn."""
    folds = {group: place % FOLDS for place, group in enumerate(sorted({phrase.group for phrase in phrases}))}
    lost = 0.0
    for fold in range(FOLDS):
        classifier = fitted([phrase for phrase in phrases if folds[phrase.group] != fold], ridge)
        left_out = [phrase for phrase in phrases if folds[phrase.group] == fold]
        lost += _loss(left_out, [classifier.scores(phrase.text) for phrase in left_out], 1.0) * len(left_out)
    return lost / len(phrases)


def best_temperature(phrases: Sequence[Phrase], classifier: Classifier) -> float:
    """The temperature of `TEMPERATURES` with the largest likelihood (Guo et al. 2017)."""
    scores = [classifier.scores(phrase.text) for phrase in phrases]
    return min(TEMPERATURES, key=lambda temperature: _loss(phrases, scores, temperature))


def matrix(phrases: Sequence[Phrase]) -> tuple[Array, NDArray[np.intp]]:
    """The features of the phrases, only columns that occur in any, and which these are."""
    x = np.zeros((len(phrases), COLUMNS + len(PLAIN)))
    for row, phrase in enumerate(phrases):
        columns, values = features(phrase.text)
        np.add.at(x[row], columns, values)
    used = np.flatnonzero(x.any(axis=0))
    return x[:, used], used


def labels(phrases: Sequence[Phrase]) -> Labels:
    return np.array([ROLES.index(phrase.role) for phrase in phrases])


@dataclass(frozen=True, slots=True, eq=False)
class LengthOnly:
    """The baseline that learned routers barely beat elsewhere: logistic regression on nothing but the text's length."""

    mean: Array
    spread: Array
    coefficients: Array
    bias: Array

    @classmethod
    def of(cls, phrases: Sequence[Phrase]) -> LengthOnly:
        x = np.array([lengths(phrase.text) for phrase in phrases])
        mean, spread = x.mean(axis=0), x.std(axis=0)
        return cls(mean, spread, *fit((x - mean) / spread, labels(phrases), len(ROLES), ridge=0.1))

    def probabilities(self, text: str) -> dict[Role, float]:
        x = (np.array(lengths(text)) - self.mean) / self.spread
        return dict(zip(ROLES, scaled((x @ self.coefficients + self.bias).tolist()), strict=True))


def lengths(text: str) -> list[float]:
    """Logarithms of words and characters, and their squares: a role may be neither the shortest nor the longest."""
    words, characters = math.log1p(len(text.split())), math.log1p(len(text))
    return [words, characters, words**2, characters**2]


def _loss(phrases: Sequence[Phrase], scores: Sequence[Sequence[float]], temperature: float) -> float:
    chances = probabilities(np.array(scores) / temperature)
    return float(-np.log(chances[np.arange(len(phrases)), labels(phrases)] + 1e-12).mean())


if __name__ == "__main__":
    main()
