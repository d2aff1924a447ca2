"""Composes what the model is trained with and judged by: sentences spoken, paused, joined, cut off, in noise.

A clip cut off before its end is labelled with the words that were whole, and without a full stop: the model must not
learn to finish sentences that nobody finished.
"""

from __future__ import annotations

import random
from dataclasses import dataclass, replace

import numpy as np

from app.bench.corpus import sentences
from app.engines.hearing.base import SAMPLE_RATE, Samples
from tests.makers.tiny_whisper.speech import Said, Speaker

LONGEST_S = 9.9
FADE_S = 0.004


@dataclass(frozen=True, slots=True)
class Piece:
    """One sentence, or what was said of it, and from when to when it sounds (s)."""

    text: str
    start_s: float
    end_s: float


@dataclass(frozen=True, slots=True)
class Clip:
    """Sound at 16 kHz with what is said in it, and the phonemes of that, if they were asked for."""

    samples: Samples
    pieces: tuple[Piece, ...]
    phonemes: str

    @property
    def text(self) -> str:
        return " ".join(piece.text for piece in self.pieces)


@dataclass(frozen=True, slots=True)
class Voice:
    """One speaker's manner; all sentences of a clip are said by one."""

    name: str
    wpm: int
    pitch: int
    range: int
    speed: float


@dataclass(frozen=True, slots=True)
class Plan:
    """What a clip shall hold: sentences with pause marks, whether to stop inside them, and the silences (s)."""

    marked: tuple[str, ...]
    pause_inside: bool = False
    cut: bool = False
    rest_only: bool = False
    between_s: tuple[float, float] = (0.25, 1.2)
    tail_s: tuple[float, float] = (0.02, 0.9)


def any_voice(rng: random.Random, names: tuple[str, ...]) -> Voice:
    return Voice(
        rng.choice(names), rng.randint(130, 215), rng.randint(25, 80), rng.randint(30, 70), rng.uniform(0.93, 1.07)
    )


def training_plan(rng: random.Random) -> Plan | None:
    """What a clip of the training holds; None for one without speech."""
    if rng.random() < 0.035:
        return None

    def sentence() -> str:
        return sentences.salad(rng) if rng.random() < 0.13 else sentences.draw(rng, part="train")

    count = rng.choices((1, 2, 3), (0.82, 0.16, 0.02))[0]
    tail = (0.0, 0.12) if rng.random() < 0.3 else (0.06, 0.9)
    cut = rng.random() < 0.15
    return Plan(
        tuple(sentence() for _ in range(count)),
        pause_inside=rng.random() < 0.15,
        cut=cut,
        rest_only=not cut and count == 1 and rng.random() < 0.04,
        tail_s=tail,
    )


