"""The sound of a timer or an alarm: three soft notes that rise, computed and not recorded. Plays nothing itself."""

from __future__ import annotations

from functools import cache

import numpy as np

from app.audio.base import Samples

RATE = 24_000
"""Samples per second of the chime."""

CHIME_S = 2.4
"""From its first sample to its last; it ends in silence, so that chimes can follow each other."""

_NOTES = ((0.0, 523.25), (0.22, 659.26), (0.44, 783.99))
"""When each note begins (s) and its pitch (Hz): C5, E5 and G5."""

_PARTIALS = ((1.0, 1.0, 0.60), (4.0, 0.25, 0.18), (9.2, 0.06, 0.05))
"""Of each note: multiple of its pitch, amplitude, and the time in which it falls to 1/e (s). A struck wooden bar
(marimba) sounds its 4th and about its 9.2nd harmonic (Fletcher and Rossing, The Physics of Musical Instruments, 19)."""

_ATTACK_S, _RELEASE_S = 0.012, 0.2
_PEAK = 0.25
"""-12 dBFS: clear beside speech, and no fright."""


@cache
def chime() -> Samples:
    """Mono, float32, shape (CHIME_S * RATE,), peak `_PEAK`; begins and ends at 0 without a step."""
    time = np.arange(round(CHIME_S * RATE)) / RATE
    sound = np.zeros_like(time)
    for start, pitch in _NOTES:
        since = time - start
        note = np.zeros_like(time)
        for multiple, amplitude, fall_s in _PARTIALS:
            note += amplitude * np.sin(2 * np.pi * multiple * pitch * since) * np.exp(-np.maximum(since, 0) / fall_s)
        attack = 0.5 - 0.5 * np.cos(np.pi * np.clip(since / _ATTACK_S, 0.0, 1.0))
        sound += note * attack  # 0 before `start`
    sound *= np.clip((CHIME_S - time - 1 / RATE) / _RELEASE_S, 0.0, 1.0)
    sound *= _PEAK / np.abs(sound).max()
    finished: Samples = sound.astype(np.float32)
    finished.setflags(write=False)
    return finished
