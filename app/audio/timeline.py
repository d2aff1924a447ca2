"""Sound placed in time: pieces of any rate, each beginning at an instant, cut and mixed. No clock, no device."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import soxr

from app.audio.base import Samples

FADE_S = 0.010
"""Length of the ramp with which sound ends that is cut, and begins where it was cut."""


@dataclass(slots=True)
class Piece:
    """Mono samples and when the first of them sounds, in seconds. `fading`: they end in a ramp because of a cut."""

    start_s: float
    samples: Samples
    rate: int
    fading: bool = False
    _resampled: tuple[int, Samples] | None = None

    @property
    def end_s(self) -> float:
        return self.start_s + len(self.samples) / self.rate

    def at_rate(self, rate: int) -> Samples:
        """The samples at another rate; the last one asked for is kept."""
        if rate == self.rate:
            return self.samples
        if self._resampled is None or self._resampled[0] != rate:
            self._resampled = rate, soxr.resample(self.samples, self.rate, rate)
        return self._resampled[1]

    def faded_out(self, at_s: float) -> Piece:
        """With a linear ramp from `at_s` to nothing `FADE_S` later, and cut there."""
        times = self.start_s + np.arange(len(self.samples)) / self.rate
        gain = np.clip(1.0 - (times - at_s) / FADE_S, 0.0, 1.0).astype(np.float32)
        sounding = int(np.count_nonzero(gain))
        return Piece(self.start_s, self.samples[:sounding] * gain[:sounding], self.rate, fading=True)

    def rest(self, from_s: float) -> Piece:
        """What of it sounds from `from_s` on; all of it where that is before its start."""
        skipped = max(round((from_s - self.start_s) * self.rate), 0)
        return Piece(max(self.start_s, from_s), self.samples[skipped:], self.rate)

    def faded_in(self) -> Piece:
        """With a linear ramp over its first `FADE_S`."""
        samples = self.samples.copy()
        ramp = np.linspace(0.0, 1.0, round(FADE_S * self.rate), endpoint=False, dtype=np.float32)[: len(samples)]
        samples[: len(ramp)] *= ramp
        return Piece(self.start_s, samples, self.rate)


class Timeline:
    """Pieces in the order of their starts. Where two overlap, both sound."""

    def __init__(self) -> None:
        self.pieces: list[Piece] = []

    def cut(self, at_s: float) -> list[Piece]:
        """Let all sound fade out from `at_s`. Gives what would have sounded from there on."""
        cut = [piece for piece in self.pieces if piece.end_s > at_s and not piece.fading]
        kept = [piece for piece in self.pieces if piece.end_s <= at_s or piece.fading]
        kept += [piece.faded_out(at_s) for piece in cut if piece.start_s < at_s + FADE_S]
        self.pieces = sorted((piece for piece in kept if len(piece.samples)), key=lambda piece: piece.start_s)
        return [rest for piece in cut if len((rest := piece.rest(at_s)).samples)]

    def excerpt(self, start_s: float, length: int, sample_rate: int) -> Samples:
        """What sounds in the `length` samples of `sample_rate` from `start_s` on. Costs little near the end."""
        sound = np.zeros(length, np.float32)
        end_s = start_s + length / sample_rate
        for piece in reversed(self.pieces):
            if piece.end_s <= start_s - FADE_S:
                break  # only fades overlap what follows them
            if piece.end_s <= start_s or piece.start_s >= end_s:
                continue
            heard = piece.at_rate(sample_rate)
            first = round((start_s - piece.start_s) * sample_rate)
            part = heard[max(first, 0) : max(first + length, 0)]
            offset = max(-first, 0)
            sound[offset : offset + len(part)] += part[: length - offset]
        return sound

    def mixed(self, length: int, sample_rate: int) -> Samples:
        """The first `length` samples from 0 s on, clipped; what follows each other at one rate has no seams."""
        sound = np.zeros(length, np.float32)
        for run in _runs(self.pieces):
            heard = run.at_rate(sample_rate)
            start = round(run.start_s * sample_rate)
            heard = heard[: max(length - start, 0)]
            sound[start : start + len(heard)] += heard
        clipped: Samples = np.clip(sound, -1.0, 1.0)
        return clipped

    def first_above(self, level: float, after_s: float) -> float | None:
        """When the first sample louder than `level` at or after `after_s` sounds; None if there is none."""
        for piece in self.pieces:
            skipped = max(int(np.ceil((after_s - piece.start_s) * piece.rate - 1e-6)), 0)
            loud = np.flatnonzero(np.abs(piece.samples[skipped:]) > level)
            if len(loud):
                return piece.start_s + (skipped + int(loud[0])) / piece.rate
        return None

    def last_above(self, level: float) -> float | None:
        """When the last sample louder than `level` sounds; None if there is none."""
        for piece in reversed(self.pieces):
            loud = np.flatnonzero(np.abs(piece.samples) > level)
            if len(loud):
                return piece.start_s + int(loud[-1]) / piece.rate
        return None


def _runs(pieces: Iterable[Piece]) -> list[Piece]:
    """Pieces that follow each other at one rate, joined: resampling them one by one would click at the seams."""
    runs: list[list[Piece]] = []
    for piece in pieces:
        previous = runs[-1][-1] if runs else None
        if previous and previous.rate == piece.rate and abs(previous.end_s - piece.start_s) < 0.5 / piece.rate:
            runs[-1].append(piece)
        else:
            runs.append([piece])
    return [Piece(run[0].start_s, np.concatenate([piece.samples for piece in run]), run[0].rate) for run in runs]
