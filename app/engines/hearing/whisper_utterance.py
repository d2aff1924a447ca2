"""One utterance that a Whisper model hears while it is spoken.

Whisper hears windows, not streams. So the sound since the last long pause is heard anew from time to time, and whole
when somebody peeks; a window that got long leaves at a pause, and its words with it. Partial transcripts must never
make the worker fall behind: how often they are made depends on how long the last one took, and a request that waits
comes first.
"""

from __future__ import annotations

import time

import numpy as np

from app.engines.hearing.agreement import Agreement, Words, text_of, words_of
from app.engines.hearing.base import SAMPLE_RATE, Partial, Samples, Segment
from app.engines.hearing.gate import SHORTEST_SPEECH_S, VoiceMeter, to_pcm
from app.engines.hearing.pauses import quietest_cut
from app.engines.hearing.whisper_network import Network, Window
from app.engines.job import Job

PARTIAL_EVERY_S = 0.5
"""Of sound, between two partial transcripts of a fast model."""

SHARE, SLOW_SHARE, SLOW_S = 0.3, 0.1, 0.5
"""Partial transcripts take this share of the time, and the smaller one when each takes longer than `SLOW_S`: a pause
that begins meanwhile has to wait for it."""

LEAVE_AFTER_S, LEAVE_PAUSE_S = 8.0, 0.45
"""A window this long leaves at the next pause of that length."""
LEAVE_ANYWHERE_S = 20.0
"""Where nobody pauses it leaves at the quietest place of its last part."""

STEP = SAMPLE_RATE // 2


class StreamedUtterance:
    """An open utterance. Attributes: `samples` given so far, `elapsed_s` of the engine's own time, its `language`."""

    def __init__(self, network: Network, language: str | None) -> None:
        self.language = language
        self.samples = 0
        self.elapsed_s = 0.0
        self._network = network
        self._done: list[Segment] = []
        self._window: Samples = np.zeros(0, np.float32)
        self._meter = VoiceMeter()
        self._agreement = Agreement()
        self._heard: Window | None = None
        self._heard_spoken_s = 0.0
        self._heard_samples = 0
        self._cost_s = 0.0
        self._told: Partial | None = None

    @property
    def window_s(self) -> float:
        """How much sound is kept."""
        return self._window.size / SAMPLE_RATE

    @property
    def spoken_language(self) -> str | None:
        """What was given or, so far, detected."""
        return self.language or (self._heard.language if self._heard else None)

    def push(self, sound: Samples, job: Job) -> Partial | None:
        for at in range(0, sound.size, STEP):
            job.checkpoint()
            piece = sound[at : at + STEP]
            self._window = np.concatenate([self._window, piece])
            self._meter.push(to_pcm(piece))
            self.samples += piece.size
            if self.window_s >= LEAVE_AFTER_S and self._meter.silent_s >= LEAVE_PAUSE_S:
                self._leave(self._window.size - round(self._meter.silent_s * SAMPLE_RATE / 2), job)
            elif self.window_s >= LEAVE_ANYWHERE_S:
                self._leave(quietest_cut(self._window, 0.7 * LEAVE_ANYWHERE_S), job)
        return self._partial(job)

    def peek(self, job: Job) -> list[Segment]:
        """The segments of the whole utterance. They stay the same until more is said."""
        heard = self._hear_window(job)
        return self._done if heard.segment is None else [*self._done, heard.segment]

    def _partial(self, job: Job) -> Partial | None:
        every_s = max(PARTIAL_EVERY_S, self._cost_s / (SHARE if self._cost_s < SLOW_S else SLOW_SHARE))
        due = self.samples - self._heard_samples >= every_s * SAMPLE_RATE
        if due and self._meter.heard and not job.waiting:
            self._hear_window(job)
        if self._heard is None or self._heard.segment is None:
            return None
        said = " ".join(segment.text for segment in self._done)
        partial = Partial(
            f"{said} {self._heard.segment.text}".strip(), f"{said} {text_of(self._agreement.fixed)}".strip()
        )
        if partial == self._told:
            return None
        self._told = partial
        return partial

    def _hear_window(self, job: Job) -> Window:
        """What is said in the window, which begins with the words that are fixed; heard anew only after more speech."""
        if self._heard is None or self._meter.spoken_s - self._heard_spoken_s >= SHORTEST_SPEECH_S - 1e-9:
            start = time.perf_counter()
            heard = self._network.hear(self._window, self.language, job, before=self._said_before())
            self._cost_s = time.perf_counter() - start
            self.elapsed_s += self._cost_s
            words = words_of(heard.segment.text) if heard.segment else ()
            self._heard = self._placed(heard, self._agreement.add(words))
            self._heard_spoken_s, self._heard_samples = self._meter.spoken_s, self.samples
        return self._heard

    def _leave(self, end: int, job: Job) -> None:
        """The first `end` samples leave the window, and their words are fixed."""
        quiet = end >= self._window.size - round(self._meter.silent_s * SAMPLE_RATE)
        if quiet:
            heard = self._hear_window(job)
        else:
            start = time.perf_counter()
            heard = self._network.hear(self._window[:end], self.language, job, before=self._said_before())
            self.elapsed_s += time.perf_counter() - start
            heard = self._placed(heard, words_of(heard.segment.text) if heard.segment else ())
        words = self._agreement.leave(words_of(heard.segment.text) if heard.segment else ())
        if heard.segment is not None and words:
            segment = heard.segment
            self._done.append(Segment(segment.start_s, segment.end_s, text_of(words), segment.confidence))
            self.language = self.language or heard.language
        self._window = self._window[end:].copy()
        self._heard = None

    def _placed(self, heard: Window, words: Words) -> Window:
        """`heard` with times in the utterance, and `words` as its text."""
        text = text_of(words)
        offset_s = (self.samples - self._window.size) / SAMPLE_RATE
        if heard.segment is None:
            # Fixed words stay said even if the network does not hear them any more.
            segment = Segment(offset_s, offset_s + self.window_s, text) if text else None
        else:
            found = heard.segment
            segment = Segment(offset_s + found.start_s, offset_s + found.end_s, text, found.confidence)
        return Window(segment, heard.language or self.language)

    def _said_before(self) -> str:
        return " ".join(segment.text for segment in self._done)
