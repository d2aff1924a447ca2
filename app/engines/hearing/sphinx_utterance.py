"""One utterance that pocketsphinx hears while it is spoken: partial transcripts, peeks, and its end.

Recordings are heard by `app.engines.hearing.sphinx` in another way.
"""

from __future__ import annotations

import time

import numpy as np
from pocketsphinx import Decoder

from app.engines.hearing import sphinx_lattice
from app.engines.hearing.agreement import Agreement, Words, beginning_with, text_of, words_of
from app.engines.hearing.base import SAMPLE_RATE, Partial, Samples, Segment
from app.engines.hearing.gate import NEWS_S, VoiceMeter, to_pcm
from app.engines.hearing.utterance import tidy

FRAMES_PER_S = 100

MEAN_EVERY_S = 0.5
"""How often the running cepstral mean is brought up to date in an utterance. The library does so after 8 s only, so
that a voice of another level than its default is misheard until then. On ten recordings of people (84 words) the word
error rate falls from 58 % to 45-49 %, by how much silence comes first."""

LONGEST_S = 6.0
"""The decoder's utterance is closed, and another begun, at the next pause after this: lattices grow, and with them the
time of a search."""
HARD_LONGEST_FRAMES = sphinx_lattice.MOST_FRAMES - 50
"""It is closed in any case when the decoder has seen this much, about 10 s."""
PAUSE_S = 0.2

PARTIAL_EVERY_S = 0.1
"""Of sound, between two searches of the lattice; more where a search takes over a tenth of that. With two searches in
agreement and one word held back (`Agreement`) 61 % of the words are fixed before the end, 0.65 s (median) after they
were said, on six recordings of people and 16 sentences of espeak-ng (174 words). Of those 63.8 % come out wrong, and
67.8 % where nothing is fixed."""

HUSH = np.random.default_rng(1).normal(0, 1e-4, round(0.05 * SAMPLE_RATE)).astype(np.float32)
"""Near-silence that is inserted at a peek: the decoder is 8 frames behind the sound (3 for the slopes of its features,
5 for its look at the next phones), so that the last word would lack its end. On 21 utterances of people and espeak-ng
(160 words), peeked at 60 ms after their ends, 73 % of the words are wrong without it, 65.6 % with 50 ms and 65.0 % with
80; with a peek in each pause of 60 ms before that as well (28), from which speech goes on: 75.6, 67.5, 70.6 %."""

