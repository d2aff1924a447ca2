"""How loud a stretch of sound is."""

from __future__ import annotations

import math

import numpy as np

from app.audio.base import Samples

SILENT_DBFS = -100.0
"""Level of digital silence."""


def level_dbfs(samples: Samples) -> float:
    """RMS level in dB relative to a full-scale square wave; `SILENT_DBFS` at least."""
    if len(samples) == 0:
        return SILENT_DBFS
    power = float(np.dot(samples, samples)) / len(samples)
    return max(10.0 * math.log10(power), SILENT_DBFS) if power > 0.0 else SILENT_DBFS
