"""Hearing that needs no download: pocketsphinx with its bundled US English model, streaming.

Good on clean, close, everyday English, poor on noise and accents. Adds no punctuation.
"""

from __future__ import annotations

import math
import time
from collections.abc import Iterator
from pathlib import Path

import pocketsphinx
from pocketsphinx import Decoder

from app.engines.hearing.base import SAMPLE_RATE, HearingInfo, Partial, Samples, Segment, Transcript
from app.engines.hearing.gate import has_voice
from app.engines.hearing.pauses import checked, stretches
from app.engines.hearing.sphinx_lattice import open_decoder
from app.engines.hearing.sphinx_utterance import FRAMES_PER_S, StreamedUtterance, dithered_pcm
from app.engines.hearing.utterance import language_code, tidy, transcript
from app.engines.job import Job
from app.errors import BadInput, BadModel

MODEL = "en-us"
STEP = SAMPLE_RATE // 10
"""Samples given to the decoder between two checkpoints."""

MEAN_OVER_S = 12.0
"""A recording's stretches share one cepstral mean over this much sound; the mean of a short stretch alone
misleads. On the recordings named above 42 to 46 % of the words are wrong, by the state of the noise removal."""

LONGEST_S = 30.0
"""No stretch of a recording is longer: lattices grow."""

Word = tuple[str, float, float, float]
"""Word, start and end in seconds from the utterance's start, posterior probability."""


class SphinxEngine:
    """pocketsphinx as a `HearingEngine`: partial transcripts while it is fed, English only."""

    def __init__(self, language: str = "en") -> None:
        """Raises `BadModel` if the bundled model is missing or damaged, `BadInput` for a language but English."""
        _english(language)
        folder = Path(pocketsphinx.get_model_path()) / MODEL
        for part in (MODEL, f"{MODEL}.lm.bin", f"cmudict-{MODEL}.dict"):
            if not (folder / part).exists():
                raise BadModel(f"pocketsphinx lacks its model {folder / part}; install the package pocketsphinx again.")
        try:
            self._decoder = open_decoder(folder / MODEL, folder / f"{MODEL}.lm.bin", folder / f"cmudict-{MODEL}.dict")
        except (RuntimeError, ValueError, OSError) as error:
            raise BadModel(
                f"pocketsphinx cannot load its model in {folder}; install the package pocketsphinx again."
            ) from error
        self._default_mean: str = self._decoder.get_cmn()
        self._open: StreamedUtterance | None = None

    def info(self, job: Job) -> HearingInfo:
        return HearingInfo(
            name="pocketsphinx",
            engine="sphinx",
            source=f"pocketsphinx {MODEL}",
            languages=("en",),
            streaming=True,
            threads=1,
        )

    def transcribe(self, samples: Samples, language: str | None, job: Job) -> Transcript:
        start = time.perf_counter()
        _english(language)
        sound = checked(samples)
        self._forget()
        self._decoder.reinit_feat()  # forgets what noise it learnt
        segments: list[Segment] = []
        for group in _groups(stretches(sound, longest_s=LONGEST_S)):
            self._learn_mean([sound[stretch] for stretch in group], job)
            for stretch in group:
                segment = self._hear(sound[stretch], stretch.start / SAMPLE_RATE, job)
                segments += [segment] if segment else []
        return self._transcript(segments, sound.size, time.perf_counter() - start)

    def begin(self, language: str | None, job: Job) -> None:
        _english(language)
        self._forget()
        self._open = StreamedUtterance(self._decoder, self._default_mean)

    def feed(self, samples: Samples, job: Job) -> Partial | None:
        utterance = self._utterance()
        sound = checked(samples)
        for at in range(0, sound.size, STEP):
            job.checkpoint()
            utterance.push(sound[at : at + STEP])
        return utterance.partial()

    def peek(self, job: Job) -> Transcript:
        utterance = self._utterance()
        job.checkpoint()
        return self._transcript(utterance.peek(), utterance.samples, utterance.elapsed_s)

    def finish(self, job: Job) -> Transcript:
        utterance = self._utterance()
        self._open = None
        segments = utterance.close()
        return self._transcript(segments, utterance.samples, utterance.elapsed_s)

    def close(self) -> None:
        self._forget()

    def _learn_mean(self, sounds: list[Samples], job: Job) -> None:
        """Set the cepstral mean to that of all `sounds`, for which their features alone are computed."""
        decoder = self._decoder
        decoder.start_utt()
        try:
            for sound in sounds:
                job.checkpoint()
                decoder.process_raw(dithered_pcm(sound), no_search=True)
            mean = decoder.get_cmn(True)
        finally:
            decoder.end_utt()
        decoder.set_cmn(mean)

    def _hear(self, sound: Samples, offset_s: float, job: Job) -> Segment | None:
        """One stretch of a recording; None when nobody speaks in it."""
        decoder, pcm = self._decoder, dithered_pcm(sound)
        if not has_voice(sound):
            return None
        decoder.start_utt()
        try:
            for at in range(0, len(pcm), 2 * STEP):
                job.checkpoint()
                decoder.process_raw(pcm[at : at + 2 * STEP])
        finally:
            decoder.end_utt()
        return _segment(_words(decoder), offset_s)

    def _transcript(self, segments: list[Segment], samples: int, elapsed_s: float) -> Transcript:
        return transcript(
            segments,
            engine="sphinx",
            model=MODEL,
            language="en",
            audio_s=samples / SAMPLE_RATE,
            elapsed_s=elapsed_s,
        )

    def _utterance(self) -> StreamedUtterance:
        if self._open is None:
            raise BadInput("No utterance is open; begin one before feeding or finishing it.")
        return self._open

    def _forget(self) -> None:
        if self._open is not None:
            self._open.forget()
            self._open = None


def _groups(found: list[slice]) -> Iterator[list[slice]]:
    """Neighbouring stretches that hold at least `MEAN_OVER_S` of sound together; the last group takes what is left."""
    group: list[slice] = []
    left = sum(stretch.stop - stretch.start for stretch in found)
    for stretch in found:
        group.append(stretch)
        left -= stretch.stop - stretch.start
        held = sum(one.stop - one.start for one in group)
        if held >= MEAN_OVER_S * SAMPLE_RATE and left >= MEAN_OVER_S * SAMPLE_RATE:
            yield group
            group = []
    if group:
        yield group


def _words(decoder: Decoder) -> list[Word]:
    """The words of the best path, without silence and noise, and without the marks of alternative pronunciations."""
    if decoder.hyp() is None:
        return []
    return [
        (found.word.split("(")[0], found.start_frame / FRAMES_PER_S, (found.end_frame + 1) / FRAMES_PER_S, found.prob)
        for found in decoder.seg()
        if found.word[0] not in "<[+"
    ]


def _segment(words: list[Word], offset_s: float) -> Segment | None:
    """One segment of all `words`; its confidence is their geometric mean probability weighted by length."""
    if not words:
        return None
    weights = [end - start for _, start, end, _ in words]
    logs = [math.log(min(1.0, max(probability, 1e-9))) for *_, probability in words]
    confidence = math.exp(sum(w * p for w, p in zip(weights, logs, strict=True)) / sum(weights))
    text = tidy(" ".join(word for word, *_ in words))
    return Segment(offset_s + words[0][1], offset_s + words[-1][2], text, confidence)


def _english(language: str | None) -> None:
    if language_code(language) not in (None, "en"):
        raise BadInput(f'pocketsphinx hears English only, not "{language}"; use a Whisper model for other languages.')
