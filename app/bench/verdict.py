"""The bench `verdict`: how well `judge` tells agree, add and correct on labelled pairs, and how long it takes.

The pairs (resources/verdict/pairs.jsonl) were written and labelled for this and split by families of questions before
anything was tuned; the half `unseen` decides. Beside it two judges that know no claims: one that always agrees, and one
that only counts shared words, with the thresholds that suit the half `tune` best.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import product
from pathlib import Path
from time import perf_counter
from typing import Literal, get_args

from app.assistant.verdict import Name, judge
from app.assistant.verdict.asking import ask
from app.assistant.verdict.claims import extract
from app.bench.rows import Bench, Budget, Row, Samples, single
from app.errors import BadInput
from app.files import resource
from app.settings import Settings

PAIRS = resource("verdict", "pairs.jsonl")

Split = Literal["tune", "unseen"]
Judge = Callable[[str, str, str], Name]

BUDGETS = {"precision": Budget(limit=0.9, kind="at_least"), "recall": Budget(limit=0.8, kind="at_least")}
"""For `correct` on the unseen half: a wrong correction is worse than none."""

QUICK = Budget(limit=5.0, of="worst")
"""Milliseconds a judgement may take."""


@dataclass(frozen=True, slots=True)
class Pair:
    """A question, two answers, what the second is to the first, and the sort of difficulty that it was written for."""

    q: str
    a: str
    b: str
    verdict: Name
    kind: str
    split: Split


def load_pairs(path: Path = PAIRS) -> tuple[Pair, ...]:
    """Read labelled pairs, JSON Lines. Raises `BadInput` with the line's number."""
    try:
        lines = path.read_text(encoding="utf-8").split("\n")
    except (OSError, UnicodeDecodeError) as error:
        raise BadInput(f"The pairs {path} cannot be read ({error}); choose another file.") from error
    return tuple(_pair(line, f"{path}, line {number}") for number, line in enumerate(lines, 1) if line.strip())


def _pair(line: str, where: str) -> Pair:
    try:
        pair = Pair(**json.loads(line))
    except (ValueError, TypeError) as error:
        raise BadInput(f"{where} is no labelled pair ({error}); see the first line for the form.") from error
    texts = (pair.q, pair.a, pair.b, pair.kind)
    if (
        not all(isinstance(text, str) for text in texts)
        or pair.verdict not in get_args(Name)
        or pair.split not in get_args(Split)
    ):
        raise BadInput(f'{where} needs texts, a verdict of agree, add or correct, and a split ("tune" or "unseen").')
    return pair


async def verdict(_: Settings) -> Bench:
    """Precision and recall per verdict on both halves, against a judge of shared words; then time per judgement."""
    pairs = load_pairs()
    halves = {split: [pair for pair in pairs if pair.split == split] for split in ("unseen", "tune")}
    similar = similarity_judge(halves["tune"])
    found: list[Row] = []
    for split, half in halves.items():
        ours, theirs = score(by_claims, half), score(similar, half)
        for name in ("correct", "add", "agree"):
            for measure in ("precision", "recall"):
                budgets = (BUDGETS[measure],) if name == "correct" and split == "unseen" else ()
                value, baseline = ours[f"{measure} of {name}"], theirs[f"{measure} of {name}"]
                found.append(
                    single(
                        f"{split}: {measure} of {name}, vs shared words", value, "share", len(half), baseline, *budgets
                    )
                )
        found.append(single(f"{split}: right, vs shared words", ours["right"], "share", len(half), theirs["right"]))
        nothing = score(lambda *_: "agree", half)
        found += [
            single(f"{split}: {measure}, vs always agree", ours[measure], "share", len(half), nothing[measure])
            for measure in ("right", "precision of agree", "recall of correct")
        ]
    found += [_time("time per judgement", pairs), _time("time per judgement, answers of 300 words", _long(pairs))]
    notes = (
        f"{len(pairs)} pairs, {len({pair.q for pair in pairs})} questions; tuned on the half tune only",
        "a judge that never gives a verdict has a precision of 0 for it",
    )
    return Bench(name="verdict", rows=tuple(found), notes=notes)


def by_claims(question: str, first: str, second: str) -> Name:
    """Duet's own judge."""
    return judge(question, first, second).verdict


def score(judged_by: Judge, pairs: Sequence[Pair]) -> dict[str, float]:
    """The shares "right", "precision of NAME" and "recall of NAME" (0 where there is nothing to divide by)."""
    judged = [(judged_by(pair.q, pair.a, pair.b), pair.verdict) for pair in pairs]
    shares = {"right": _share(got == true for got, true in judged)}
    for name in get_args(Name):
        shares[f"precision of {name}"] = _share(true == name for got, true in judged if got == name)
        shares[f"recall of {name}"] = _share(got == name for got, true in judged if true == name)
    return shares


def _share(hits: Iterable[bool]) -> float:
    told = list(hits)
    return sum(told) / len(told) if told else 0.0


def similarity_judge(pairs: Sequence[Pair]) -> Judge:
    """A judge of shared words: little of the first answer kept is a correction, little of the second new is agreement.

    Its two thresholds are those of a grid that make most of `pairs` right.
    """

    def at(kept: float, old: float) -> Judge:
        def by_words(question: str, first: str, second: str) -> Name:
            asked, a, b = _bag(question), _bag(first), _bag(second)
            a, b = (a - asked) or a, (b - asked) or b
            shared = len(a & b)
            if shared < kept * len(a):
                return "correct"
            return "agree" if shared >= old * len(b) else "add"

        return by_words

    grid = [step / 10 for step in range(11)]
    return max((at(kept, old) for kept, old in product(grid, grid)), key=lambda each: score(each, pairs)["right"])


def _bag(text: str) -> frozenset[str]:
    return frozenset("".join(letter if letter.isalnum() else " " for letter in text.lower()).split())


def _time(measure: str, pairs: Sequence[Pair]) -> Row:
    """Milliseconds of each judgement, with nothing remembered of earlier ones."""
    collected = Samples(measure=measure, unit="ms")
    judge("Is it warm?", "Yes.", "No.")  # the lexicon is read once per process
    for pair in pairs:
        extract.cache_clear()
        ask.cache_clear()
        start = perf_counter()
        judge(pair.q, pair.a, pair.b)
        collected.add(1000 * (perf_counter() - start))
    return collected.row(QUICK)


def _long(pairs: Sequence[Pair]) -> list[Pair]:
    """Pairs whose answers are the pairs' own, one after the other, up to 300 words each."""
    words = " ".join(pair.b for pair in pairs).split()
    texts = [" ".join(words[at : at + 300]) for at in range(0, len(words) - 300, 300)]
    asked = [pair.q for pair in pairs]
    return [Pair(q, a, b, "agree", "long", "tune") for q, a, b in zip(asked, texts, texts[1:], strict=False)]
