"""What the decoder shall say to a clip: text, text with times, or nothing; alone, or after an earlier text.

The earlier text (Whisper's `initial_prompt`, `hotwords`, or what was said before) is anything: sentences, word lists,
words nobody knows, the beginning of the answer itself. It must change nothing, so it is never a target.
"""

from __future__ import annotations

import itertools
import math
import random
import string
from collections.abc import Sequence
from dataclasses import dataclass

from app.bench.corpus import sentences
from tests.makers.tiny_whisper.clips import Piece
from tests.makers.tiny_whisper.tokens import Tokens

TIMED_SHARE = 0.12
UNPROMPTED_SHARE = 0.2
"""Of the clips in a batch with prompts, so many have none."""
LONGEST_PROMPT = 150


@dataclass(frozen=True, slots=True)
class Target:
    """Token ids, of which the first `known` are given and the others are to be said.

    `places` has for each of `ids` when about it is said (s), NaN for what is not said at any time.
    """

    ids: list[int]
    known: int
    places: list[float]


def sequence(pieces: Sequence[Piece], tokens: Tokens, rng: random.Random, prompted: bool) -> Target:
    before: list[int] = []
    if prompted and rng.random() >= UNPROMPTED_SHARE:
        text = " ".join(piece.text for piece in pieces)
        before = [tokens.previous, *tokens.ids(prompt(text, rng))[-LONGEST_PROMPT:]]
    given = [*before, tokens.start]
    if not pieces:
        if rng.random() < 0.5:
            return _target([(token, math.nan) for token in (*given, tokens.no_speech)], len(given))
        # That no times are wanted is given: it says nothing about whether there is speech.
        ids = (*given, tokens.no_timestamps, tokens.end)
        return _target([(token, math.nan) for token in ids], len(given) + 1)
    timed = rng.random() < TIMED_SHARE
    said = [] if timed else [(tokens.no_timestamps, math.nan)]
    for piece in pieces:
        said += [(tokens.time(piece.start_s), math.nan)] * timed
        said += _placed(piece, tokens)
        said += [(tokens.time(piece.end_s), math.nan)] * timed
    return _target([(token, math.nan) for token in given] + said + [(tokens.end, math.nan)], len(given))


def _target(placed: list[tuple[int, float]], known: int) -> Target:
    return Target([token for token, _ in placed], known, [place for _, place in placed])


def _placed(piece: Piece, tokens: Tokens) -> list[tuple[int, float]]:
    """The tokens of a piece, spread over its time by their letters."""
    ids = tokens.ids(piece.text)
    sizes = [len(tokens.tokenizer.id_to_token(id)) for id in ids]
    per_letter = (piece.end_s - piece.start_s) / sum(sizes)
    ends = itertools.accumulate(sizes)
    return [(id, piece.start_s + (end - size / 2) * per_letter) for id, size, end in zip(ids, sizes, ends, strict=True)]


def prompt(text: str, rng: random.Random) -> str:
    """Something that may stand before a clip in which `text` is said."""
    kind = rng.choices(("sentences", "words", "beginning", "unknown", "long"), (35, 35, 12, 12, 3))[0]
    if kind == "words":
        words = [rng.choice(sentences.VOCABULARY) for _ in range(rng.randint(1, 6))]
        if text and rng.random() < 0.5:
            words[rng.randrange(len(words))] = rng.choice(text.split()).strip(".,?")
        return rng.choice((" ", ", ")).join(words)
    if kind == "beginning" and text:
        words = text.split()
        return " ".join(words[: rng.randint(1, len(words))])
    if kind == "unknown":
        return rng.choice((" ", ", ")).join(_unknown(rng) for _ in range(rng.randint(1, 4)))
    count = rng.randint(4, 12) if kind == "long" else rng.randint(1, 2)
    return " ".join(sentences.strip(sentences.draw(rng, part="train")) for _ in range(count))


def _unknown(rng: random.Random) -> str:
    word = "".join(rng.choice(string.ascii_lowercase) for _ in range(rng.randint(2, 8)))
    return word.capitalize() if rng.random() < 0.5 else word
