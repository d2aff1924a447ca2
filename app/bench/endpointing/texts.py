"""Turns to learn from and to measure with: what people say, with the places where they pause, and cuts of them.

The turns (resources/endpointing/turns.jsonl) were written for Duet. Half of them (`tune`) may be learnt from; the
other half (`held_out`) holds other sentences and says what that was worth. A bar marks a place for a pause.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Literal, get_args

from app.bench.answers import Split, load_questions
from app.bench.corpus.sentences import PAUSE, Part, draw
from app.errors import BadInput
from app.files import resource

TURNS = resource("endpointing", "turns.jsonl")
Kind = Literal["plain", "short", "hesitation", "clause", "two part", "dictation"]


HESITATIONS = ("um", "uh", "hmm", "er")
HESITATING = 0.2
"""How often one of them is said before a pause, beside the pause itself."""


@dataclass(frozen=True, slots=True)
class WrittenTurn:
    """One turn as it is written. `pieces` are what is said between pauses; one for a turn without."""

    split: Split
    kind: Kind
    pieces: tuple[str, ...]

    @property
    def text(self) -> str:
        return " ".join(self.pieces)


@dataclass(frozen=True, slots=True)
class Cut:
    """What was said up to a point, and whether the turn ended there. `weight`: how much it counts."""

    text: str
    complete: bool
    weight: float


def load_turns(path: Path = TURNS) -> tuple[WrittenTurn, ...]:
    """Read a JSON Lines file. Raises `BadInput` with the line's number."""
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise BadInput(f"The turns {path} cannot be read ({error}); choose another file.") from error
    return tuple(_turn(line, f"{path}, line {n}") for n, line in enumerate(lines, 1) if line.strip())


def _turn(line: str, where: str) -> WrittenTurn:
    try:
        item = json.loads(line)
        turn = WrittenTurn(item["split"], item["kind"], tuple(piece.strip() for piece in item["text"].split("|")))
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise BadInput(f"{where} is no turn ({error}); see the first line for the form.") from error
    if turn.split not in get_args(Split) or turn.kind not in get_args(Kind) or not all(turn.pieces):
        raise BadInput(f"{where} needs a split, a kind that is known, and words between the bars.")
    return turn


def cuts(split: Split, seed: int = 0) -> list[Cut]:
    """The turns and everyday questions of `split`, whole and cut at each word, plain and as Whisper would write them.

    Of each turn the whole counts 1, all cuts at words together 1, and all cuts where one pauses another 1. A cut whose
    words are another turn's whole stays in: nobody can tell them apart, and the fit shall know.
    """
    random = Random(seed)
    found: list[Cut] = []
    for turn in load_turns():
        if turn.split == split:
            found += _cuts_of(turn.pieces, random)
    for question in load_questions():
        if question.split == split:
            found += _cuts_of((question.question,), random)
    return found


def grammar_cuts(count: int, part: Part, seed: int = 0) -> list[Cut]:
    """The same of `count` sentences of the grammar of the spoken corpora; its marks are places for pauses."""
    random, found = Random(seed), list[Cut]()
    for _ in range(count):
        found += _cuts_of(tuple(draw(random, None, part).split(f" {PAUSE} ")), random)
    return found


def _cuts_of(pieces: Sequence[str], random: Random) -> Iterator[Cut]:
    text = " ".join(pieces)
    words = text.split()
    yield from _both_ways(text, True, 1.0, random)
    for at in range(1, len(words)):
        yield from _both_ways(" ".join(words[:at]), False, 1.0 / (len(words) - 1), random)
    for at in range(1, len(pieces)):
        said, share = " ".join(pieces[:at]), 1.0 / (len(pieces) - 1)
        yield from _both_ways(said, False, share, random)
        yield from _both_ways(f"{said} {random.choice(HESITATIONS)}", False, share * HESITATING, random)


def _both_ways(text: str, complete: bool, weight: float, random: Random) -> Iterator[Cut]:
    yield Cut(plain(text), complete, weight)
    yield Cut(as_whisper_writes(text, complete, random), complete, weight / 2)


def plain(text: str) -> str:
    """Small letters without punctuation, as pocketsphinx gives."""
    return " ".join(word for word in (part.strip(".,?!;:").lower() for part in text.split()) if word)


def as_whisper_writes(text: str, complete: bool, random: Random) -> str:
    """With a mark at the end that is mostly right. A cut often gets a full stop all the same, or dots, or none."""
    bare = text.rstrip(".,?!")
    if complete:
        return text if random.random() < 0.9 else bare
    return bare + random.choice((".", ".", "...", "...", ",", "", ""))
