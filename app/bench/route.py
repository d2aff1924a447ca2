"""The bench `route`: where unseen phrases are sent, beside two routers that know nothing, and how long a plan takes.

The phrases are those of `app.bench.routing` that nothing was learnt from, tuned on or chosen by; no wording is on both
sides. The baselines are logistic regression on the length alone, and the role that most phrases have; both are fitted
here, on the very phrases that the classifier learnt from. Which shares the roles have in a user's life nobody knows.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from statistics import fmean

from app.assistant.router import Router
from app.assistant.routing.classifier import ROLES, read, trained
from app.bench.routing.judge import (
    WRONG_COSTS,
    Judged,
    accuracy,
    best_threshold,
    calibration_error,
    gain,
    judge,
    majority,
    possible,
    precision_recall,
)
from app.bench.routing.phrases import Phrase, load_phrases, of
from app.bench.routing.train import LengthOnly
from app.bench.rows import Bench, Budget, Row, Samples, single
from app.settings import Settings

ROUNDS = 5
LOADS = 10


async def route(settings: Settings) -> Bench:
    """Accuracy in percent, the gain per hundred phrases, plans in microseconds, the load in milliseconds."""
    phrases = load_phrases()
    learnt, tuned, unseen = of("train", phrases), of("calibrate", phrases), of("held_out", phrases)
    rows = [_loads(), *rows_of(learnt, tuned, unseen), _times(unseen)]
    groups = len({phrase.group for phrase in unseen})
    notes = (
        f"classifier {trained().version}, threshold {trained().threshold:g}",
        f"{len(unseen)} unseen phrases of {groups} meanings; {len(learnt)} learnt",
        f"gain: a right route to another role than dialogue counts 1, a wrong one -{WRONG_COSTS:g}",
    )
    return Bench(name="route", rows=tuple(rows), notes=notes)


def rows_of(learnt: Sequence[Phrase], tuned: Sequence[Phrase], unseen: Sequence[Phrase]) -> list[Row]:
    """What the classifier is worth on `unseen`; the baselines know `learnt`, and their threshold is from `tuned`.

    "Right" is the best guess, on both sides; precision, recall and gain are what is routed, with the threshold.
    """
    classifier = trained()
    threshold = classifier.threshold
    length_only = LengthOnly.of(learnt).probabilities
    judged, by_length = judge(unseen, classifier.probabilities), judge(unseen, length_only)
    gained_by_length = gain(by_length, best_threshold(judge(tuned, length_only)))

    def right(name: str, chosen: Callable[[Phrase], bool]) -> Row:
        ours, theirs = _those(judged, chosen), _those(by_length, chosen)
        return _percent(f"right, {name}, vs length only", accuracy(ours), len(ours), accuracy(theirs))

    found = [
        right("all", lambda phrase: True),
        _percent("right, all, vs the most frequent role", accuracy(judged), len(judged), majority(learnt, judged)),
        right("typed", lambda phrase: phrase.form == "typed"),
        right("as heard", lambda phrase: phrase.form == "heard"),
        right("misheard", lambda phrase: phrase.form == "misheard"),
        right("looks like another", lambda phrase: phrase.hard),
        _percent("right, all, don't know as dialogue", accuracy(judged, threshold), len(judged)),
    ]
    for role in ROLES:
        precision, recall = precision_recall(judged, role, threshold)
        sent = sum(each.route(threshold) == role for each in judged)
        if precision is not None:
            found.append(_percent(f"precision, {role}", precision, sent))
        found.append(_percent(f"recall, {role}", recall, sum(each.phrase.role == role for each in judged)))
    share = fmean(each.unsure(threshold) for each in judged)
    budget = Budget(limit=0.0, kind="at_least", of="median")
    return [
        *found,
        single("calibration error", 100 * calibration_error(judged), "%", len(judged)),
        _percent("don't know", share, len(judged)),
        single(
            "gain over all dialogue, vs length only",
            100 * gain(judged, threshold),
            "%",
            len(judged),
            100 * gained_by_length,
            budget,
        ),
        _percent("gain if all were right", possible(judged), len(judged)),
    ]


def _times(phrases: Sequence[Phrase]) -> Row:
    """Whole plans without tools, one after the other, the first not counted."""
    router, now = Router(), datetime.now(UTC)
    taken = Samples(measure="a plan", unit="us")
    router.plan("warm", now, fast="", planner=None)
    for _ in range(ROUNDS):
        for phrase in phrases:
            began = time.perf_counter()
            router.plan(phrase.text, now, fast="", planner=None)
            taken.add((time.perf_counter() - began) * 1e6)
    return taken.row(Budget(limit=1000, of="p95"))


def _loads() -> Row:
    """The first is the worst: it loads what unpacks files as well. numpy is there already, for the sound."""
    taken = Samples(measure="reading the classifier", unit="ms")
    for _ in range(LOADS):
        began = time.perf_counter()
        read()
        taken.add((time.perf_counter() - began) * 1e3)
    return taken.row(Budget(limit=30, of="worst"))


def _those(judged: Sequence[Judged], chosen: Callable[[Phrase], bool]) -> list[Judged]:
    return [each for each in judged if chosen(each.phrase)]


def _percent(measure: str, share: float, n: int, baseline: float | None = None) -> Row:
    return single(measure, 100 * share, "%", n, None if baseline is None else 100 * baseline)
