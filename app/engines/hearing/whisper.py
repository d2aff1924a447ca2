"""Hearing with a Whisper model from a local folder, through faster-whisper and CTranslate2 on the CPU.

Long recordings are heard window by window. What the model invents is left out (`app.engines.hearing.invention`).
"""

from __future__ import annotations

import os
import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from app.engines.hearing import whisper_folder
from app.engines.hearing.base import SAMPLE_RATE, HearingInfo, Partial, Samples, Segment, Transcript
from app.engines.hearing.pauses import checked, stretches
from app.engines.hearing.utterance import transcript
from app.engines.hearing.whisper_network import LONGEST_S, Network
from app.engines.hearing.whisper_utterance import StreamedUtterance
from app.engines.job import Job
from app.errors import BadInput

MOST_THREADS = 4


class WhisperEngine:
    """A Whisper model as a `HearingEngine`."""

    def __init__(
        self,
        path: str,
        threads: int = 0,
        language: str | None = None,
        floor_s: float | None = None,
        margin_s: float | None = None,
        suppress_tokens: Sequence[int] | None = None,
        prompted: bool | None = None,
    ) -> None:
        """Load the folder `path`.

        `threads` 0 takes half of the cores, four at most. `language` is the one to hear where a call names none; None
        detects it. The others are as in `whisper_folder.Manner`; None leaves them to the model's folder.
        Raises `BadModel`, and `BadInput` for a language that the model does not know.
        """
        self._path = Path(path)
        self._threads = threads or max(1, min(MOST_THREADS, (os.cpu_count() or 2) // 2))
        wanted: dict[str, Any] = {"floor_s": floor_s, "margin_s": margin_s, "prompted": prompted}
        wanted["suppress_tokens"] = None if suppress_tokens is None else tuple(suppress_tokens)
        manner = replace(
            whisper_folder.manner(self._path), **{name: value for name, value in wanted.items() if value is not None}
        )
        self._network = Network(self._path, self._threads, manner)
        self._language = self._network.known(language)
        self._open: StreamedUtterance | None = None

    def info(self, job: Job) -> HearingInfo:
        return HearingInfo(
            name=self._path.name,
            engine="whisper",
            source=str(self._path),
            languages=self._network.languages,
            streaming=True,
            threads=self._threads,
        )

    def transcribe(self, samples: Samples, language: str | None, job: Job) -> Transcript:
        start = time.perf_counter()
        spoken = self._network.known(language) or self._language
        sound = checked(samples)
        segments: list[Segment] = []
        for window in windows(sound):
            job.checkpoint()
            heard = self._network.hear(sound[window], spoken, job)
            spoken = spoken or heard.language
            if heard.segment is not None:
                offset_s = window.start / SAMPLE_RATE
                found = heard.segment
                segments.append(replace(found, start_s=offset_s + found.start_s, end_s=offset_s + found.end_s))
        return self._transcript(segments, spoken, sound.size, time.perf_counter() - start)

    def begin(self, language: str | None, job: Job) -> None:
        self._open = StreamedUtterance(self._network, self._network.known(language) or self._language)

    def feed(self, samples: Samples, job: Job) -> Partial | None:
        return self._utterance().push(checked(samples), job)

    def peek(self, job: Job) -> Transcript:
        utterance = self._utterance()
        segments = utterance.peek(job)
        return self._transcript(segments, utterance.spoken_language, utterance.samples, utterance.elapsed_s)

    def finish(self, job: Job) -> Transcript:
        said = self.peek(job)
        self._open = None
        return said

    def close(self) -> None:
        self._open = None
        del self._network

    def _transcript(self, segments: list[Segment], language: str | None, samples: int, elapsed_s: float) -> Transcript:
        known = self._network.languages
        return transcript(
            segments,
            engine="whisper",
            model=self._path.name,
            language=language or (known[0] if len(known) == 1 else ""),
            audio_s=samples / SAMPLE_RATE,
            elapsed_s=elapsed_s,
        )

    def _utterance(self) -> StreamedUtterance:
        if self._open is None:
            raise BadInput("No utterance is open; begin one before feeding or finishing it.")
        return self._open


def windows(sound: Samples) -> list[slice]:
    """The sounding stretches of `sound`, neighbours joined to windows of at most `LONGEST_S`."""
    joined: list[slice] = []
    for stretch in stretches(sound, longest_s=LONGEST_S):
        if joined and stretch.stop - joined[-1].start <= LONGEST_S * SAMPLE_RATE:
            joined[-1] = slice(joined[-1].start, stretch.stop)
        else:
            joined.append(stretch)
    return joined
