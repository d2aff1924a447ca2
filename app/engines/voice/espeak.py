"""The voice that needs no download: espeak-ng, clause by clause.

Robotic, clear, in a hundred languages, and some thousand times faster than speech. The library itself is in
`espeak_library`.
"""

from __future__ import annotations

import ctypes
import time
from collections.abc import Generator
from pathlib import Path

import numpy as np

from app.engines.job import Job
from app.engines.voice.base import Samples, SpeakRequest, SpeechChunk, Spoken, VoiceInfo
from app.engines.voice.clauses import clauses, ends_sentence, pronounceable, speakable
from app.engines.voice.espeak_library import FASTEST_WPM, NORMAL_WPM, SLOWEST_WPM, EspeakLibrary
from app.engines.voice.sound import after_pause, checked, trim_lead
from app.errors import BadInput

DEFAULT_VOICE = "en-us"

CLAUSE_PAUSE_S, SENTENCE_PAUSE_S = 0.12, 0.3
"""Silence after a clause at rate 1. The library itself pauses about as long between the clauses of one text."""


class EspeakEngine:
    """espeak-ng as a `VoiceEngine`.

    Voices are language codes ("en-us", "en-gb", "de", ...), with an optional variant ("en-us+f3"). `rate` 1.0 is
    175 words per minute; what falls outside 80 to 700 is brought to the nearer end.
    """

    def __init__(self, voice: str = "", data: str | None = None) -> None:
        """`voice` is the default voice; `data` another espeak-ng-data folder. Raises `BadModel`, `BadInput`."""
        self._library = EspeakLibrary(Path(data) if data else None)
        self._voices = {name.lower(): identifier for name, identifier in self._library.voices.items()}
        self._voice = self._known(voice or DEFAULT_VOICE)

    def info(self, job: Job) -> VoiceInfo:
        return VoiceInfo(
            name="espeak-ng",
            engine="espeak",
            source=f"espeak-ng {self._library.version}",
            voice=self._voice,
            voices=tuple(sorted(self._voices)),
            sample_rate=self._library.sample_rate,
        )

    def speak(self, request: SpeakRequest, job: Job) -> Generator[SpeechChunk, None, Spoken]:
        start = time.perf_counter()
        voice = self._known(request.voice) if request.voice else self._voice
        checked(request)
        rate = self._library.sample_rate
        sounding, first_ms, pause_s = 0, None, 0.0
        self._set(voice, request.rate)
        for clause in clauses(speakable(request.text)):
            job.checkpoint()
            samples = self._synthesise(clause, job) if pronounceable(clause) else None
            if samples is None or not samples.size:
                continue
            if first_ms is None:
                first_ms = 1000 * (time.perf_counter() - start)
            else:
                # A pause belongs before the next clause: the last one must not make its listener wait.
                samples = after_pause(samples, pause_s, rate)
            pause_s = (SENTENCE_PAUSE_S if ends_sentence(clause) else CLAUSE_PAUSE_S) / request.rate
            sounding += samples.size
            yield SpeechChunk(clause.strip(), samples * np.float32(request.volume), rate)
            self._set(voice, request.rate)
        return Spoken(
            voice=voice,
            audio_s=sounding / rate,
            sample_rate=rate,
            first_chunk_ms=first_ms,
            elapsed_ms=1000 * (time.perf_counter() - start),
        )

    def close(self) -> None:
        """Nothing to do: the library's state is the process's and ends with it."""

    def _synthesise(self, clause: str, job: Job) -> Samples:
        """The sound of one clause. A pause of the job throws a begun clause away and says it anew."""
        while True:
            parts: list[bytes] = []
            stopped = False

            def take(sound: bytes, parts: list[bytes] = parts) -> bool:
                nonlocal stopped
                parts.append(sound)
                stopped = ctypes.string_at(job.stop_flag) != b""
                return not stopped

            self._library.synthesise(clause, take)
            if not stopped:
                samples = np.frombuffer(b"".join(parts), np.int16).astype(np.float32) / np.float32(32768)
                return trim_lead(samples, self._library.sample_rate)
            job.checkpoint()

    def _set(self, voice: str, rate: float) -> None:
        self._library.set_voice(self._identifier(voice))
        words = round(NORMAL_WPM * min(rate, 100.0))
        self._library.set_rate(min(FASTEST_WPM, max(SLOWEST_WPM, words)))

    def _known(self, voice: str) -> str:
        """`voice` in the library's spelling; `BadInput` if there is no such voice."""
        name, plus, variant = voice.strip().partition("+")
        name = name.lower().replace("_", "-")
        if name not in self._voices and f"{name}-{name}" in self._voices:  # "fr" is listed as "fr-fr"
            name = f"{name}-{name}"
        if name == "en":
            name = "en-gb"
        if name not in self._voices or (plus and variant not in self._library.variants):
            raise BadInput(f'espeak-ng has no voice "{voice}"; name one such as en-us, en-gb, de or fr-fr.')
        return name + plus + variant

    def _identifier(self, voice: str) -> str:
        name, plus, variant = voice.partition("+")
        return self._voices[name] + plus + variant
