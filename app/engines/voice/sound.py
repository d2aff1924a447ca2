"""What every voice does with its samples: trim the silence before the first sound, add pauses, set the volume.

Samples are mono float32 in [-1, 1]. Loads no model library.
"""

from __future__ import annotations

import math

import numpy as np

from app.engines.voice.base import Samples, SpeakRequest
from app.errors import BadInput

AUDIBLE = 10 ** (-46 / 20)
"""Amplitude from which sound counts as heard: 46 dB below full scale, under every phoneme of the voices tried."""

LEAD_S = 0.005
"""Silence kept before the first sound, so that its onset is not clipped."""


def trim_lead(samples: Samples, rate: int) -> Samples:
    """Without the silence before the first sound, less `LEAD_S`; nothing at all when nothing is audible."""
    audible = np.flatnonzero(np.abs(samples) > AUDIBLE)
    if not audible.size:
        return samples[:0]
    return samples[max(0, int(audible[0]) - int(LEAD_S * rate)) :]


def after_pause(samples: Samples, seconds: float, rate: int) -> Samples:
    """That much silence and then `samples`."""
    return np.concatenate([np.zeros(max(0, round(seconds * rate)), np.float32), samples])


def checked(request: SpeakRequest) -> SpeakRequest:
    """The request itself, if its numbers can be used; otherwise `BadInput`."""
    if not math.isfinite(request.rate) or request.rate <= 0:
        raise BadInput(f"The speaking rate {request.rate} cannot be used; give a number above 0, such as 1.")
    if not math.isfinite(request.volume) or not 0 <= request.volume <= 1:
        raise BadInput(f"The volume {request.volume} cannot be used; give a number from 0 to 1.")
    return request
