"""Fits the endpointer's coefficients and writes resources/endpointing/coefficients.json, with what they were fitted on.

Two steps: the words' weights on texts, then the weights of words and voice together on the spoken `tune` turns as the
front end and the starter recogniser hear them. What is held out (other sentences, other voices) is only reported.

    python -m app.bench.endpointing.train
"""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import Iterable, Sequence
from dataclasses import replace
from random import Random
from typing import Any

import numpy as np

from app.assistant.endpointing.decision import Coefficients, turn_features
from app.assistant.endpointing.habits import SHORTEST_S
from app.assistant.endpointing.words import WordsModel, features
from app.bench.endpointing.logistic import Sample, fit
from app.bench.endpointing.replay import Heard, Pause, hear_all
from app.bench.endpointing.spoken import sessions
from app.bench.endpointing.texts import Cut, as_whisper_writes, cuts, grammar_cuts, load_turns, plain
from app.files import resource
from app.settings import Settings

OUT = resource("endpointing", "coefficients.json")

OPEN = (
    "open question", "dictated", "demanding", "alone", "conjunction", "subject", "question word",
    "filler", "hesitation", "determiner", "preposition", "auxiliary", "trails off",
)  # fmt: skip
CLOSED = ("ending", "length", "whole", "asks", "full stop")
"""What can only speak against the end of an utterance, and what only for it, whatever the data happen to say."""

GRAMMAR_SENTENCES, GRAMMAR_WEIGHT = 600, 0.25
"""The grammar's sentences are many and alike: they count less."""

ROUNDS = 1
WRITTEN_WEIGHT = 1.0
"""And once with the right words, as a recogniser that writes sentences gives them."""
MISSING_WEIGHT = 0.25
"""Each pause is seen again without its words and without its voice, and then counts this much."""
THRESHOLDS = (0.0, 1.0, 2.0)


def main() -> None:
    words = fit_words()
    spoken = asyncio.run(_hear())
    turn = fit_turn(words, spoken["tune"])
    held_out = _that_matter(spoken["held_out"])
    document = {
        "provenance": {
            "made by": "python -m app.bench.endpointing.train",
            "words": "turns.jsonl and everyday.jsonl (tune), and the grammar's sentences (train), cut at each word",
            "turn": "turns.jsonl (tune), said once by espeak-ng voices, heard by the front end and pocketsphinx",
            "held out, words": report(words, cuts("held_out")),
            "held out, grammar": report(words, grammar_cuts(400, "held_out", 5)),
            "held out, pauses": report_turn(Coefficients(words, turn), held_out),
        },
        "words": _rounded(words.weights),
        "turn": _rounded(turn),
    }
    OUT.write_text(json.dumps(document, indent=1) + "\n", encoding="utf-8")
    json.dump(document, sys.stdout, indent=1)


def fit_words() -> WordsModel:
    """The weights of the words' features, from texts alone."""
    grammar = grammar_cuts(GRAMMAR_SENTENCES, "train")
    learnt = [*cuts("tune"), *(replace(cut, weight=cut.weight * GRAMMAR_WEIGHT) for cut in grammar)]
    return WordsModel(fit([_text_sample(cut) for cut in learnt], rising=CLOSED, falling=OPEN))


def fit_turn(words: WordsModel, heard: Iterable[Heard]) -> dict[str, float]:
    """The weights of words and voice together, from pauses of which it is known whether they ended a turn."""
    random, samples = Random(0), []
    for each in heard:
        for pause, written in said_until(each, random):
            evidence, over = pause.evidence, pause.length_s is None
            seen = [
                (evidence, 1.0),
                (replace(evidence, words=None), MISSING_WEIGHT),
                (replace(evidence, prosody=None), MISSING_WEIGHT),
                (replace(evidence, words=None, prosody=None), MISSING_WEIGHT),
            ]
            if written is not None:
                seen.append((replace(evidence, words=written), WRITTEN_WEIGHT))
            samples += [Sample(turn_features(known, words), over, weight) for known, weight in seen]
    return fit(
        samples,
        rising=("words", "written words", "ends low", "fades", "loudness falls", "pitch falls"),
        falling=("no words", "pitch rises"),
    )


def said_until(heard: Heard, random: Random) -> list[tuple[Pause, str | None]]:
    """The pauses that matter, with what had been said by then as Whisper would write it; None where that is not known.

    It is known where the front end found as many pauses as were made.
    """
    pieces = {turn.text: turn.pieces for turn in load_turns()}[heard.turn.text]
    pauses = _that_matter([heard])
    inside = [pause for pause in pauses if pause.length_s is not None]
    found: list[tuple[Pause, str | None]] = []
    for pause in pauses:
        if pause.length_s is None:
            found.append((pause, as_whisper_writes(heard.turn.text, True, random)))
        elif len(inside) == len(pieces) - 1:
            said = " ".join(pieces[: inside.index(pause) + 1])
            found.append((pause, as_whisper_writes(said, False, random)))
        else:
            found.append((pause, None))
    return found


def report(words: WordsModel, judged: Sequence[Cut]) -> dict[str, Any]:
    """Precision and recall of "complete" at thresholds of log-odds, for words without and with punctuation."""
    told = {}
    for name, chosen in (
        ("plain", [cut for cut in judged if cut.text == plain(cut.text)]),
        ("punctuated", [cut for cut in judged if cut.text != plain(cut.text)]),
    ):
        odds = np.array([words.log_odds(cut.text) or 0.0 for cut in chosen])
        over = np.array([cut.complete for cut in chosen])
        told[name] = _precision_recall(odds, over, np.array([cut.weight for cut in chosen]))
    return told


def report_turn(coefficients: Coefficients, pauses: Sequence[Pause]) -> dict[str, Any]:
    """The same of "the turn is over" at pauses of at least `SHORTEST_S`, with all evidence."""
    odds = np.array(
        [
            sum(coefficients.turn.get(name, 0.0) * value for name, value in found.items())
            for found in (turn_features(pause.evidence, coefficients.words) for pause in pauses)
        ]
    )
    over = np.array([pause.length_s is None for pause in pauses])
    return {"share over": round(float(over.mean()), 3)} | _precision_recall(odds, over, np.ones(len(odds)))


def _precision_recall(odds: Any, over: Any, weight: Any) -> dict[str, Any]:
    told: dict[str, Any] = {"n": len(odds)}
    for threshold in THRESHOLDS:
        said = odds >= threshold
        right = float(weight[said & over].sum())
        told[f"at {threshold:g}"] = {
            "precision": round(right / max(float(weight[said].sum()), 1e-9), 3),
            "recall": round(right / max(float(weight[over].sum()), 1e-9), 3),
        }
    return told


def _text_sample(cut: Cut) -> Sample:
    return Sample(features(cut.text) or {}, cut.complete, cut.weight)


def _that_matter(heard: Iterable[Heard]) -> list[Pause]:
    """Those that last long enough for a decision to matter."""
    return [pause for each in heard for pause in each.pauses if pause.length_s is None or pause.length_s >= SHORTEST_S]


async def _hear() -> dict[str, list[Heard]]:
    found = {}
    for split in ("tune", "held_out"):
        turns = [turn for session in await sessions(split, ROUNDS) for turn in session]
        found[split] = await hear_all(turns, Settings())
    return found


def _rounded(weights: Any) -> dict[str, float]:
    return {name: round(value, 3) for name, value in sorted(weights.items())}


if __name__ == "__main__":
    main()
