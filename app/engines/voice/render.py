"""What every voice engine does around its synthesis: clauses in, chunks with pauses, levels and word times out."""

from __future__ import annotations

import time
from collections.abc import Callable, Generator, Sequence

import numpy as np

from app.engines.job import Job
from app.engines.voice.base import Samples, SpeakRequest, SpeechChunk, Spoken
from app.engines.voice.sound import TAIL_S, before_pause, evened, trimmed
from app.engines.voice.timing import Mark, word_times
from app.engines.voice.utterance import Utterance, utterances

Synthesis = Callable[[str], "tuple[Samples, Sequence[Mark]]"]
"""Sound for a spoken text, with its silences, and when its words begin in it."""


def render(
    request: SpeakRequest, job: Job, *, voice: str, language: str | None, sample_rate: int, synthesise: Synthesis
) -> Generator[SpeechChunk, None, Spoken]:
    """The chunks of a request that was checked."""
    start = time.perf_counter()
    sounding, first_ms = 0, None
    for utterance in utterances(request.text, language):
        job.checkpoint()
        if not utterance.said.text:
            yield SpeechChunk(utterance.written, np.zeros(0, np.float32), sample_rate)
            continue
        chunk = _chunk(utterance, request, sample_rate, synthesise)
        if chunk is None:
            continue
        if first_ms is None:
            first_ms = 1000 * (time.perf_counter() - start)
        sounding += chunk.samples.size
        yield chunk
    job.checkpoint()
    return Spoken(
        voice=voice,
        audio_s=sounding / sample_rate,
        sample_rate=sample_rate,
        first_chunk_ms=first_ms,
        elapsed_ms=1000 * (time.perf_counter() - start),
    )


def _chunk(utterance: Utterance, request: SpeakRequest, sample_rate: int, synthesise: Synthesis) -> SpeechChunk | None:
    raw, marks = synthesise(utterance.said.text)
    speech, lead_s = trimmed(raw, sample_rate)
    if not speech.size:
        return None
    length_s = speech.size / sample_rate - min(TAIL_S, speech.size / sample_rate)
    heard = [Mark(mark.place, mark.at_s - lead_s) for mark in marks]
    words = word_times(utterance.written, utterance.said, heard, length_s)
    sound = before_pause(evened(speech, sample_rate), utterance.pause_s / request.rate - TAIL_S, sample_rate)
    return SpeechChunk(utterance.written, sound * np.float32(request.volume), sample_rate, words, utterance.said.text)
