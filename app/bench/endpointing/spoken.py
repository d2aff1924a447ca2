"""The written turns as speech, pauses and all, by speakers who each have their own voice, pace and pauses.

Those who speak the turns to learn from (`tune`) and those who speak the ones to judge by (`held_out`) are different
voices. A synthesiser does not hesitate: a pause is put between two pieces said one after the other. Before most of them
the speaker keeps the voice up, as before a comma, and before the rest lets it fall, as people do as well.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import asdict, dataclass

import numpy as np

from app.bench.answers import Split
from app.bench.corpus.makers import LEAD_S, LEVEL_DB
from app.bench.corpus.narrator import PITCHES, RATES, Line, Narrator, narrator
from app.bench.corpus.sound import at_level, silence
from app.bench.corpus.turns import SpokenTurn, kept, spoken
from app.bench.endpointing.texts import WrittenTurn, load_turns

VOICES: dict[Split, tuple[str, ...]] = {
    "tune": (
        "en-us", "en-us+m1", "en-us+m4", "en-us+f1", "en-us+f3",
        "en-gb-scotland+m1", "en-gb-scotland+f1", "en-gb",
    ),
    "held_out": (
        "en-us+m3", "en-us+m6", "en-us+m7", "en-us+f2", "en-us+f5",
        "en-gb-x-rp+m3", "en-gb-x-rp+f2", "en-gb-x-rp",
    ),
}  # fmt: skip

PAUSES_S = (0.15, 1.2)
"""Bounds of a pause inside a turn."""
MEDIANS_S = (0.25, 0.65)
"""Each speaker's median pause lies between these; around it lengths are log-normal with this deviation of ln."""
SPREAD = 0.45
PAUSES_AT = 0.8
"""Share of the marked places where the speaker does pause."""
HELD_UP = 0.7
"""Share of the pauses before which the voice stays up."""


@dataclass(frozen=True, slots=True)
class Speaker:
    """Who says turns: the line's voice, rate and pitch, and the median pause in seconds."""

    voice: str
    rate: float
    pitch: float
    pause_s: float


def speakers(split: Split, seed: int = 1) -> tuple[Speaker, ...]:
    """One for each voice, with medians spread evenly over `MEDIANS_S`, in an order by chance."""
    rng, voices = random.Random(f"{split} {seed}"), VOICES[split]
    medians = np.geomspace(*MEDIANS_S, len(voices)).tolist()
    rng.shuffle(medians)
    return tuple(
        Speaker(voice, rng.uniform(*RATES), rng.uniform(*PITCHES), median)
        for voice, median in zip(voices, medians, strict=True)
    )


async def sessions(split: Split, rounds: int = 1, seed: int = 1) -> tuple[tuple[SpokenTurn, ...], ...]:
    """What each speaker says, in order: all turns of `split` dealt out among them, `rounds` times, each time anew."""
    rng, turns, people = random.Random(f"deal {split} {seed}"), list[WrittenTurn](), speakers(split, seed)
    for _ in range(rounds):
        dealt = [turn for turn in load_turns() if turn.split == split]
        rng.shuffle(dealt)
        turns += dealt
    said = [
        await _session(speaker, turns[place :: len(people)], f"{seed} {place}") for place, speaker in enumerate(people)
    ]
    return tuple(said)


async def _session(speaker: Speaker, turns: Sequence[WrittenTurn], seed: str) -> tuple[SpokenTurn, ...]:
    rng = random.Random(seed)
    said = [_pieces(turn, speaker, rng) for turn in turns]
    level = rng.uniform(*LEVEL_DB)
    recipe = {"kind": "endpointing", "speaker": asdict(speaker), "level": level, "said": said}

    async def make() -> Sequence[SpokenTurn]:
        async with narrator() as voice:
            return [await _say(voice, speaker, turn, pieces, level) for turn, pieces in zip(turns, said, strict=True)]

    return await kept(recipe, make)


def _pieces(turn: WrittenTurn, speaker: Speaker, rng: random.Random) -> list[str | float]:
    """Text to be said, and seconds of silence between."""
    found: list[str | float] = [turn.pieces[0]]
    for piece in turn.pieces[1:]:
        before = found[-1]
        assert isinstance(before, str)
        if rng.random() < PAUSES_AT:
            if not before.endswith(",") and rng.random() < HELD_UP:
                found[-1] = before + ","
            pause = speaker.pause_s * float(np.exp(rng.gauss(0.0, SPREAD)))
            found += [min(max(pause, PAUSES_S[0]), PAUSES_S[1]), piece]
        else:
            found[-1] = f"{before} {piece}"
    return found


async def _say(
    narrator: Narrator, speaker: Speaker, turn: WrittenTurn, pieces: Sequence[str | float], level_db: float
) -> SpokenTurn:
    parts = [silence(LEAD_S)]
    for piece in pieces:
        if isinstance(piece, str):
            parts.append(await narrator.say(Line(piece, speaker.voice, speaker.rate, speaker.pitch)))
        else:
            parts.append(silence(piece))
    return spoken(at_level(np.concatenate(parts), level_db), kind=turn.kind, text=turn.text, voice=speaker.voice)
