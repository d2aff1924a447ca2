"""Hearing with a Whisper model from a local folder, through faster-whisper and CTranslate2 on the CPU.

Greedy, without timestamps or context, and encoding only as much as there is sound: settings for short spoken turns.
Long recordings are heard window by window. What the model invents is left out (`app.engines.hearing.invention`).
"""

from __future__ import annotations

import logging
import math
import os
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from app.engines.hearing import whisper_folder
from app.engines.hearing.base import SAMPLE_RATE, HearingInfo, Partial, Samples, Segment, Transcript
from app.engines.hearing.invention import Decoded, invented, looping, speech_bounds, speech_probabilities
from app.engines.hearing.pauses import checked, level_db, quietest_cut, stretches
from app.engines.hearing.utterance import language_code, transcript
from app.engines.job import Job
from app.errors import BadInput

# After whisper_folder, which sets the environment that CTranslate2's threads read.
import ctranslate2  # isort: skip
from faster_whisper.tokenizer import Tokenizer  # isort: skip

log = logging.getLogger(__name__)

LONGEST_S = 28.0
"""A window of sound; the network hears 30 s."""
FRAMES_PER_S = 100
MOST_FRAMES = 3000
SILENCE_DB = -60.0
TOKENS_PER_S = 30
"""No language says more tokens a second; the limit ends a loop early. CTranslate2 halves the limit it is given."""
MOST_TOKENS = 448
MOST_THREADS = 4


@dataclass(frozen=True, slots=True)
class Heard:
    """What the network made of one window."""

    text: str
    avg_logprob: float
    no_speech_prob: float


