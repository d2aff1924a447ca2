"""Rooms for the assistant's own voice: what the speaker plays, as it comes back into the microphone.

An impulse response is a direct sound after a delay (the buffers of both devices and the way through the air), and
behind it a tail of noise that decays exponentially, 60 dB in the room's reverberation time (Moorer 1979), without the
lows that a small speaker does not play. A real speaker also distorts; this one does not.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product

import numpy as np

from app.audio.base import HOP, SAMPLE_RATE, Samples
from app.audio.virtual import RecordingSpeaker
from app.bench.corpus.sound import rms_db

LEVELS_DB = (-20.0, -12.0, -6.0)
DELAYS_S = (0.002, 0.02, 0.06, 0.12, 0.25)
TAIL_SHARE = 0.5
"""Energy of the reflections relative to the direct sound: a speaker on a desk, half a metre away."""

LOWEST_HZ = 150.0


@dataclass(frozen=True, slots=True, kw_only=True)
class RoomKind:
    """What a room does: the echo's level in dB of the speaker's, its delay, and the reverberation time, in seconds."""

    level_db: float
    delay_s: float
    reverberation_s: float = 0.3
    seed: int = 1

    def __str__(self) -> str:
        return f"{self.level_db:g} dB after {self.delay_s * 1000:g} ms"


def rooms() -> Iterator[RoomKind]:
    """Every level with every delay, each a room of its own."""
    for seed, (level_db, delay_s) in enumerate(product(LEVELS_DB, DELAYS_S), 1):
        yield RoomKind(level_db=level_db, delay_s=delay_s, reverberation_s=0.15 + 0.05 * (seed % 6), seed=seed)


def impulse_response(kind: RoomKind) -> Samples:
    """From the speaker to the microphone at 16 kHz, energy 1: `returned` sets the level."""
    rng = np.random.default_rng(kind.seed)
    tail = rng.standard_normal(round(kind.reverberation_s * SAMPLE_RATE))
    tail *= 10 ** (-3.0 * np.arange(len(tail)) / len(tail))
    tail *= np.sqrt(TAIL_SHARE / np.sum(tail**2))
    response = np.concatenate([np.zeros(round(kind.delay_s * SAMPLE_RATE)), [1.0], tail])
    spectrum = np.fft.rfft(response, 2 * len(response))
    frequencies = np.fft.rfftfreq(2 * len(response), 1 / SAMPLE_RATE)
    spectrum *= frequencies**2 / (frequencies**2 + LOWEST_HZ**2)
    shaped = np.fft.irfft(spectrum)[: len(response)]
    normal: Samples = (shaped / np.sqrt(np.sum(shaped**2))).astype(np.float32)
    return normal


def returned(far: Samples, kind: RoomKind) -> Samples:
    """What comes back of `far`, as long as it is and in step with it; its RMS is `kind.level_db` from that of `far`."""
    back = _convolved(far, impulse_response(kind))[: len(far)]
    return back * np.float32(10 ** ((rms_db(far) + kind.level_db - rms_db(back)) / 20))


class LiveRoom:
    """The same, hop by hop for the booth: give it the speaker and the second at which the hop begins.

    reference: some of what will be played, by which the level is set.
    """

    def __init__(self, kind: RoomKind, reference: Samples) -> None:
        response = impulse_response(kind)
        loudness = rms_db(reference) - rms_db(_convolved(reference, response)[: len(reference)])
        self._response = response * np.float32(10 ** ((kind.level_db + loudness) / 20))
        self._length = HOP + len(response) - 1
        self._size = 1 << (self._length + len(response) - 1).bit_length()
        self._spectrum = np.fft.rfft(self._response, self._size)

    def __call__(self, speaker: RecordingSpeaker, at_s: float) -> Samples:
        before_s = (len(self._response) - 1) / SAMPLE_RATE
        far = speaker.excerpt(at_s - before_s, self._length, SAMPLE_RATE)
        if not far.any():
            return np.zeros(HOP, np.float32)
        back = np.fft.irfft(np.fft.rfft(far, self._size) * self._spectrum, self._size)
        hop: Samples = back[len(self._response) - 1 : self._length].astype(np.float32)
        return hop


def _convolved(sound: Samples, response: Samples) -> Samples:
    length = len(sound) + len(response) - 1
    size = 1 << length.bit_length()
    spectrum = np.fft.rfft(sound, size) * np.fft.rfft(response, size)
    convolved: Samples = np.fft.irfft(spectrum, size)[:length].astype(np.float32)
    return convolved