class Studio:
    """Speaks plans. The same seed gives the same clips, but for what espeak-ng carries on from text to text."""

    def __init__(self, seed: int, phonemes: bool = False) -> None:
        self._speaker, self._phonemes = Speaker(), phonemes
        self._rng = random.Random(seed)
        self._noise = np.random.default_rng(seed)

    def training_clip(self, voices: tuple[str, ...]) -> Clip:
        while True:
            plan = training_plan(self._rng)
            clip = self.clip(plan, any_voice(self._rng, voices)) if plan else self.without_speech()
            if clip.samples.size <= LONGEST_S * SAMPLE_RATE:
                return clip

    def clip(self, plan: Plan, voice: Voice, noisy: bool | None = None) -> Clip:
        """`plan` spoken by `voice`; `noisy` None adds noise to three clips of four."""
        rng = self._rng
        sound = [_zeros(rng.uniform(0, 0.05) if rng.random() < 0.15 else rng.uniform(0.02, 0.8))]
        pieces: list[Piece] = []
        phonemes = ""
        for place, marked in enumerate(plan.marked):
            if place:
                sound.append(_zeros(rng.uniform(*plan.between_s)))
            last = place == len(plan.marked) - 1
            start = sum(part.size for part in sound)
            text, part = self._spoken(marked, plan, voice, cut=plan.cut and last, first=not pieces)
            sound.append(part)
            if text:
                pieces.append(Piece(text, start / SAMPLE_RATE, (start + part.size) / SAMPLE_RATE))
                phonemes += self._speaker.phonemes(sentences.spoken(text)) if self._phonemes else ""
        sound.append(_zeros(rng.uniform(*plan.tail_s)))
        return Clip(self._recorded(np.concatenate(sound), noisy), tuple(pieces), phonemes)

    def without_speech(self) -> Clip:
        """Noise or silence; both are to be heard as nothing."""
        size = int(SAMPLE_RATE * self._rng.uniform(0.4, 4))
        if self._rng.random() < 0.15:
            return Clip(np.zeros(size, np.float32), (), "")
        level = np.float32(10 ** self._rng.uniform(-4.5, -1.2))
        return Clip(noise(self._noise, size) * level, (), "")

    def _spoken(self, marked: str, plan: Plan, voice: Voice, *, cut: bool, first: bool) -> tuple[str, Samples]:
        """The words of one sentence that are heard, and their sound."""
        text = sentences.strip(marked)
        words = text.split()
        spoken = sentences.spoken(text)
        said = self._speaker.say(spoken, voice.name, voice.wpm, voice.pitch, voice.range, voice.speed)
        said = replace(said, starts=_of_written(words, spoken, said))
        places = sentences.pauses(marked) if self._rng.random() < 0.7 else []
        inner = places or list(range(1, len(words)))
        if cut:
            return self._cut(words, said, inner, first)
        if plan.rest_only and inner:
            at = self._rng.choice(inner)
            rest = " ".join(words[at:])
            return rest[0].upper() + rest[1:], said.samples[said.starts[at] :]
        if plan.pause_inside and inner:
            at = self._rng.choice(inner)
            before, after = said.samples[: said.starts[at]], said.samples[said.starts[at] :]
            return text, np.concatenate([_faded(before), _zeros(self._rng.uniform(0.15, 1.2)), after])
        return text, said.samples

    def _cut(self, words: list[str], said: Said, inner: list[int], first: bool) -> tuple[str, Samples]:
        """Cut at a word's beginning, or a little into it, which does not count."""
        if not inner:
            if first:
                return " ".join(words), said.samples
            inner = [0]
        at = self._rng.choice(inner)
        end = said.starts[at + 1] if at + 1 < len(words) else said.samples.size
        into = 0.0 if self._rng.random() < 0.5 else self._rng.uniform(0, 0.3)
        stop = said.starts[at] + int(into * (end - said.starts[at]))
        return " ".join(words[:at]).rstrip(",.:?"), _faded(said.samples[:stop])

    def _recorded(self, sound: Samples, noisy: bool | None) -> Samples:
        peak = np.float32(10 ** self._rng.uniform(-1.4, -0.02))
        sound = (sound / (np.abs(sound).max() + 1e-9) * peak).astype(np.float32)
        if noisy if noisy is not None else self._rng.random() < 0.75:
            level = np.sqrt((sound**2).mean()) * 10 ** (-self._rng.uniform(10, 45) / 20)
            sound = sound + noise(self._noise, sound.size) * np.float32(level)
        return sound


def noise(rng: np.random.Generator, size: int) -> Samples:
    """White, pink or brown noise of RMS 1."""
    white = rng.standard_normal(size)
    colour = rng.integers(3)
    spectrum = np.fft.rfft(white)
    spectrum /= np.maximum(np.arange(spectrum.size), 1.0) ** (0.5 * colour)
    sound = np.fft.irfft(spectrum, size)
    return (sound / (sound.std() + 1e-9)).astype(np.float32)


def _of_written(words: list[str], spoken: str, said: Said) -> tuple[int, ...]:
    """The starts of the written words, where times of day are spoken as two."""
    starts, place = [], 0
    for word in words:
        starts.append(said.starts[place])
        place += len(sentences.spoken(word).split())
    assert place == len(spoken.split())
    return tuple(starts)


def _zeros(seconds: float) -> Samples:
    return np.zeros(max(0, round(seconds * SAMPLE_RATE)), np.float32)


def _faded(sound: Samples) -> Samples:
    """With its last milliseconds faded, so that a cut makes no click."""
    size = min(sound.size, int(FADE_S * SAMPLE_RATE))
    faded = sound.copy()
    if size:
        faded[-size:] *= np.linspace(1, 0, size, dtype=np.float32)
    return faded