class WhisperEngine:
    """A Whisper model as a `HearingEngine`. No partial transcripts: `feed` gives None."""

    def __init__(
        self,
        path: str,
        threads: int = 0,
        language: str | None = None,
        floor_s: float = 10.0,
        margin_s: float = 2.0,
        suppress_tokens: Sequence[int] | None = None,
    ) -> None:
        """Load the folder `path`.

        `threads` 0 takes half of the cores, four at most. `language` is the one to hear where a call names none; None
        detects it. A sound is encoded with `margin_s` of silence, and for no less than `floor_s`: under 10 s released
        models lose accuracy. `suppress_tokens` None suppresses those that the model's own configuration names.
        Raises `BadModel`, and `BadInput` for a language that the model does not know.
        """
        self._path = Path(path)
        self._threads = threads or max(1, min(MOST_THREADS, (os.cpu_count() or 2) // 2))
        self._whisper = whisper_folder.load(self._path, self._threads)
        self._languages = whisper_folder.languages(self._whisper)
        self._language = self._known(language)
        self._floor_s, self._margin_s = floor_s, margin_s
        self._suppress = [-1] if suppress_tokens is None else list(suppress_tokens)
        mels = int(self._whisper.model.n_mels)
        if self._whisper.feature_extractor.mel_filters.shape[0] != mels:
            self._whisper.feature_extractor = type(self._whisper.feature_extractor)(feature_size=mels)
        self._open: _Utterance | None = None

    def info(self, job: Job) -> HearingInfo:
        return HearingInfo(
            name=self._path.name,
            engine="whisper",
            source=str(self._path),
            languages=self._languages,
            streaming=False,
            threads=self._threads,
        )

    def transcribe(self, samples: Samples, language: str | None, job: Job) -> Transcript:
        start = time.perf_counter()
        utterance = _Utterance(self._known(language) or self._language)
        sound = checked(samples)
        for window in windows(sound):
            job.checkpoint()
            self._hear(sound[window], window.start / SAMPLE_RATE, utterance)
        utterance.samples = sound.size
        return self._transcript(utterance, time.perf_counter() - start)

    def begin(self, language: str | None, job: Job) -> None:
        self._open = _Utterance(self._known(language) or self._language)

    def feed(self, samples: Samples, job: Job) -> Partial | None:
        job.checkpoint()
        utterance = self._utterance()
        sound = checked(samples)
        utterance.waiting.append(sound.copy())
        utterance.samples += sound.size
        if utterance.waiting_samples >= LONGEST_S * SAMPLE_RATE:
            self._hear_waiting(utterance, job, leave=True)
        return None

    def peek(self, job: Job) -> Transcript:
        utterance = self._utterance()
        start = time.perf_counter()
        view = _Utterance(utterance.language)
        view.segments, view.waiting, view.samples = list(utterance.segments), utterance.waiting, utterance.samples
        self._hear_waiting(view, job, leave=False)
        return self._transcript(view, utterance.elapsed_s + time.perf_counter() - start)

    def finish(self, job: Job) -> Transcript:
        utterance = self._utterance()
        self._open = None
        start = time.perf_counter()
        self._hear_waiting(utterance, job, leave=False)
        return self._transcript(utterance, utterance.elapsed_s + time.perf_counter() - start)

    def close(self) -> None:
        self._open = None
        del self._whisper

    def _hear_waiting(self, utterance: _Utterance, job: Job, *, leave: bool) -> None:
        """Hear what was fed; with `leave` only up to the quietest place of its last part, so that no word is cut."""
        start = time.perf_counter()
        sound = np.concatenate([np.zeros(0, np.float32), *utterance.waiting])
        offset = utterance.samples - sound.size
        end = quietest_cut(sound, 0.7 * LONGEST_S) if leave else sound.size
        for window in windows(sound[:end]):
            job.checkpoint()
            self._hear(sound[window], (offset + window.start) / SAMPLE_RATE, utterance)
        utterance.waiting = [sound[end:].copy()]
        if leave:
            utterance.elapsed_s += time.perf_counter() - start

    def _hear(self, sound: Samples, offset_s: float, utterance: _Utterance) -> None:
        """Add what is said in `sound`, of at most `LONGEST_S`, to the utterance, unless nobody speaks."""
        if level_db(sound) < SILENCE_DB:
            return
        start_s, end_s, speech_s = speech_bounds(speech_probabilities(sound))
        if not speech_s:
            return
        encoded = self._encode(sound)
        if utterance.language is None:
            utterance.language = self._detect(encoded)
        heard = self._decode(encoded, utterance.language, sound.size / SAMPLE_RATE)
        reason = invented(Decoded(heard.text, heard.avg_logprob, heard.no_speech_prob, speech_s))
        if reason is not None:
            log.info("left out %d invented characters: %s", len(heard.text), reason)
            return
        confidence = min(1.0, math.exp(heard.avg_logprob)) * (1.0 - heard.no_speech_prob)
        utterance.segments.append(Segment(offset_s + start_s, offset_s + end_s, heard.text, confidence))

    def _encode(self, sound: Samples) -> ctranslate2.StorageView:
        """The network's view of `sound` and of the margin after it."""
        features: NDArray[np.float32] = self._whisper.feature_extractor(sound)[..., :-1]
        wanted_s = max(self._floor_s, sound.size / SAMPLE_RATE + self._margin_s)
        frames = min(MOST_FRAMES, 2 * math.ceil(FRAMES_PER_S * wanted_s / 2))
        features = features[..., :frames]
        padded = np.pad(features, ((0, 0), (0, frames - features.shape[-1])))
        view = ctranslate2.StorageView.from_array(np.ascontiguousarray(padded[np.newaxis], np.float32))
        return self._whisper.model.encode(view)

    def _detect(self, encoded: ctranslate2.StorageView) -> str:
        if not self._whisper.model.is_multilingual:
            return "en"
        ranked: list[tuple[str, float]] = self._whisper.model.detect_language(encoded)[0]
        return ranked[0][0].strip("<|>")

    def _decode(self, encoded: ctranslate2.StorageView, language: str, audio_s: float) -> Heard:
        heard = self._generate(encoded, language, audio_s)
        if looping(heard.text):
            heard = self._generate(encoded, language, audio_s, no_repeat_ngram_size=3)
        return heard

    def _generate(self, encoded: ctranslate2.StorageView, language: str, audio_s: float, **options: Any) -> Heard:
        multilingual = self._whisper.model.is_multilingual
        tokenizer = Tokenizer(self._whisper.hf_tokenizer, multilingual, task="transcribe", language=language)
        prompt = [*tokenizer.sot_sequence, tokenizer.no_timestamps]
        result = self._whisper.model.generate(
            encoded,
            [prompt],
            beam_size=1,
            max_length=min(MOST_TOKENS, len(prompt) + 2 * (8 + int(TOKENS_PER_S * audio_s))),
            return_scores=True,
            return_no_speech_prob=True,
            suppress_tokens=self._suppress,
            **options,
        )[0]
        tokens = result.sequences_ids[0]
        # The score is the mean over the tokens; the model's own measure counts the end token as well.
        avg_logprob = result.scores[0] * len(tokens) / (len(tokens) + 1)
        return Heard(tokenizer.decode(tokens).strip(), avg_logprob, result.no_speech_prob)

    def _transcript(self, utterance: _Utterance, elapsed_s: float) -> Transcript:
        return transcript(
            utterance.segments,
            engine="whisper",
            model=self._path.name,
            language=utterance.language or (self._languages[0] if len(self._languages) == 1 else ""),
            audio_s=utterance.samples / SAMPLE_RATE,
            elapsed_s=elapsed_s,
        )

    def _known(self, language: str | None) -> str | None:
        code = language_code(language)
        if code is not None and code not in self._languages:
            known = "English only" if self._languages == ("en",) else f"{len(self._languages)} languages by their codes"
            raise BadInput(f'The Whisper model {self._path.name} does not know the language "{language}", but {known}.')
        return code

    def _utterance(self) -> _Utterance:
        if self._open is None:
            raise BadInput("No utterance is open; begin one before feeding or finishing it.")
        return self._open


class _Utterance:
    """One recording or streamed utterance. `language` is None until detected, `waiting` is fed and not heard yet."""

    def __init__(self, language: str | None) -> None:
        self.language = language
        self.segments: list[Segment] = []
        self.waiting: list[Samples] = []
        self.samples = 0
        self.elapsed_s = 0.0

    @property
    def waiting_samples(self) -> int:
        return sum(part.size for part in self.waiting)


def windows(sound: Samples) -> list[slice]:
    """The sounding stretches of `sound`, neighbours joined to windows of at most `LONGEST_S`."""
    joined: list[slice] = []
    for stretch in stretches(sound, longest_s=LONGEST_S):
        if joined and stretch.stop - joined[-1].start <= LONGEST_S * SAMPLE_RATE:
            joined[-1] = slice(joined[-1].start, stretch.stop)
        else:
            joined.append(stretch)
    return joined
