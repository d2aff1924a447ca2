"""The front end: hops of sound in, findings about the user's speech out.

A pure state machine with a fixed-silence endpoint: no clock, no thread, no event loop. Time is counted in samples from
the first sample of the source. It transcribes nothing.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from typing import Literal

import numpy as np

from app.audio.base import HOP, SAMPLE_RATE, Samples
from app.audio.voice_activity import VoiceActivity, VoiceActivitySettings

HOP_S = HOP / SAMPLE_RATE


@dataclass(frozen=True, slots=True)
class SpeechStart:
    """The user began to speak at `at_s`. `samples` begin at `from_s`, earlier by the pre-roll, and reach to now."""

    at_s: float
    from_s: float
    samples: Samples


@dataclass(frozen=True, slots=True)
class Speech:
    """More of the utterance (pauses within it included); `at_s` is the time of its first sample."""

    at_s: float
    samples: Samples


@dataclass(frozen=True, slots=True)
class SoftPause:
    """Perhaps the end: silence since `at_s`, the end of the last voiced hop. Time to draft an answer."""

    at_s: float


@dataclass(frozen=True, slots=True)
class SpeechResumed:
    """It was not the end: speech goes on since `at_s`. A draft is void."""

    at_s: float


@dataclass(frozen=True, slots=True)
class SpeechEnd:
    """The turn is over. `at_s` is the end of the last voiced hop, `decided_s` when this became certain.

    `samples` is the whole utterance from `from_s` on: the samples of `SpeechStart` and of each `Speech` in order.
    `voiced_s` counts voiced hops only. `why`: enough silence, the longest utterance, or the end of the source.
    """

    at_s: float
    from_s: float
    decided_s: float
    voiced_s: float
    samples: Samples
    why: Literal["silence", "too long", "source ended"]


Finding = SpeechStart | Speech | SoftPause | SpeechResumed | SpeechEnd


@dataclass(frozen=True, slots=True, kw_only=True)
class FrontEndSettings:
    """Times in ms: `silence_ms` ends a turn, `soft_pause_ms` may, `longest_ms` must; `preroll_ms` precedes a start."""

    silence_ms: int = 700
    soft_pause_ms: int = 60
    preroll_ms: int = 300
    longest_ms: int = 60_000
    activity: VoiceActivitySettings = field(default_factory=VoiceActivitySettings)


class FrontEnd:
    """Push hops of shape (HOP,) at 16 kHz, get findings. Every sample is given at most once by starts and speech."""

    def __init__(self, settings: FrontEndSettings | None = None) -> None:
        self.settings = settings or FrontEndSettings()
        self._activity = VoiceActivity(self.settings.activity)
        before = self.settings.preroll_ms // 10 + self.settings.activity.onset_window
        self._before: deque[Samples] = deque(maxlen=before)
        self._hops = 0
        self._utterance: list[Samples] = []
        self._from_hop = 0
        self._last_voiced_hop = 0  # one past it
        self._voiced = 0
        self._paused = False

    @property
    def now_s(self) -> float:
        """Seconds of sound pushed so far."""
        return self._hops * HOP_S

    @property
    def speaking(self) -> bool:
        """Whether an utterance is open."""
        return bool(self._utterance)

    @property
    def level_dbfs(self) -> float:
        """Level of the last hop."""
        return self._activity.level_dbfs

    def push(self, hop: Samples) -> tuple[Finding, ...]:
        """Take one hop; what was found in it, in order. Raises `ValueError` for another shape than (HOP,)."""
        if hop.shape != (HOP,):
            raise ValueError(f"a hop has shape ({HOP},), not {hop.shape}")
        hop = np.array(hop, np.float32)  # a copy: the caller may reuse its buffer
        self._hops += 1
        voiced = self._activity.push(hop)
        if not self.speaking:
            self._before.append(hop)
            return (self._start(),) if self._activity.speaking else ()
        return self._go_on(hop, voiced)

    def flush(self) -> tuple[Finding, ...]:
        """The source ended: close what is open."""
        return (self._end("source ended"),) if self.speaking else ()

    def _start(self) -> SpeechStart:
        onset_hop = self._hops - self._activity.onset_age_hops
        first = max(onset_hop - self.settings.preroll_ms // 10, self._hops - len(self._before))
        self._utterance = list(self._before)[len(self._before) - (self._hops - first) :]
        self._before.clear()
        self._from_hop = first
        self._last_voiced_hop = self._hops
        self._voiced = self._activity.recently_voiced_hops
        self._paused = False
        return SpeechStart(onset_hop * HOP_S, first * HOP_S, np.concatenate(self._utterance))

    def _go_on(self, hop: Samples, voiced: bool) -> tuple[Finding, ...]:
        found: list[Finding] = []
        self._utterance.append(hop)
        if voiced:
            if self._paused:
                found.append(SpeechResumed((self._hops - 1) * HOP_S))
            self._paused = False
            self._last_voiced_hop = self._hops
            self._voiced += 1
        found.append(Speech((self._hops - 1) * HOP_S, hop))
        silent_ms = (self._hops - self._last_voiced_hop) * 10
        if silent_ms >= self.settings.soft_pause_ms and not self._paused and not voiced:
            self._paused = True
            found.append(SoftPause(self._last_voiced_hop * HOP_S))
        if silent_ms >= self.settings.silence_ms:
            found.append(self._end("silence"))
        elif len(self._utterance) * 10 >= self.settings.longest_ms:
            found.append(self._end("too long"))
        return tuple(found)

    def _end(self, why: Literal["silence", "too long", "source ended"]) -> SpeechEnd:
        samples = np.concatenate(self._utterance)
        self._utterance = []
        self._activity.reset_onset()
        return SpeechEnd(
            at_s=self._last_voiced_hop * HOP_S,
            from_s=self._from_hop * HOP_S,
            decided_s=self.now_s,
            voiced_s=self._voiced * HOP_S,
            samples=samples,
            why=why,
        )
