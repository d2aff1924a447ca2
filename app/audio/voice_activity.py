"""Voice activity: is there speech in this hop of 10 ms? Two detectors of WebRTC's, guarded by an energy floor.

Deterministic and without a clock. It says what each hop is; when speech begins, pauses and ends is the front end's
affair.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass

import numpy as np
import webrtcvad
from pywebrtc_audio import GainController

from app.audio.base import SAMPLE_RATE, Samples
from app.audio.level import SILENT_DBFS, level_dbfs


@dataclass(frozen=True, slots=True, kw_only=True)
class VoiceActivitySettings:
    """When a hop of 10 ms is voiced.

    Attributes
    ----------
    mode
        Aggressiveness of WebRTC's Gaussian detector, 0 to 3.
    floor_margin_db
        A hop that may begin speech is at least this much louder than the background,
    quietest_dbfs
        and never quieter than this.
    tail_margin_db
        Within speech a hop is voiced while it is this much above the background
    tail_depth_db
        and no further than this below the loudest of the last seconds,
    tail_hops
        and a detector said speech no longer ago than this: both detectors hang over, energy does not.
    likely
        Probability from which the second detector, a recurrent network, calls a hop speech.
    """

    mode: int = 2
    floor_margin_db: float = 12.0
    quietest_dbfs: float = -58.0
    tail_margin_db: float = 8.0
    tail_depth_db: float = 32.0
    tail_hops: int = 12
    likely: float = 0.5


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
    """Decides hop by hop.

    The Gaussian detector (webrtcvad) is right at once at an onset but takes half of an office for speech and hangs over
    for 100 ms; the recurrent network (WebRTC's gain control has it) is deaf to offices but comes 30 to 100 ms late. So
    the first makes hops voiced, the second confirms that there is somebody, and energy says when they fell silent.

    Attributes
    ----------
    voiced
        The verdict on the last hop.
    likely
        Whether the recurrent network takes the last hop for speech.
    level_dbfs
        The last hop's level.
    """

    def __init__(self, settings: VoiceActivitySettings | None = None) -> None:
        self.settings = settings or VoiceActivitySettings()
        self._detector = webrtcvad.Vad(self.settings.mode)
        self._network = GainController(SAMPLE_RATE)
        self._floor = NoiseFloor()
        self._loudest = SILENT_DBFS
        self._since_speech = self.settings.tail_hops
        self.voiced = False
        self.likely = False
        self.level_dbfs = SILENT_DBFS

    def push(self, hop: Samples, within_speech: bool = False, doubtful: bool = False) -> bool:
        """Take a hop of shape (HOP,) and give `voiced`.

        within_speech: no pause has been noticed; doubtful: the hop may be a rest of the speaker's echo.
        """
        settings = self.settings
        self.level_dbfs = level_dbfs(hop)
        floor = self._floor.push(self.level_dbfs)
        pcm = (np.clip(hop, -1.0, 1.0) * 32767.0).astype(np.int16).tobytes()
        said = bool(self._detector.is_speech(pcm, SAMPLE_RATE))  # always asked: both have a memory
        self._network.process(hop)
        self.likely = self._network.speech_probability >= settings.likely
        self._since_speech = 0 if said or self.likely else self._since_speech + 1
        loud = self.level_dbfs >= max(floor + settings.floor_margin_db, settings.quietest_dbfs)
        self._loudest = max(self._loudest - 0.05, self.level_dbfs)
        if within_speech:
            audible = max(floor + settings.tail_margin_db, self._loudest - settings.tail_depth_db)
            self.voiced = self.level_dbfs >= audible and self._since_speech < settings.tail_hops
        else:
            self.voiced = said and loud and not doubtful
        return self.voiced
