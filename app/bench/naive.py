"""What Duet's turns are compared with: a fixed silence, then recogniser, model and voice in turn, nothing ahead.

The same engines in the same workers on the same recording. The fixed silence is counted in the samples, where it costs
nothing to wait for; the rest is measured. Each part starts with what it needs: the recogniser with the whole
utterance, the model with the whole transcript, the voice with the first clause. The standing prompt is in the cache.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

import numpy as np
import webrtcvad

from app.assistant.runtime import Duet
from app.audio.base import HOP, SAMPLE_RATE, Samples
from app.audio.virtual import AUDIBLE
from app.bench.corpus.sound import silence
from app.bench.corpus.turns import SpokenTurn
from app.engines.language.base import GenerateRequest
from app.engines.voice.base import SpeakRequest
from app.engines.voice.clauses import ClauseStream
from app.errors import EngineUnavailable

SILENCE_S = 0.7
"""The usual setting: shorter ones cut people off, see the bench `endpoint`."""

MODE = 2
"""Of webrtcvad, as in Duet's own detector."""


@dataclass(frozen=True, slots=True)
class NaiveTurn:
    """`latency_ms` is from the last speech sample to the first audible one; `cut_off`: the turn was not over."""

    latency_ms: float
    cut_off: bool


def voiced_hops(samples: Samples) -> list[bool]:
    """webrtcvad's verdict on each whole hop."""
    detector = webrtcvad.Vad(MODE)
    pcm = (np.clip(samples, -1.0, 1.0) * 32767.0).astype(np.int16)
    hops = (pcm[start : start + HOP] for start in range(0, len(pcm) - HOP + 1, HOP))
    return [bool(detector.is_speech(hop.tobytes(), SAMPLE_RATE)) for hop in hops]


def fixed_silence_s(samples: Samples, silence_s: float = SILENCE_S) -> float | None:
    """When a turn in `samples`, with silence after it, is over for a fixed silence; None where nobody speaks."""
    hops = voiced_hops(np.concatenate([samples, silence(silence_s + 0.5)]))
    wanted, silent, spoken = round(silence_s * SAMPLE_RATE / HOP), 0, False
    for index, voiced in enumerate(hops):
        spoken, silent = spoken or voiced, 0 if voiced else silent + 1
        if spoken and silent >= wanted:
            return (index + 1) * HOP / SAMPLE_RATE
    return None


async def naive_turn(duet: Duet, turn: SpokenTurn) -> NaiveTurn:
    """Answer `turn` the naive way, silently. Raises `EngineUnavailable` where nothing would have sounded."""
    decided_s = fixed_silence_s(turn.samples)
    if decided_s is None:
        raise EngineUnavailable(f"The voice activity detector finds no speech in “{turn.text}”.")
    heard = turn.samples[: round(decided_s * SAMPLE_RATE)]
    clock = asyncio.get_running_loop().time
    began = clock()
    ahead_s = await _first_sound(duet, heard)
    worked_s = clock() - began
    return NaiveTurn((decided_s - turn.end_s + worked_s + ahead_s) * 1000, decided_s < turn.end_s)


async def _first_sound(duet: Duet, heard: Samples) -> float:
    """Do the work up to the first chunk of sound; seconds of silence at that chunk's beginning."""
    parts, generation = duet.assistant.parts, duet.assistant.generation
    if duet.hearing is None or parts.voice is None:
        raise EngineUnavailable("Duet was opened without hearing or voice.")
    transcript = await duet.hearing.transcribe(heard, duet.settings.hearing.language, generation)
    messages, sampling = await parts.fast.assemble((), transcript.text or "Hello.", generation)
    clauses, clause = ClauseStream(), ""
    async with parts.fast.client.generate(GenerateRequest(messages=messages, sampling=sampling), generation) as stream:
        async for delta in stream:
            if not delta.thinking and (found := clauses.feed(delta.text)):
                clause = found[0]
                break
    clause = clause or next(iter(clauses.finish()), "")
    async with parts.voice.speak(SpeakRequest(text=clause.strip()), generation) as sound:
        async for chunk in sound:
            audible = np.flatnonzero(np.abs(chunk.samples) > AUDIBLE)
            return float(audible[0] / chunk.sample_rate) if len(audible) else 0.0
    raise EngineUnavailable(f"Nothing can be heard of the answer “{clause}”.")
