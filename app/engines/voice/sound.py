"""What every voice does with its samples: trims silence, evens peaks and edges, adds the pause that belongs after them.

Samples are mono float32 in [-1, 1]. Loads no model library.
"""

from __future__ import annotations

import math

import numpy as np

from app.engines.voice.base import Samples, SpeakRequest
from app.errors import BadInput

AUDIBLE = 10 ** (-46 / 20)
"""Amplitude from which sound counts as heard: 46 dB below full scale, under every phoneme of the voices tried."""

LEAD_S, TAIL_S = 0.005, 0.03
"""Kept before the first sound, so that its onset is whole, and after the last, where it dies away."""

FADE_S = 0.004
"""Ramp at both edges of a chunk: no click, and no onset softened."""

KNEE = 0.85
"""Amplitude from which peaks are bent so that none reaches full scale."""

SENTENCE_PAUSE_S, CLAUSE_PAUSE_S, CUT_PAUSE_S = 0.3, 0.15, 0.03
"""Silence after a sentence, a clause, and a piece that was cut between two words, at rate 1.

Readers pause 0.3 to 0.6 s after sentences and 0.1 to 0.25 s at commas; conversation is at the short end. espeak-ng
itself makes 0.29 s and 0.10 to 0.14 s between the sentences and clauses of one text.
"""


def trimmed(samples: Samples, rate: int) -> tuple[Samples, float]:
    """Without silence at both ends, and the seconds that were taken off the start; nothing if nothing is audible."""
    audible = np.flatnonzero(np.abs(samples) > AUDIBLE)
    if not audible.size:
        return samples[:0], 0.0
    start = max(0, int(audible[0]) - round(LEAD_S * rate))
    return samples[start : int(audible[-1]) + 1 + round(TAIL_S * rate)], start / rate


def evened(samples: Samples, rate: int) -> Samples:
    """Faded at both edges, and with peaks above `KNEE` bent: a curve that is smooth there and never reaches 1."""
    sound = np.array(samples, np.float32)
    loud = np.abs(sound) > KNEE
    if loud.any():
        above = np.abs(sound[loud]) - KNEE
        sound[loud] = np.sign(sound[loud]) * (KNEE + (1 - KNEE) * np.tanh(above / (1 - KNEE)))
    count = min(round(FADE_S * rate), sound.size // 2)
    if count:
        ramp = (0.5 - 0.5 * np.cos(np.pi * (np.arange(count) + 0.5) / count)).astype(np.float32)
        sound[:count] *= ramp
        sound[-count:] *= ramp[::-1]
    return sound


def before_pause(samples: Samples, seconds: float, rate: int) -> Samples:
    """`samples` and then that much silence."""
    return np.concatenate([samples, np.zeros(max(0, round(seconds * rate)), np.float32)])


def checked(request: SpeakRequest) -> SpeakRequest:
    """The request itself, if its numbers can be used; otherwise `BadInput`."""
    if not math.isfinite(request.rate) or request.rate <= 0:
        raise BadInput(f"The speaking rate {request.rate} cannot be used; give a number above 0, such as 1.")
    if not math.isfinite(request.volume) or not 0 <= request.volume <= 1:
        raise BadInput(f"The volume {request.volume} cannot be used; give a number from 0 to 1.")
    return request
