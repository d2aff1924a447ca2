"""What the corpora measure and do to sound: where speech begins and ends, its level, noise mixed in at a known ratio.

Mono float32 at 16 kHz throughout. Nothing here synthesises; nothing here is a detector that Duet itself uses, so that a
bench never judges a detector by itself.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from app.audio.base import SAMPLE_RATE, Samples

FRAME = 40
"""Samples of one frame (2.5 ms): the resolution of every time that is found here."""

BELOW_LOUD_DB = 40.0
"""Speech ends where it has fallen this far below its loud frames: what follows is its decay, which nobody hears."""

RECORDED_BELOW_LOUD_DB = 30.0
"""The same for recordings of people, whose room goes on sounding after them."""

ABOVE_FLOOR_DB = 12.0
"""In a recording with a background, speech is at least this much above it."""

SHORTEST_PAUSE_S = 0.1
"""A gap below this is a plosive's closure and no pause."""

_SILENT_DB = -120.0


def silence(seconds: float) -> Samples:
    """Digital silence."""
    return np.zeros(round(seconds * SAMPLE_RATE), np.float32)


def frame_levels(samples: Samples) -> NDArray[np.float64]:
    """Levels in dBFS (RMS) of frames of `FRAME` samples; what is left over at the end is a frame filled with zeros."""
    padded = np.pad(samples, (0, -len(samples) % FRAME)).astype(np.float64)
    power = np.mean(padded.reshape(-1, FRAME) ** 2, axis=1)
    levels: NDArray[np.float64] = 10 * np.log10(np.maximum(power, 10 ** (_SILENT_DB / 10)))
    return levels


def speech_frames(samples: Samples, below_loud_db: float = BELOW_LOUD_DB) -> NDArray[np.bool_]:
    """Which frames hold speech, by energy alone: near the loud ones and `ABOVE_FLOOR_DB` over the floor."""
    levels = frame_levels(samples)
    if not len(levels):
        return np.zeros(0, np.bool_)
    bound = max(float(np.percentile(levels, 95)) - below_loud_db, float(np.percentile(levels, 3)) + ABOVE_FLOOR_DB)
    if bound <= _SILENT_DB + ABOVE_FLOOR_DB:
        return np.zeros(len(levels), np.bool_)
    found: NDArray[np.bool_] = levels >= min(bound, float(levels.max()))
    return found


def speech_span(samples: Samples, below_loud_db: float = BELOW_LOUD_DB) -> tuple[float, float]:
    """Seconds of the first and of the end of the last frame that holds speech. `ValueError` where there is none."""
    frames = np.flatnonzero(speech_frames(samples, below_loud_db))
    if not len(frames):
        raise ValueError("there is no speech in this sound")
    end_s = min((int(frames[-1]) + 1) * FRAME, len(samples)) / SAMPLE_RATE
    return int(frames[0]) * FRAME / SAMPLE_RATE, end_s


def pauses(samples: Samples, below_loud_db: float = BELOW_LOUD_DB) -> tuple[tuple[float, float], ...]:
    """Start and end in seconds of each gap between speech above `SHORTEST_PAUSE_S`; the silence around is none."""
    frames = np.flatnonzero(speech_frames(samples, below_loud_db))
    gaps = np.flatnonzero(np.diff(frames) * FRAME / SAMPLE_RATE > SHORTEST_PAUSE_S)
    return tuple(
        ((int(frames[gap]) + 1) * FRAME / SAMPLE_RATE, int(frames[gap + 1]) * FRAME / SAMPLE_RATE) for gap in gaps
    )


def trimmed(samples: Samples) -> Samples:
    """From the first frame of speech to the end of the last."""
    start_s, end_s = speech_span(samples)
    return samples[round(start_s * SAMPLE_RATE) : round(end_s * SAMPLE_RATE)]


def active_level_db(samples: Samples) -> float:
    """RMS level in dBFS of the frames that hold speech: pauses and silence around do not count."""
    frames = speech_frames(samples)
    if not frames.any():
        return _SILENT_DB
    levels = frame_levels(samples)[frames]
    return float(10 * np.log10(np.mean(10 ** (levels / 10))))


def rms_db(samples: Samples) -> float:
    """RMS level in dBFS of all of it."""
    power = float(np.mean(samples.astype(np.float64) ** 2)) if len(samples) else 0.0
    return float(10 * np.log10(max(power, 10 ** (_SILENT_DB / 10))))


def at_level(samples: Samples, level_db: float) -> Samples:
    """The sound with this active level, in dBFS; peaks that would clip keep it below."""
    gain = 10 ** ((level_db - active_level_db(samples)) / 20)
    peak = float(np.abs(samples).max(initial=0.0))
    return samples * np.float32(min(gain, 0.99 / peak if peak else gain))


def looped(noise: Samples, length: int, start: int = 0) -> Samples:
    """`length` samples of `noise` from `start` on, as often as it takes."""
    if not len(noise):
        raise ValueError("there is no noise to take from")
    indices = (start + np.arange(length)) % len(noise)
    return noise[indices]


def with_noise(speech: Samples, noise: Samples, snr_db: float, start: int = 0) -> Samples:
    """`speech` over `noise` (looped, from its sample `start` on), whose RMS lies `snr_db` below the active speech.

    A mixture that would clip is scaled down as a whole.
    """
    behind = looped(noise, len(speech), start)
    gain = 10 ** ((active_level_db(speech) - snr_db - rms_db(behind)) / 20)
    mixed = speech + behind * np.float32(gain)
    peak = float(np.abs(mixed).max(initial=0.0))
    return mixed if peak <= 1.0 else mixed * np.float32(0.99 / peak)


def sixteen_bit(samples: Samples) -> Samples:
    """Rounded to what a sound card gives, so that what is read back from the disk is what was made."""
    steps = np.clip(np.round(samples * 32768.0), -32768, 32767)
    return (steps / 32768.0).astype(np.float32)
