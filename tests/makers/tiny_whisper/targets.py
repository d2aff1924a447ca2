"""What the decoder shall say to a clip: text, text with times, or nothing; alone, or after an earlier text.

The earlier text (Whisper's `initial_prompt`, `hotwords`, or what was said before) is anything: sentences, word lists,
words nobody knows, the beginning of the answer itself. It must change nothing, so it is never a target.
"""

from __future__ import annotations

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
    """Token ids, of which the first `known` are given and the others are to be said."""

    ids: list[int]
    known: int


def sequence(pieces: Sequence[Piece], tokens: Tokens, rng: random.Random, prompted: bool) -> Target:
    before: list[int] = []
    if prompted and rng.random() >= UNPROMPTED_SHARE:
        text = " ".join(piece.text for piece in pieces)
        before = [tokens.previous, *tokens.ids(prompt(text, rng))[-LONGEST_PROMPT:]]
    given = [*before, tokens.start]
    if not pieces:
        if rng.random() < 0.5:
            return Target([*given, tokens.no_speech], len(given))
        # That no times are wanted is given: it says nothing about whether there is speech.
        return Target([*given, tokens.no_timestamps, tokens.end], len(given) + 1)
    if rng.random() < TIMED_SHARE:
        said = [
            token
            for piece in pieces
            for token in (tokens.time(piece.start_s), *tokens.ids(piece.text), tokens.time(piece.end_s))
        ]
        return Target([*given, *said, tokens.end], len(given))
    said = [token for piece in pieces for token in tokens.ids(piece.text)]
    return Target([*given, tokens.no_timestamps, *said, tokens.end], len(given))


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