_DITHER = np.random.default_rng(0).normal(0, 1e-4, SAMPLE_RATE // 10).astype(np.float32)
"""Noise at -80 dB for every step of sound: digital silence has no spectrum, and would spoil the cepstral mean."""


def dithered_pcm(sound: Samples) -> bytes:
    return to_pcm(sound + np.resize(_DITHER, sound.size))


class StreamedUtterance:
    """An open utterance. Attributes: `samples` given so far, `elapsed_s` of the engine's own time."""

    def __init__(self, decoder: Decoder, mean: str) -> None:
        self.samples = 0
        self.elapsed_s = 0.0
        self._decoder = decoder
        self._first = self._due = self._since_mean = 0
        self._inserted: list[float] = []
        self._meter = VoiceMeter()
        self._agreement = Agreement()
        self._done: list[Segment] = []
        self._told: Partial | None = None
        self._peeked: list[Segment] | None = None
        self._peeked_spoken_s = 0.0
        decoder.reinit_feat()  # forgets what noise it learnt
        decoder.set_cmn(mean)
        self._start()

    def push(self, sound: Samples) -> None:
        """More of it, a tenth of a second at most."""
        start = time.perf_counter()
        pcm = dithered_pcm(sound)
        self._decoder.process_raw(pcm)
        self._meter.push(pcm)
        self.samples += sound.size
        self._since_mean += sound.size
        if self._since_mean >= MEAN_EVERY_S * SAMPLE_RATE:
            self._decoder.get_cmn(True)
            self._since_mean = 0
        length_s = (self.samples - self._first) / SAMPLE_RATE
        if self._decoder.n_frames() >= HARD_LONGEST_FRAMES or (length_s >= LONGEST_S and self._pausing()):
            self._end()
            self._start()
        self.elapsed_s += time.perf_counter() - start

    def partial(self) -> Partial | None:
        """What is understood so far, if that is due and anything new."""
        if not self._meter.heard or self.samples < self._due or self._known() or not self._spans():
            return None
        start = time.perf_counter()
        found = sphinx_lattice.search(self._decoder, self._agreement.fixed)
        took_s = time.perf_counter() - start
        self.elapsed_s += took_s
        if found is None:
            return None
        self._due = self.samples + round(max(PARTIAL_EVERY_S, 10 * took_s) * SAMPLE_RATE)
        partial = Partial(self._text(self._agreement.add(found.words)), self._text(self._agreement.fixed))
        if not partial.text or partial == self._told:
            return None
        self._told = partial
        return partial

    def peek(self) -> list[Segment]:
        """The segments of the whole utterance. They stay the same until more is said."""
        if self._peeked is None or not self._known():
            start = time.perf_counter()
            self._peeked = [*self._done, *self._current()]
            self._peeked_spoken_s = self._meter.spoken_s
            self.elapsed_s += time.perf_counter() - start
        return self._peeked

    def _known(self) -> bool:
        """Whether the last peek still says all. Then nothing more becomes fixed either, which it might lack."""
        return bool(self._peeked) and self._meter.spoken_s - self._peeked_spoken_s < NEWS_S - 1e-9

    def close(self) -> list[Segment]:
        segments = self.peek()
        self._decoder.end_utt()
        return segments

    def forget(self) -> None:
        self._decoder.end_utt()

    def _start(self) -> None:
        self._first = self._due = self.samples
        self._since_mean = 0
        self._inserted = []
        self._meter = VoiceMeter()
        self._agreement = Agreement()
        self._peeked = None
        self._peeked_spoken_s = 0.0
        self._decoder.start_utt()

    def _end(self) -> None:
        self._done = self.peek()
        self._decoder.end_utt()

    def _current(self) -> list[Segment]:
        """The open part as a segment, if anybody said anything."""
        if not self._meter.heard:
            return []
        self._inserted.append((self.samples - self._first) / SAMPLE_RATE)
        self._decoder.process_raw(to_pcm(HUSH))
        found = sphinx_lattice.search(self._decoder, self._agreement.fixed)
        words, confidence = (found.words, found.confidence) if found else (self._guess(), None)
        spans = self._spans()
        if not words or not (spans or self._agreement.fixed):
            return []
        offset_s, end_s = self._first / SAMPLE_RATE, (self.samples - self._first) / SAMPLE_RATE
        start_s, end_s = (spans[0][0], spans[-1][1]) if spans else (0.0, end_s)
        return [Segment(offset_s + start_s, offset_s + end_s, text_of(words), confidence)]

    def _guess(self) -> Words:
        """The decoder's own hypothesis, where the lattice is not connected."""
        hypothesis = self._decoder.hyp()
        return beginning_with(self._agreement.fixed, words_of(tidy(hypothesis.hypstr) if hypothesis else ""))

    def _text(self, words: Words) -> str:
        said = [segment.text for segment in self._done] + [text_of(words)]
        return " ".join(text for text in said if text)

    def _spans(self) -> list[tuple[float, float]]:
        """Start and end of the words of the open hypothesis, in seconds of sound given since the part began."""
        if self._decoder.hyp() is None:
            return []
        return [
            (self._sounded(found.start_frame / FRAMES_PER_S), self._sounded((found.end_frame + 1) / FRAMES_PER_S))
            for found in self._decoder.seg()
            if found.word[0] not in "<[+"
        ]

    def _sounded(self, decoded_s: float) -> float:
        """The time in what was given, without what was inserted."""
        hush_s = HUSH.size / SAMPLE_RATE
        for at_s in self._inserted:
            if decoded_s <= at_s:
                break
            decoded_s = max(at_s, decoded_s - hush_s)
        return decoded_s

    def _pausing(self) -> bool:
        """Whether the best path has been in silence for a while."""
        spans = self._spans()
        return not spans or (self.samples - self._first) / SAMPLE_RATE - spans[-1][1] >= PAUSE_S
