"""How something was said: pitch and loudness of the last stretch of speech, and whether it was a voice at all.

Pitch by normalised autocorrelation (Boersma 1993, without the interpolation), on voiced hops only. What a falling
contour means for the end of a turn is the endpointer's affair.
"""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from app.audio.base import HOP, SAMPLE_RATE, Samples

HOP_S = HOP / SAMPLE_RATE

FRAME = 640
"""Samples in a pitch frame: 40 ms, more than two periods of the lowest pitch."""

LOWEST_HZ, HIGHEST_HZ = 65.0, 420.0
"""Speakers' pitch is sought between these."""

PERIODIC = 0.55
"""Normalised autocorrelation from which a frame is periodic."""

_SHORTEST, _LONGEST = int(SAMPLE_RATE / HIGHEST_HZ), int(SAMPLE_RATE / LOWEST_HZ)


@dataclass(frozen=True, slots=True)
class Prosody:
    """The stretch before a pause.

    Attributes
    ----------
    pitch_slope
        Semitones per second over the last 300 ms of voiced speech; None without at least five periodic hops there.
    pitch_end_st
        The last pitch relative to the utterance's median, in semitones; None where there is no pitch.
    energy_slope_db_s
        dB per second over the last 300 ms of voiced speech.
    end_drop_db
        Level of the last 100 ms of voiced speech relative to the utterance's median, in dB: below 0 where it fades.
    voiced_s
        Seconds of voiced speech in the utterance so far.
    periodic_share
        Share of the utterance's voiced hops that are periodic: high in speech, low in coughs and knocks.
    """

    pitch_slope: float | None
    pitch_end_st: float | None
    energy_slope_db_s: float
    end_drop_db: float
    voiced_s: float
    periodic_share: float


class ProsodyTracker:
    """Follows one utterance. Push every hop, voiced or not; ask at a pause."""

    def __init__(self) -> None:
        self._frame: deque[Samples] = deque(maxlen=FRAME // HOP)
        self._levels: list[float] = []
        self._pitches: list[float | None] = []

    def reset(self) -> None:
        """Another utterance begins; the sound goes on."""
        self._levels.clear()
        self._pitches.clear()

    def push(self, hop: Samples, level_dbfs: float, voiced: bool) -> None:
        """Take a hop of shape (HOP,); pitch is sought only where it is voiced."""
        self._frame.append(hop)
        if voiced and len(self._frame) == self._frame.maxlen:
            self._levels.append(level_dbfs)
            self._pitches.append(pitch_hz(np.concatenate(self._frame)))

    def prosody(self) -> Prosody:
        """Of the utterance so far; its end is the last voiced hop."""
        levels = np.array(self._levels or [0.0])
        semitones = [(i, 12.0 * math.log2(hz)) for i, hz in enumerate(self._pitches) if hz is not None]
        last = [(i, st) for i, st in semitones if i >= len(self._pitches) - 30]
        median = float(np.median([st for _, st in semitones])) if semitones else 0.0
        return Prosody(
            pitch_slope=_slope(*zip(*last, strict=True)) if len(last) >= 5 else None,
            pitch_end_st=float(np.median([st for _, st in last[-5:]])) - median if last else None,
            energy_slope_db_s=_slope(range(len(levels[-30:])), levels[-30:]),
            end_drop_db=float(levels[-10:].mean() - np.median(levels)),
            voiced_s=len(self._levels) * HOP_S,
            periodic_share=len(semitones) / len(levels),
        )


def pitch_hz(frame: Samples) -> float | None:
    """Fundamental frequency in Hz of a frame of shape (FRAME,), or None where it is not periodic."""
    x = frame - frame.mean()
    spectrum = np.fft.rfft(x, 2048)
    correlation = np.fft.irfft(spectrum.real**2 + spectrum.imag**2)[: _LONGEST + 2]
    energy = np.concatenate(([0.0], np.cumsum(x.astype(np.float64) ** 2)))
    lags = np.arange(len(correlation))
    overlapping = energy[len(x) - lags] * (energy[-1] - energy[lags])
    normal = correlation / np.sqrt(overlapping + 1e-12)
    sought = normal[_SHORTEST : _LONGEST + 1]
    best = float(sought.max())
    if best < PERIODIC:
        return None
    # The shortest period that is nearly as good: twice the period always fits as well.
    peaks = (sought >= normal[_SHORTEST - 1 : _LONGEST]) & (sought >= normal[_SHORTEST + 1 : _LONGEST + 2])
    near = np.flatnonzero(peaks & (sought >= 0.88 * best))
    return SAMPLE_RATE / (_SHORTEST + int(near[0])) if len(near) else None


def _slope(hops: Iterable[float], values: Iterable[float]) -> float:
    """Per second: the median of all pairs' slopes (Theil 1950, Sen 1968), which a pitch an octave off does not turn."""
    x, y = np.array([*hops], float) * HOP_S, np.array([*values], float)
    first, second = np.triu_indices(len(x), 1)
    return float(np.median((y[second] - y[first]) / (x[second] - x[first]))) if len(first) else 0.0
