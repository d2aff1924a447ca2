"""The front end: hops of sound in, findings about the user's speech out.

A pure state machine without clock, thread or event loop. Time is counted in samples from the source's first one.
It transcribes nothing and never decides that a turn is over: it tells pauses, and its caller ends the utterance.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from typing import Literal

import numpy as np

from app.audio.base import HOP, SAMPLE_RATE, Samples
from app.audio.cleaning import DELAY, Cleaner
from app.audio.findings import Finding, SoftPause, Speech, SpeechEnd, SpeechResumed, SpeechStart, Stir, StirOver
from app.audio.prosody import ProsodyTracker
from app.audio.voice_activity import VoiceActivity, VoiceActivitySettings

__all__ = [
    "DELAY_S",
    "HOP_S",
    "Finding",
    "FrontEnd",
    "FrontEndSettings",
    "SoftPause",
    "Speech",
    "SpeechEnd",
    "SpeechResumed",
    "SpeechStart",
    "Stir",
    "StirOver",
]

HOP_S = HOP / SAMPLE_RATE
DELAY_S = DELAY / SAMPLE_RATE


@dataclass(frozen=True, slots=True, kw_only=True)
class FrontEndSettings:
    """When findings are made. Counts are in hops of 10 ms.

    Tuned on 80 phrases by ten voices of espeak-ng and two recorded commands at -24 and -34 dBFS (a stir after 36 ms in
    the median and 42 in the 95th percentile, a start after 113 and 156, ends 5 ms off in the median, none missed); the
    same over an answer that returns at -20 to -6 dB; an hour of echo alone; a hundred synthetic knocks and coughs; and
    142 s of an office with keyboards and distant voices, where 3 starts and 49 stirs remain.

    Attributes
    ----------
    soft_pause_ms
        Silence after which a pause is told.
    preroll_ms
        Sound given from before the first voiced hop.
    longest_ms
        An utterance is closed here at the latest.
    stir, stir_of
        Voiced hops among the last `stir_of` that make a stir. It is over after as many with none.
    start, start_of, likely
        Voiced hops among the last `start_of` that make a start, and how many the second detector must confirm.
    resume, resume_of
        Voiced hops among the last `resume_of` that end a pause.
    spread_db
        Levels among the last `start_of` hops differ at least so much: a fan that is there from the first sample does
        not (white noise spreads by 2 to 3 dB), speech does.
    sustained, sustained_db
        So many of the voiced hops are no more than this below the loudest: a knock dies away from its first hop on.
    """

    soft_pause_ms: int = 60
    preroll_ms: int = 300
    longest_ms: int = 60_000
    stir: int = 3
    stir_of: int = 5
    start: int = 10
    start_of: int = 15
    likely: int = 4
    resume: int = 5
    resume_of: int = 8
    spread_db: float = 4.5
    sustained: int = 7
    sustained_db: float = 12.0
    activity: VoiceActivitySettings = field(default_factory=VoiceActivitySettings)


@dataclass(frozen=True, slots=True)
class _Heard:
    """A hop and what was found of it."""

    samples: Samples
    level_dbfs: float
    voiced: bool
    likely: bool


class FrontEnd:
    """Push hops of shape (HOP,) at 16 kHz, get findings.

    The samples given are cleaned ones. They are `DELAY_S` later than the microphone's; the times account for it. Within
    an utterance no sample is missing or given twice; the pre-roll of one may reach into the silence that ended another.

    Attributes
    ----------
    stirring
        Voiced hops after a pause or before a start that are not yet enough to decide.
    """

    def __init__(self, settings: FrontEndSettings | None = None) -> None:
        self.settings = settings or FrontEndSettings()
        self._cleaner = Cleaner()
        self._activity = VoiceActivity(self.settings.activity)
        self._prosody = ProsodyTracker()
        self._before: deque[_Heard] = deque(maxlen=self.settings.preroll_ms // 10 + self.settings.start_of)
        self._undecided: deque[_Heard] = deque(maxlen=max(self.settings.start_of, self.settings.resume_of))
        self._hops = 0
        self._utterance: list[Samples] = []
        self._from_hop = 0
        self._last_voiced_hop = 0  # one past it
        self._voiced = 0
        self._paused = False
        self.stirring = False

    @property
    def now_s(self) -> float:
        """Seconds of sound pushed so far."""
        return self._hops * HOP_S

    @property
    def speaking(self) -> bool:
        """Whether an utterance is open."""
        return bool(self._utterance)

    @property
    def silence_s(self) -> float:
        """Seconds since the end of the last voiced hop of the open utterance; 0 while that was the last one."""
        if not self.speaking or self._last_voiced_hop == self._hops:
            return 0.0
        return self.now_s - self._at(self._last_voiced_hop)

    @property
    def level_dbfs(self) -> float:
        """Level of the last hop."""
        return self._activity.level_dbfs

    def push(self, hop: Samples, far: Samples | None = None) -> tuple[Finding, ...]:
        """Take one hop, and what the speaker sounded meanwhile; what was found, in order.

        Raises `ValueError` for another shape than (HOP,).
        """
        if hop.shape != (HOP,) or (far is not None and far.shape != (HOP,)):
            raise ValueError(f"a hop has shape ({HOP},), not {hop.shape if far is None else far.shape}")
        cleaned = self._cleaner.push(np.array(hop, np.float32), far)
        self._hops += 1
        within_speech = self.speaking and not self._paused
        voiced = self._activity.push(cleaned, within_speech, self._cleaner.doubtful)
        heard = _Heard(cleaned, self._activity.level_dbfs, voiced, self._activity.likely)
        if within_speech:
            return self._go_on(heard)
        if self._hops == 1:  # most of it is older than the source
            self._before.append(heard)
            return ()
        self._undecided.append(heard)
        return self._wait(heard)

    def end(self) -> SpeechEnd:
        """Close the utterance: the caller decided that it is over. Raises `ValueError` where none is open."""
        if not self.speaking:
            raise ValueError("no utterance is open")
        return self._end("closed")

    def flush(self) -> tuple[Finding, ...]:
        """The source ended: close what is open."""
        return (self._end("source ended"),) if self.speaking else ()

    def _at(self, hop: int) -> float:
        """When the first sample of that hop of cleaned sound was at the microphone."""
        return max(hop * HOP_S - DELAY_S, 0.0)

    # -- silence, before an utterance or within it ----------------------------------------------------------------

    def _wait(self, heard: _Heard) -> tuple[Finding, ...]:
        """A hop while nobody speaks."""
        found: list[Finding] = []
        settings = self.settings
        if self.speaking:
            self._utterance.append(heard.samples)
            found.append(Speech(self._at(self._hops - 1), heard.samples))
            self._prosody.push(heard.samples, heard.level_dbfs, False)
            self._before.append(heard)  # should the caller close this utterance, the pause precedes the next one
            if self._count(settings.resume_of) >= settings.resume:
                return (*found, *self._resume(), *self._limit())
        else:
            self._before.append(heard)
            likely = sum(h.likely for h in self._undecided)
            enough = self._count(settings.start_of) >= settings.start and likely >= settings.likely
            if enough and self._varied() and self._sustained():
                return (self._start(),)
        found += self._stir()
        return (*found, *self._limit())

    def _stir(self) -> tuple[Finding, ...]:
        lately = self._count(self.settings.stir_of)
        if not self.stirring and lately >= self.settings.stir:
            self.stirring = True
            return (Stir(self._at(self._first_voiced(self.settings.stir_of))),)
        if self.stirring and lately == 0:
            self.stirring = False
            return (StirOver(self.now_s),)
        return ()

    def _start(self) -> SpeechStart:
        onset = self._first_voiced(self.settings.start_of)
        first = max(onset - self.settings.preroll_ms // 10, self._hops - len(self._before))
        kept = list(self._before)[len(self._before) - (self._hops - first) :]
        self._utterance = [heard.samples for heard in kept]
        self._from_hop = first
        self._voiced = 0
        self._prosody.reset()
        for heard in kept:
            self._prosody.push(heard.samples, heard.level_dbfs, heard.voiced)
        self._speak(sum(heard.voiced for heard in kept))
        return SpeechStart(self._at(onset), self._at(first), np.concatenate(self._utterance))

    def _resume(self) -> tuple[Finding, ...]:
        at_s = self._at(self._first_voiced(self.settings.resume_of))
        self._speak(self._count(self.settings.resume_of))
        return (SpeechResumed(at_s),)

    def _speak(self, voiced: int) -> None:
        """From here on speech goes on until it pauses."""
        self._last_voiced_hop = self._hops
        self._voiced += voiced
        self._paused = self.stirring = False
        self._undecided.clear()
        self._before.clear()

    def _count(self, hops: int) -> int:
        """Voiced ones among the last `hops`."""
        return sum(heard.voiced for heard in list(self._undecided)[-hops:])

    def _first_voiced(self, hops: int) -> int:
        """The number of the first voiced hop among the last `hops`; there is one."""
        lately = [heard.voiced for heard in list(self._undecided)[-hops:]]
        return self._hops - len(lately) + lately.index(True)

    def _varied(self) -> bool:
        levels = [heard.level_dbfs for heard in self._undecided]
        return max(levels) - min(levels) >= self.settings.spread_db

    def _sustained(self) -> bool:
        voiced = [heard.level_dbfs for heard in self._undecided if heard.voiced]
        return sum(level >= max(voiced) - self.settings.sustained_db for level in voiced) >= self.settings.sustained

    # -- speech -------------------------------------------------------------------------------------------------------

    def _go_on(self, heard: _Heard) -> tuple[Finding, ...]:
        """A hop while the user speaks."""
        found: list[Finding] = [Speech(self._at(self._hops - 1), heard.samples)]
        self._utterance.append(heard.samples)
        self._prosody.push(heard.samples, heard.level_dbfs, heard.voiced)
        if heard.voiced:
            self._last_voiced_hop = self._hops
            self._voiced += 1
        elif self.silence_s >= self.settings.soft_pause_ms / 1000 - 1e-9:
            self._paused = True
            found.append(SoftPause(self._at(self._last_voiced_hop), self._prosody.prosody()))
        return (*found, *self._limit())

    def _limit(self) -> tuple[Finding, ...]:
        too_long = self.speaking and len(self._utterance) * 10 >= self.settings.longest_ms
        return (self._end("too long"),) if too_long else ()

    def _end(self, why: Literal["closed", "too long", "source ended"]) -> SpeechEnd:
        samples = np.concatenate(self._utterance)
        self._utterance = []
        self._paused = False
        if why == "too long":
            self._before.clear()  # the talker goes on: each sample once
        return SpeechEnd(
            at_s=self._at(self._last_voiced_hop),
            from_s=self._at(self._from_hop),
            decided_s=self.now_s,
            voiced_s=self._voiced * HOP_S,
            samples=samples,
            why=why,
        )
