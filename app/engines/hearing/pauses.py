"""Where the sound is in a recording, by energy alone: stretches between pauses, and the quietest place for a cut.

Decides nothing about speech or noise (see `app.engines.hearing.gate`). Sound is mono float32 at 16 kHz; levels are
dB relative to full scale.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from app.engines.hearing.base import SAMPLE_RATE, Samples
from app.errors import BadInput

FRAME_S = 0.02
FRAME = int(FRAME_S * SAMPLE_RATE)
SILENCE_DB = -65.0
"""Nothing below this is sound, however quiet the rest."""

ABOVE_FLOOR_DB, BELOW_PEAK_DB = 9.0, 18.0
"""A frame sounds when it is this far above the recording's quiet tenth, or no further than this below its loud one."""

_BLOCK_S = 60


def checked(samples: Samples) -> Samples:
    """`samples` as mono float32 within [-1, 1]; `BadInput` for another shape and for NaN or infinity."""
    sound = np.asarray(samples)
    if sound.ndim != 1 or sound.dtype.kind != "f":
        raise BadInput("The sound is not mono floating-point samples; convert the recording to one channel first.")
    if not np.isfinite(sound).all():
        raise BadInput("The sound holds values that are not numbers; the recording is damaged, so record it again.")
    return np.clip(sound, -1.0, 1.0).astype(np.float32, copy=False)


def level_db(samples: Samples) -> float:
    """RMS level; -inf for digital silence or nothing."""
    power = float(np.mean(np.square(samples, dtype=np.float64))) if samples.size else 0.0
    return 10 * math.log10(power) if power > 0 else -math.inf


def frame_levels(samples: Samples) -> NDArray[np.float32]:
    """Level of every whole frame of 20 ms, at least -120 dB. Memory stays small however long the recording is."""
    levels: list[NDArray[np.float32]] = []
    block = _BLOCK_S * SAMPLE_RATE
    for start in range(0, samples.size, block):
        part = samples[start : start + block]
        frames = part[: part.size // FRAME * FRAME].reshape(-1, FRAME)
        power = np.einsum("ij,ij->i", frames, frames) / FRAME
        levels.append((10 * np.log10(power + 1e-12)).astype(np.float32))
    return np.concatenate(levels) if levels else np.zeros(0, np.float32)


def stretches(samples: Samples, *, longest_s: float, pause_s: float = 0.5, margin_s: float = 0.3) -> list[slice]:
    """The sounding stretches in order, as slices of `samples`: split at pauses, none longer than `longest_s`.

    Each keeps up to `margin_s` of the silence around it. Stretches do not overlap. Steady noise counts as sound.
    """
    levels = frame_levels(samples)
    if not levels.size:
        return []
    sounding = np.flatnonzero(levels > _threshold(levels))
    if not sounding.size:
        return []
    gaps = np.flatnonzero(np.diff(sounding) * FRAME_S > pause_s)
    starts = sounding[np.concatenate([[0], gaps + 1])]
    ends = sounding[np.concatenate([gaps, [sounding.size - 1]])] + 1
    margin = round(margin_s / FRAME_S)
    found: list[slice] = []
    before = 0
    for index, (start, end) in enumerate(zip(starts.tolist(), ends.tolist(), strict=True)):
        after = starts[index + 1] if index + 1 < starts.size else levels.size
        first = max(start - margin, before)
        last = min(end + margin, end + (int(after) - end) // 2 if after < levels.size else levels.size)
        found += _cut(levels, first, last, round(longest_s / FRAME_S))
        before = last
    return found


def quietest_cut(samples: Samples, earliest_s: float) -> int:
    """The sample at the middle of the quietest fifth of a second after `earliest_s`."""
    levels = frame_levels(samples)
    return _quietest(levels, min(round(earliest_s / FRAME_S), max(0, levels.size - 1)), levels.size) * FRAME


def _threshold(levels: NDArray[np.float32]) -> float:
    quiet, loud = np.percentile(levels, (10, 95))
    return max(SILENCE_DB, min(float(quiet) + ABOVE_FLOOR_DB, float(loud) - BELOW_PEAK_DB))


def _cut(levels: NDArray[np.float32], first: int, last: int, longest: int) -> list[slice]:
    """Frames `first` to `last` in pieces of at most `longest`, cut at the quietest place of each piece's later half."""
    pieces: list[slice] = []
    while last - first > longest:
        middle = _quietest(levels, first + longest // 2, first + longest)
        pieces.append(slice(first * FRAME, middle * FRAME))
        first = middle
    pieces.append(slice(first * FRAME, last * FRAME))
    return pieces


def _quietest(levels: NDArray[np.float32], first: int, last: int) -> int:
    part = levels[first:last]
    width = min(10, part.size)
    if width == 0:
        return first
    smooth = np.convolve(part, np.full(width, 1 / width), mode="valid")
    return first + int(np.argmin(smooth)) + width // 2
