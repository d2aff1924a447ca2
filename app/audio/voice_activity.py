"""Voice activity: is there speech in this hop of 10 ms? WebRTC's detector, guarded by an energy floor.

Deterministic and without a clock. It says what each hop is and knows when speech begins and pauses; what a pause
means for the conversation is the front end's affair.
"""

from __future__ import annotations

import math
from collections import deque
from dataclasses import dataclass

import numpy as np
import webrtcvad

from app.audio.base import SAMPLE_RATE, Samples

SILENT_DBFS = -100.0
"""Level of digital silence."""


@dataclass(frozen=True, slots=True, kw_only=True)
class VoiceActivitySettings:
    """Tuned on ten recordings of six speakers (start and end of speech within 0.1 s of where they are heard) and on two
    minutes of an office with keyboards and distant voices (fewest false starts). Hops are 10 ms.

    Attributes
    ----------
    mode
        WebRTC's aggressiveness, 0 to 3.
    onset_hops, onset_window
        Speech begins when `onset_hops` of the last `onset_window` hops are voiced.
    floor_margin_db
        A voiced hop is at least this much louder than the background.
    quietest_dbfs
        And never quieter than this.
    onset_spread_db
        Levels within the onset window differ at least so much: a fan that is there from the first sample does not
        (white noise spreads by 2 dB), speech does.
    """

    mode: int = 2
    onset_hops: int = 12
    onset_window: int = 16
    floor_margin_db: float = 12.0
    quietest_dbfs: float = -58.0
    onset_spread_db: float = 3.0


class NoiseFloor:
    """The background's level in dBFS: a low percentile of the last seconds, so that speech does not raise it."""

    def __init__(self, window_hops: int = 300, percentile: float = 20.0, first_dbfs: float = -70.0) -> None:
        self._levels: deque[float] = deque([first_dbfs] * 30, maxlen=window_hops)
        self._percentile = percentile
        self._since = 0
        self.dbfs = first_dbfs

    def push(self, level_dbfs: float) -> float:
        """Take one hop's level; the floor is renewed every tenth hop. Digital silence counts as -70 dBFS."""
        self._levels.append(max(level_dbfs, -70.0))
        self._since += 1
        if self._since >= 10:
            self._since = 0
            ordered = sorted(self._levels)
            self.dbfs = ordered[int(len(ordered) * self._percentile / 100.0)]
        return self.dbfs


class VoiceActivity:
    """Decides hop by hop. `voiced` is this hop's own verdict, `speaking` has the hysteresis of the onset.

    `speaking` becomes true at an onset and false only by `reset_onset`: the front end decides when speech is over.
    """

    def __init__(self, settings: VoiceActivitySettings | None = None) -> None:
        self.settings = settings or VoiceActivitySettings()
        self._detector = webrtcvad.Vad(self.settings.mode)
        self._floor = NoiseFloor()
        self._recent: deque[bool] = deque(maxlen=self.settings.onset_window)
        self._levels: deque[float] = deque(maxlen=self.settings.onset_window)
        self.speaking = False
        self.voiced = False
        self.level_dbfs = SILENT_DBFS

    def push(self, hop: Samples) -> bool:
        """Take a hop of shape (HOP,) and give `voiced`."""
        self.level_dbfs = level_dbfs(hop - hop.mean())  # a microphone's DC offset is not loudness
        floor = self._floor.push(self.level_dbfs)
        loud = self.level_dbfs >= max(floor + self.settings.floor_margin_db, self.settings.quietest_dbfs)
        pcm = (np.clip(hop, -1.0, 1.0) * 32767.0).astype(np.int16).tobytes()
        self.voiced = bool(self._detector.is_speech(pcm, SAMPLE_RATE)) and loud  # always asked: it has a memory
        self._recent.append(self.voiced)
        self._levels.append(self.level_dbfs)
        if not self.speaking and sum(self._recent) >= self.settings.onset_hops:
            self.speaking = max(self._levels) - min(self._levels) >= self.settings.onset_spread_db
        return self.voiced

    @property
    def onset_age_hops(self) -> int:
        """Hops from the first voiced one in the onset window to now, that one included; 0 where there is none."""
        recent = list(self._recent)
        return len(recent) - recent.index(True) if True in recent else 0

    @property
    def recently_voiced_hops(self) -> int:
        """Voiced hops in the onset window."""
        return sum(self._recent)

    def reset_onset(self) -> None:
        """Speech is over: wait for the next onset."""
        self.speaking = False
        self._recent.clear()


def level_dbfs(samples: Samples) -> float:
    """RMS level in dB relative to a full-scale square wave; `SILENT_DBFS` at least."""
    if len(samples) == 0:
        return SILENT_DBFS
    power = float(np.dot(samples, samples)) / len(samples)
    return max(10.0 * math.log10(power), SILENT_DBFS) if power > 0.0 else SILENT_DBFS
