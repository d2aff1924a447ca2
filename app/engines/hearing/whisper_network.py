"""A loaded Whisper model: from one window of sound to words that were really said.

Greedy, without timestamps, and encoding only as much as there is sound: settings for short spoken turns. Where a window
begins and ends is the business of `whisper` and `whisper_utterance`.
"""

from __future__ import annotations

import logging
import math
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from app.engines.hearing import whisper_folder
from app.engines.hearing.base import SAMPLE_RATE, Samples, Segment
from app.engines.hearing.invention import Decoded, invented, looping, speech_bounds, speech_probabilities
from app.engines.hearing.pauses import level_db
from app.engines.hearing.utterance import language_code
from app.engines.hearing.whisper_folder import Manner
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
MOST_PROMPT = 60
"""Tokens of what was said before that a window is prompted with; the model takes 223."""


@dataclass(frozen=True, slots=True)
class Heard:
    """What the network made of one window."""

    text: str
    avg_logprob: float
    no_speech_prob: float


@dataclass(frozen=True, slots=True)
class Window:
    """What was said in a window, in seconds from its start, and in which language; no segment for nothing."""

    segment: Segment | None = None
    language: str | None = None


class Network:
    """Hears windows of sound of at most `LONGEST_S`. Attributes: `name` of its folder, `languages` that it knows."""

    def __init__(self, folder: Path, threads: int, manner: Manner) -> None:
        """Raises `BadModel`."""
        self.name = folder.name
        self._whisper = whisper_folder.load(folder, threads)
        self._manner = manner
        self.languages = whisper_folder.languages(self._whisper)
        self._suppress = [-1] if manner.suppress_tokens is None else list(manner.suppress_tokens)
        mels = int(self._whisper.model.n_mels)
        if self._whisper.feature_extractor.mel_filters.shape[0] != mels:
            self._whisper.feature_extractor = type(self._whisper.feature_extractor)(feature_size=mels)

    def known(self, language: str | None) -> str | None:
        """The code of `language`, None when it is to be detected. Raises `BadInput` for one that is not known."""
        code = language_code(language)
        if code is not None and code not in self.languages:
            known = "English only" if self.languages == ("en",) else f"{len(self.languages)} languages by their codes"
            raise BadInput(f'The Whisper model {self.name} does not know the language "{language}", but {known}.')
        return code

    def hear(self, sound: Samples, language: str | None, job: Job, *, before: str = "") -> Window:
        """What is said in `sound`, if anybody speaks. `before` is the text of what came before it."""
        if level_db(sound) < SILENCE_DB:
            return Window()
        start_s, end_s, speech_s = speech_bounds(speech_probabilities(sound))
        if not speech_s:
            return Window()
        job.checkpoint()
        encoded = self.encode(sound)
        job.checkpoint()
        language = language or self._detect(encoded)
        heard = self._decode(encoded, language, sound.size / SAMPLE_RATE, before if self._manner.prompted else "")
        reason = invented(Decoded(heard.text, heard.avg_logprob, heard.no_speech_prob, speech_s))
        if reason is not None:
            log.info("left out %d invented characters: %s", len(heard.text), reason)
            return Window(None, language)
        confidence = min(1.0, math.exp(heard.avg_logprob)) * (1.0 - heard.no_speech_prob)
        return Window(Segment(start_s, end_s, heard.text, confidence), language)

    def encode(self, sound: Samples) -> ctranslate2.StorageView:
        """The network's view of `sound` and of the margin after it."""
        features: NDArray[np.float32] = self._whisper.feature_extractor(sound)[..., :-1]
        wanted_s = max(self._manner.floor_s, sound.size / SAMPLE_RATE + self._manner.margin_s)
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

    def _decode(self, encoded: ctranslate2.StorageView, language: str, audio_s: float, before: str) -> Heard:
        heard = self._generate(encoded, language, audio_s, before)
        if looping(heard.text):
            heard = self._generate(encoded, language, audio_s, "", no_repeat_ngram_size=3)
        return heard

    def _generate(
        self, encoded: ctranslate2.StorageView, language: str, audio_s: float, before: str, **options: Any
    ) -> Heard:
        multilingual = self._whisper.model.is_multilingual
        tokenizer = Tokenizer(self._whisper.hf_tokenizer, multilingual, task="transcribe", language=language)
        prompt = [*tokenizer.sot_sequence, tokenizer.no_timestamps]
        if before:
            prompt = [tokenizer.sot_prev, *tokenizer.encode(f" {before}")[-MOST_PROMPT:], *prompt]
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
