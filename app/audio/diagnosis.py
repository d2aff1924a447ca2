"""What a recording says about a microphone, and whether a speaker's sound came back in it. Pure; opens nothing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from app.audio.base import HOP, SAMPLE_RATE, Samples
from app.audio.level import SILENT_DBFS

Signal = Literal["nothing", "zeros", "silence", "noise", "quiet", "clipped", "good"]

CLIPPED = 0.985
"""Samples from here on count as clipped: converters stop short of 1."""

CLIPPED_SHARE = 0.002
"""Share of clipped samples from which speech sounds distorted."""

SILENT_BELOW_DBFS, QUIET_BELOW_DBFS = -60.0, -40.0
"""Of the loudest twentieth of the hops. Speech at arm's length into a laptop gives about -30."""

CONTRAST_DB = 6.0
"""Speech is louder at times than at others by at least this."""

DELAYS_S = (-0.05, 0.6)
"""Where an echo is looked for. A little early as well: two devices' clocks agree to some milliseconds."""

SURE = 6.0
"""An echo's peak in the correlation stands this much above the ripple's effective height elsewhere; noise alone reaches
about 4.5 in 10,000 places."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """A recording of somebody who was asked to speak. Levels in dBFS of hops of 10 ms.

    speech_dbfs: the loudest twentieth begins here; noise_dbfs: the quietest tenth ends here.
    """

    signal: Signal
    speech_dbfs: float
    noise_dbfs: float
    peak: float
    clipped_share: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Echo:
    """What was played, as it came back: `level_db` above what was played, `delay_ms` after it sounded."""

    level_db: float
    delay_ms: float


def listen_to(samples: Samples) -> Heard:
    """Judge mono sound at 16 kHz. Fewer than a hop are "nothing"."""
    hops = samples[: len(samples) // HOP * HOP].reshape(-1, HOP).astype(np.float64)
    if len(hops) == 0:
        return Heard(signal="nothing", speech_dbfs=SILENT_DBFS, noise_dbfs=SILENT_DBFS, peak=0.0, clipped_share=0.0)
    power = np.mean(hops**2, axis=1)
    levels = np.maximum(10 * np.log10(np.maximum(power, 1e-12)), SILENT_DBFS)
    speech, noise = float(np.percentile(levels, 95)), float(np.percentile(levels, 10))
    peak = float(np.max(np.abs(hops)))
    loud = hops[levels >= speech - CONTRAST_DB]
    clipped = float(np.mean(np.abs(loud) >= CLIPPED))
    return Heard(
        signal=_signal(peak, speech, noise, clipped),
        speech_dbfs=speech,
        noise_dbfs=noise,
        peak=peak,
        clipped_share=clipped,
    )


def _signal(peak: float, speech: float, noise: float, clipped: float) -> Signal:
    if peak == 0.0:
        return "zeros"
    if speech < SILENT_BELOW_DBFS:
        return "silence"
    if clipped > CLIPPED_SHARE:
        return "clipped"
    if speech - noise < CONTRAST_DB:
        return "noise"
    return "quiet" if speech < QUIET_BELOW_DBFS else "good"


def find_echo(far: Samples, near: Samples) -> Echo | None:
    """Whether `near` holds `far` again; both of 16 kHz, equally long and in step. None where it does not.

    By the cross-correlation: at the echo's delay it is the echo's gain times the energy of what was played. A room's
    echo is spread over some milliseconds, whose gains are added as powers.
    """
    far64, near64 = far.astype(np.float64), near.astype(np.float64)
    energy = float(np.sum(far64**2))
    if energy == 0.0:
        return None
    size = 1 << (2 * len(far) - 1).bit_length()
    spectrum = np.fft.rfft(near64, size) * np.conj(np.fft.rfft(far64, size))
    first, last = (round(delay * SAMPLE_RATE) for delay in DELAYS_S)
    correlation = np.roll(np.fft.irfft(spectrum, size), -first)[: last - first] / energy
    peak = int(np.argmax(np.abs(correlation)))
    around = slice(max(peak - HOP // 2, 0), peak + 2 * HOP)
    elsewhere = np.delete(correlation, np.arange(len(correlation))[around])
    ripple = float(np.sqrt(np.mean(elsewhere**2)))
    if abs(correlation[peak]) < max(SURE * ripple, 1e-6):
        return None
    taps = correlation[around]
    gain = float(np.sqrt(np.sum(taps[np.abs(taps) > SURE / 2 * ripple] ** 2)))
    return Echo(level_db=20 * float(np.log10(gain)), delay_ms=(peak + first) * 1000 / SAMPLE_RATE)


def burst(seconds: float, sample_rate: int, level: float = 0.15) -> Samples:
    """White noise with soft ends: the sound whose echo is easiest to find. The same every time."""
    noise = np.random.default_rng(7).standard_normal(round(seconds * sample_rate)) * level
    ramp = min(round(0.02 * sample_rate), len(noise) // 2)
    noise[:ramp] *= np.linspace(0.0, 1.0, ramp)
    noise[len(noise) - ramp :] *= np.linspace(1.0, 0.0, ramp)
    sound: Samples = np.clip(noise, -0.9, 0.9).astype(np.float32)
    return sound
