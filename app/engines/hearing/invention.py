"""Whether a Whisper model said what it heard, or invented it.

On noise and silence these models write what they saw under videos without speech: thanks, credits, loops. The rules
here judge one decoded window; `speech_probabilities` is the acoustic evidence, from the Silero network that
faster-whisper brings along.
"""

from __future__ import annotations

import re
import zlib
from dataclasses import dataclass

import numpy as np
from faster_whisper.vad import get_vad_model
from numpy.typing import NDArray

from app.engines.hearing.base import SAMPLE_RATE, Samples

SILERO_FRAME = 512
SPEECH_PROBABILITY = 0.4
LEAST_SPEECH_S = 0.06
"""Two frames of Silero. The shortest words ("no", "yes") give four or more."""

LOOP_RATIO = 2.4
NO_SPEECH = 0.6
LOW_LOGPROB = -1.0
"""The thresholds of Radford et al. 2022, Robust Speech Recognition via Large-Scale Weak Supervision, section 4.5."""

HOPELESS_LOGPROB = -1.7
"""Below this mean log probability per token (0.18) the words are noise even where somebody speaks."""

_LETTERS_PER_SPEECH_S = 40
"""Nobody says more letters than this in a second of speech (fast English: 20)."""

_NEVER_SAID = re.compile(
    r"thanks? (you )?(so much )?for watching|subtitles? (by|made by|provided by)|amara\.?org|transcri(bed|ption) by"
    r"|please (like and )?subscribe|like and subscribe|subscribe to (my|our|the) channel|see you in the next video"
    r"|untertitel (im auftrag|der amara|von)|sous-titres? (par|réalisés?)|subtítulos (por|realizados)"
    r"|продолжение следует|ご視聴ありがとうございました|字幕"
)
_SELDOM_SAID = frozenset(
    {
        "thank you",
        "thanks",
        "thank you very much",
        "thank you so much",
        "you",
        "bye",
        "bye bye",
        "the end",
        "okay",
        "so",
    }
    | {"uh", "um", "hmm", "oh", "amen", "i'm sorry", "vielen dank", "merci", "gracias"}
)


@dataclass(frozen=True, slots=True)
class Decoded:
    """One window's text with the model's own doubts, and `speech_s`, the seconds of speech that Silero heard in it."""

    text: str
    avg_logprob: float
    no_speech_prob: float
    speech_s: float


def invented(decoded: Decoded) -> str | None:
    """Why `decoded` should not be believed, or None if it should."""
    plain = re.sub(r"[^\w' ]", "", decoded.text.lower()).strip()
    if not plain:
        return "no words"
    if looping(decoded.text):
        return "a loop"
    if decoded.avg_logprob < HOPELESS_LOGPROB:
        return "too improbable"
    if decoded.no_speech_prob > NO_SPEECH and decoded.avg_logprob < LOW_LOGPROB:
        return "no speech, by the model's own account"
    if _NEVER_SAID.search(decoded.text.lower()):
        return "a caption"
    if len(plain) > _LETTERS_PER_SPEECH_S * max(decoded.speech_s, 0.2):
        return "more words than there is speech"
    doubted = decoded.no_speech_prob > 0.3 or decoded.avg_logprob < -0.7 or decoded.speech_s < 0.25
    if plain in _SELDOM_SAID and doubted:
        return "a filler that was hardly heard"
    return None


def looping(text: str) -> bool:
    """Whether `text` repeats itself so much that it compresses like a loop."""
    data = text.strip().encode()
    return len(data) > 40 and len(data) / len(zlib.compress(data)) > LOOP_RATIO


def speech_probabilities(sound: Samples) -> NDArray[np.float32]:
    """Silero's probability of speech for every 32 ms of `sound`."""
    whole = np.pad(sound, (0, -sound.size % SILERO_FRAME))  # a copy: the network's wrapper writes into its input
    if whole is sound or not whole.size:
        whole = sound.copy()
    if not whole.size:
        return np.zeros(0, np.float32)
    return np.asarray(get_vad_model()(whole), np.float32).reshape(-1)


def speech_bounds(probabilities: NDArray[np.float32]) -> tuple[float, float, float]:
    """Start and end of the speech, and how much of it there is, in seconds; three zeros for none."""
    speaking = np.flatnonzero(probabilities >= SPEECH_PROBABILITY)
    if speaking.size * SILERO_FRAME / SAMPLE_RATE < LEAST_SPEECH_S:
        return 0.0, 0.0, 0.0
    frame_s = SILERO_FRAME / SAMPLE_RATE
    return float(speaking[0]) * frame_s, float(speaking[-1] + 1) * frame_s, float(speaking.size) * frame_s
