"""Synthetic rooms: what a speaker plays, as it comes back into the microphone beside it.

An impulse response is a direct sound after a delay (the buffers of both devices and the way through the air), a few
early reflections, and a tail of noise that decays exponentially, 60 dB in the reverberation time (Moorer 1979), its
highs faster than its lows; all without the lows that a small speaker does not play. A real speaker also distorts; this
one does not. The same values give the same room.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from app.audio.base import HOP, SAMPLE_RATE, Samples

LOWEST_HZ = 150.0
"""Half-power frequency of the speaker, 12 dB an octave below."""

REFLECTIONS = 6
"""Early ones, from the desk, the screen and the nearest wall, within `EARLY_S` of the direct sound."""

EARLY_S = 0.025


@dataclass(frozen=True, slots=True, kw_only=True)
class Room:
    """A speaker and a microphone somewhere.

    Attributes
    ----------
    level_db
        Energy of the echo relative to what is played, for sound of all frequencies alike.
    delay_s
        From a sample given to the speaker to its direct sound in the microphone.
    reverberation_s
        Time in which the tail falls by 60 dB.
    reflected
        Energy of all reflections relative to the direct sound: 0.5 for a speaker on the desk, several across a room.
    seed
        Which of all such rooms.
    """

    level_db: float = -12.0
    delay_s: float = 0.04
    reverberation_s: float = 0.3
    reflected: float = 0.5
    seed: int = 1

    def __str__(self) -> str:
        return f"{self.level_db:g} dB after {self.delay_s * 1000:g} ms"

    def response(self) -> Samples:
        """The impulse response at `SAMPLE_RATE`, the delay left out: its first sample is the direct sound."""
        rng = np.random.default_rng(self.seed)
        tail = rng.standard_normal(max(round(self.reverberation_s * SAMPLE_RATE), 1))
        tail *= 10 ** (-3.0 * np.arange(len(tail)) / len(tail))
        for start in range(SAMPLE_RATE // 50, len(tail), SAMPLE_RATE // 50):  # duller every 20 ms
            tail[start:] = 0.75 * tail[start:] + 0.25 * np.concatenate(([0.0], tail[start:-1]))
        early = rng.integers(8, round(EARLY_S * SAMPLE_RATE), REFLECTIONS)
        early = early[early < len(tail)]
        tail[early] += rng.choice([-1.0, 1.0], len(early)) * rng.uniform(2.0, 6.0, len(early))
        tail *= np.sqrt(self.reflected / np.sum(tail**2))
        response = np.concatenate(([1.0], tail))
        size = 2 * len(response)
        frequencies = np.fft.rfftfreq(size, 1 / SAMPLE_RATE)
        high_pass = 1.0 / (1.0 + LOWEST_HZ / (1j * np.maximum(frequencies, 1e-3))) ** 2  # two causal stages
        shaped = np.fft.irfft(np.fft.rfft(response, size) * high_pass, size)[: len(response)]
        gain = 10 ** (self.level_db / 20) / np.sqrt(np.sum(shaped**2))
        whole: Samples = (gain * shaped).astype(np.float32)
        return whole

    def echo(self, played: Samples) -> Samples:
        """What comes back of `played` (16 kHz), as long as it is and in step with it."""
        echo = Echo(self)
        hops = [np.pad(played[i : i + HOP], (0, max(i + HOP - len(played), 0))) for i in range(0, len(played), HOP)]
        return np.concatenate([echo.push(hop) for hop in hops] or [played])[: len(played)]


class Echo:
    """The same, hop by hop: push what is played, get what comes back meanwhile."""

    def __init__(self, room: Room) -> None:
        response = room.response()
        self._delay = round(room.delay_s * SAMPLE_RATE)
        self._length = len(response) + HOP - 1
        self._size = 1 << (self._length - 1).bit_length()
        self._spectrum = np.fft.rfft(response, self._size)
        self._coming = np.zeros(self._delay + self._length, np.float32)
        self._left = 0  # samples of `_coming` that are not silent

    def push(self, played: Samples | None) -> Samples:
        """Shapes (HOP,); None is silence."""
        if played is not None:
            returned = np.fft.irfft(np.fft.rfft(played, self._size) * self._spectrum, self._size)
            self._coming[self._delay :] += returned[: self._length].astype(np.float32)
            self._left = len(self._coming)
        heard = self._coming[:HOP].copy()
        if self._left > 0:
            self._coming[:-HOP] = self._coming[HOP:]
            self._coming[-HOP:] = 0.0
            self._left -= HOP
        return heard
