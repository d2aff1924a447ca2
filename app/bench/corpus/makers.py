"""Makers of spoken turns: sentences in many voices, with pauses inside, in two parts, with hesitations, and "uh-huh".

Each is a function of a count and a seed, and gives turns whose every silence and last sample are known. They start with
a short silence and end with the last voiced sample; what follows is the bench's affair.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np

from app.audio.base import Samples
from app.bench.corpus.narrator import PITCHES, RATES, VOICES, Line, Narrator, narrator
from app.bench.corpus.sentences import sentences, two_part, with_pause
from app.bench.corpus.sentences import spoken as read_out
from app.bench.corpus.sound import at_level, silence, with_noise
from app.bench.corpus.turns import SpokenTurn, kept, spoken

LEAD_S = 0.3
"""Silence before the first word."""

LEVEL_DB = (-30.0, -18.0)
"""Active level of a turn in dBFS: someone across the room to someone at the microphone."""

PAUSES_S = (0.25, 1.2)
"""Length of a pause inside a turn. People's pauses within a turn are mostly below a second (Heldner and Edlund 2010);
the longest that a commit can wait for is 1.5 s."""

HESITATIONS = ("um", "uh", "erm", "well", "let me see", "you know")

BACKCHANNELS = {"uh-huh": "uh huh", "mm-hm": "um hum", "okay": "okay", "right": "right", "yeah": "yeah", "hmm": "hmm"}
"""What a listener says without wanting the turn, and how espeak-ng is made to say it."""


async def plain_turns(count: int, seed: int = 1) -> tuple[SpokenTurn, ...]:
    """One sentence each, said without a stop; none that the tests' Whisper was trained with."""

    def pieces(rng: random.Random) -> list[_Said]:
        return [_Said(text, [text]) for text in sentences(count, seed, part="held_out")]

    return await _made("plain", count, seed, pieces)


async def paused_turns(count: int, seed: int = 1) -> tuple[SpokenTurn, ...]:
    """One sentence each, in which the speaker stops to think for 0.25 to 1.2 s."""

    def pieces(rng: random.Random) -> list[_Said]:
        found = with_pause(count, seed)
        return [_Said(each.sentence, [each.before, _pause(rng), _rest(each.sentence, each.word)]) for each in found]

    return await _made("pause", count, seed, pieces)


async def two_part_turns(count: int, seed: int = 1) -> tuple[SpokenTurn, ...]:
    """Two questions in one breath, or nearly: a pause comes where the comma is."""

    def pieces(rng: random.Random) -> list[_Said]:
        return [_Said(text, _at_comma(text, _pause(rng))) for text in two_part(count, seed)]

    return await _made("two parts", count, seed, pieces)


async def hesitating_turns(count: int, seed: int = 1) -> tuple[SpokenTurn, ...]:
    """A sentence with "um" in it, between two short silences."""

    def pieces(rng: random.Random) -> list[_Said]:
        found = []
        for each in with_pause(count, seed):
            word, rest = rng.choice(HESITATIONS), _rest(each.sentence, each.word)
            gaps = rng.uniform(0.1, 0.4), rng.uniform(0.15, 0.7)
            found.append(_Said(f"{each.before} {word} {rest}", [each.before, gaps[0], word, gaps[1], rest]))
        return found

    return await _made("hesitation", count, seed, pieces)


async def backchannels(count: int, seed: int = 1) -> tuple[SpokenTurn, ...]:
    """What a listener murmurs while another speaks."""

    def pieces(rng: random.Random) -> list[_Said]:
        names = [rng.choice(list(BACKCHANNELS)) for _ in range(count)]
        return [_Said(name, [BACKCHANNELS[name]]) for name in names]

    return await _made("backchannel", count, seed, pieces)


async def long_speech(seconds: float, voice: str, seed: int = 1) -> SpokenTurn:
    """Somebody who talks and talks, at the voice's own level: what the assistant says, as the speaker gets it."""
    recipe = {"kind": "long", "seconds": seconds, "voice": voice, "seed": seed, "level": "its own"}

    async def make() -> Sequence[SpokenTurn]:
        rng, parts, said, length = random.Random(seed), [silence(LEAD_S)], list[str](), 0.0
        async with narrator() as speaker:
            for text in sentences(round(seconds), seed, "statement"):
                parts += [await speaker.say(Line(read_out(text), voice)), silence(rng.uniform(0.2, 0.5))]
                said.append(text)
                length = sum(map(len, parts)) / len(silence(1.0))
                if length >= seconds:
                    break
        return [spoken(np.concatenate(parts), kind="long", text=" ".join(said), voice=voice)]

    return (await kept(recipe, make))[0]


def noisy(turn: SpokenTurn, noise: Samples, snr_db: float, start: int = 0) -> SpokenTurn:
    """The same turn over `noise` (from its sample `start` on). Its times stay those of the clean signal."""
    return replace(turn, samples=with_noise(turn.samples, noise, snr_db, start), snr_db=snr_db)


class _Said:
    """What is written of a turn, and its pieces: text to be said, and seconds of silence between."""

    def __init__(self, text: str, pieces: Sequence[str | float]) -> None:
        self.text = text
        self.pieces = pieces


async def _made(
    kind: str, count: int, seed: int, pieces: Callable[[random.Random], list[_Said]]
) -> tuple[SpokenTurn, ...]:
    rng = random.Random(f"{kind} {seed}")
    said = pieces(rng)
    # The words are part of the recipe: where the grammar of the sentences changes, the sound does too.
    recipe = {"kind": kind, "count": count, "seed": seed, "said": [[each.text, *each.pieces] for each in said]}

    async def make() -> Sequence[SpokenTurn]:
        async with narrator() as speaker:
            return [await _say(speaker, kind, each, rng) for each in said]

    return await kept(recipe, make)


async def _say(speaker: Narrator, kind: str, said: _Said, rng: random.Random) -> SpokenTurn:
    voice, rate, pitch = rng.choice(VOICES), rng.uniform(*RATES), rng.uniform(*PITCHES)
    parts = [silence(LEAD_S)]
    for piece in said.pieces:
        if isinstance(piece, str):
            parts.append(await speaker.say(Line(read_out(piece), voice, rate, pitch)))
        else:
            parts.append(silence(piece))
    sound = at_level(np.concatenate(parts), rng.uniform(*LEVEL_DB))
    return spoken(sound, kind=kind, text=said.text, voice=voice)


def _pause(rng: random.Random) -> float:
    return rng.uniform(*PAUSES_S)


def _rest(sentence: str, word: int) -> str:
    return " ".join(sentence.split()[word:])


def _at_comma(text: str, pause_s: float) -> list[str | float]:
    before, comma, after = text.partition(", ")
    return [before + ",", pause_s, after] if comma else [text]
