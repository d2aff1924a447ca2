"""The voice that needs no download: espeak-ng, clause by clause.

Robotic, clear, in a hundred languages, and some thousand times faster than speech. The library itself is in
`espeak_library`.
"""

from __future__ import annotations

import ctypes
from collections.abc import Generator, Mapping, Sequence
from pathlib import Path

import numpy as np

from app.engines.job import Job
from app.engines.voice.base import Samples, SpeakRequest, SpeechChunk, Spoken, VoiceInfo
from app.engines.voice.espeak_library import FASTEST_WPM, NORMAL_WPM, SLOWEST_WPM, EspeakLibrary
from app.engines.voice.languages import guess_language
from app.engines.voice.render import render
from app.engines.voice.sound import checked
from app.engines.voice.speakable import speakable
from app.engines.voice.timing import Mark
from app.errors import BadInput

DEFAULT_VOICE = "en-us"

VOICES = {"en": DEFAULT_VOICE, "de": "de", "fr": "fr-fr", "es": "es", "it": "it"}
"""Which voice speaks a text that is clearly in that language, unless others were chosen."""


class EspeakEngine:
    """espeak-ng as a `VoiceEngine`.

    Voices are language codes ("en-us", "en-gb", "de", ...), with an optional variant ("en-us+f3"). `rate` 1.0 is
    175 words per minute; what falls outside 80 to 700 is brought to the nearer end.
    """

    def __init__(self, voice: str = "", voices: Mapping[str, str] | None = None, data: str | None = None) -> None:
        """`voice` is the default voice, `voices` those of languages, `data` another espeak-ng-data folder.

        Raises `BadModel`, and `BadInput` for a voice that it does not have.
        """
        self._library = EspeakLibrary(Path(data) if data else None)
        self._voices = {name.lower(): identifier for name, identifier in self._library.voices.items()}
        self._voice = self._known(voice or DEFAULT_VOICE)
        self._of_language = {_language(code): self._known(name) for code, name in (voices or VOICES).items()}
        speakable("1 km, May 3", self._voice)  # loads the tables before the first answer needs them

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
        checked(request)
        voice = self._chosen(request)

        def synthesise(text: str) -> tuple[Samples, Sequence[Mark]]:
            self._set(voice, request.rate)
            return self._synthesise(text, job)

        return render(
            request, job, voice=voice, language=voice, sample_rate=self._library.sample_rate, synthesise=synthesise
        )

    def close(self) -> None:
        """Nothing to do: the library's state is the process's and ends with it."""

    def _synthesise(self, text: str, job: Job) -> tuple[Samples, Sequence[Mark]]:
        """The sound of one clause. A pause of the job throws a begun clause away and says it anew."""
        while True:
            parts: list[bytes] = []
            stopped = False

            def take(sound: bytes, parts: list[bytes] = parts) -> bool:
                nonlocal stopped
                parts.append(sound)
                stopped = ctypes.string_at(job.stop_flag) != b""
                return not stopped

            words = self._library.synthesise(text, take)
            if not stopped:
                samples = np.frombuffer(b"".join(parts), np.int16).astype(np.float32) / np.float32(32768)
                return samples, [Mark(_word_start(text, word.place), word.at_ms / 1000) for word in words]
            job.checkpoint()

    def _chosen(self, request: SpeakRequest) -> str:
        """The voice asked for, that of the language asked for, or that of the language that the text is in."""
        if request.voice:
            return self._known(request.voice)
        mine = _language(self._voice)
        language = request.language or guess_language(request.text, tuple(self._of_language), mine)
        if not language or _language(language) == mine:
            return self._voice
        chosen = self._of_language.get(_language(language))
        if chosen is None and request.language:
            try:
                return self._known(request.language)
            except BadInput:
                return self._voice
        return chosen or self._voice

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


def _language(voice: str) -> str:
    return voice.lower().replace("_", "-").partition("-")[0].partition("+")[0]


def _word_start(text: str, place: int) -> int:
    """The library's position, which may be one off beside marks, as the start of a word."""
    place = min(max(place, 0), len(text))
    while place < len(text) and not text[place].isalnum():
        place += 1
    while place > 0 and text[place - 1].isalnum():
        place -= 1
    return place
