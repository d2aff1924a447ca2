"""espeak-ng with what a corpus needs beyond the engine's voice: pitch, where each word begins, and phonemes.

Source of the interface: espeak-ng's speak_lib.h, version 1.52.
"""

from __future__ import annotations

import ctypes
from dataclasses import dataclass
from functools import cache

import numpy as np
import soxr

from app.engines.hearing.base import SAMPLE_RATE, Samples
from app.engines.voice import espeak_library
from app.engines.voice.espeak_library import EspeakLibrary

_PITCH, _RANGE = 3, 4
_WORD_EVENT, _END_OF_EVENTS = 1, 0
_IPA = 2
_STRESS_AND_LENGTH = "ˈˌ _-ː\u200d"

ACCENTS = ("en-us", "en-us", "en-gb", "en-gb-x-rp")
TRAINED = (
    "", "+m1", "+m3", "+m4", "+m6", "+m7", "+f1", "+f2", "+f3", "+f5", "+linda", "+paul", "+adam", "+steph", "+Andy",
    "+Annie", "+Alex", "+Michael", "+Mike", "+Lee", "+anika", "+edward", "+john", "+max", "+shelby", "+travis",
)  # fmt: skip
TRAINED_VOICES = tuple(accent + variant for accent in ACCENTS for variant in TRAINED)
UNSEEN_VOICES = ("en-us+m2", "en-us+f4", "en-gb+m5", "en-us+belinda")
"""Never trained with: by them it shows whether the model knows words or voices."""


class _Event(ctypes.Structure):
    _fields_ = [
        ("type", ctypes.c_int),
        ("unique_identifier", ctypes.c_uint),
        ("text_position", ctypes.c_int),
        ("length", ctypes.c_int),
        ("audio_position", ctypes.c_int),
        ("sample", ctypes.c_int),
        ("user_data", ctypes.c_void_p),
        ("id", ctypes.c_char * 8),
    ]


_Callback = ctypes.CFUNCTYPE(
    ctypes.c_int, ctypes.POINTER(ctypes.c_short), ctypes.c_int, ctypes.POINTER(_Event)
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Said:
    """Sound at 16 kHz without silence around it, and the sample at which each word of its text begins."""

    samples: Samples
    starts: tuple[int, ...]


@cache
def _espeak() -> EspeakLibrary:
    """Loaded once: its phonemes have crashed after it was initialised many times."""
    return EspeakLibrary()


class Speaker:
    """espeak-ng, one text at a time."""

    def __init__(self) -> None:
        self._espeak = _espeak()
        self._voices = {name.lower(): identifier for name, identifier in self._espeak.voices.items()}
        self._library = self._espeak._library
        self._library.espeak_TextToPhonemes.restype = ctypes.c_char_p
        self._library.espeak_TextToPhonemes.argtypes = [ctypes.POINTER(ctypes.c_void_p), ctypes.c_int, ctypes.c_int]
        self._sound: list[bytes] = []
        self._events: list[tuple[int, int]] = []
        self._callback = _Callback(self._receive)

    def say(self, text: str, voice: str, wpm: int = 175, pitch: int = 50, range: int = 50, speed: float = 1.0) -> Said:
        """`text` with `wpm` words a minute; pitch and its range from 0 to 99; `speed` changes tempo and timbre."""
        name, plus, variant = voice.partition("+")
        if not self._espeak.set_voice(self._voices[name] + plus + variant):
            raise ValueError(voice)
        self._espeak.set_rate(wpm)
        self._library.espeak_SetParameter(_PITCH, pitch, 0)
        self._library.espeak_SetParameter(_RANGE, range, 0)
        self._sound.clear()
        self._events.clear()
        self._library.espeak_SetSynthCallback(ctypes.cast(self._callback, espeak_library._Callback))
        try:
            encoded = text.encode() + b"\0"
            self._library.espeak_Synth(encoded, len(encoded), 0, 1, 0, 1, None, None)
        finally:
            self._library.espeak_SetSynthCallback(espeak_library._RECEIVER.callback)
        raw = np.frombuffer(b"".join(self._sound), np.int16).astype(np.float32) / 32768
        factor = SAMPLE_RATE / (self._espeak.sample_rate * speed)
        sound = soxr.resample(raw, self._espeak.sample_rate * speed, SAMPLE_RATE).astype(np.float32)
        audible = np.flatnonzero(np.abs(sound) > 1e-3)
        if not audible.size:
            return Said(sound[:0], tuple(0 for _ in text.split()))
        first, last = int(audible[0]), int(audible[-1]) + 1
        starts = [int(start * factor) - first for start in self._word_starts(text)]
        return Said(sound[first:last], tuple(min(max(0, start), last - first) for start in starts))

    def phonemes(self, text: str) -> str:
        """`text` in IPA, without stress, length and gaps."""
        buffer = ctypes.create_string_buffer(text.encode())
        place, parts = ctypes.c_void_p(ctypes.addressof(buffer)), []
        while place.value:
            part = self._library.espeak_TextToPhonemes(ctypes.byref(place), 1, _IPA)
            parts.append(part.decode() if part else "")
        return "".join(symbol for symbol in "".join(parts) if symbol not in _STRESS_AND_LENGTH)

    def _word_starts(self, text: str) -> list[int]:
        """The sample of the first event in each word; a word without one begins with the next."""
        starts, place = [], 0
        spans = []
        for word in text.split():
            at = text.index(word, place)
            place = at + len(word)
            spans.append((at, place))
        for begin, end in spans:
            inside = [sample for position, sample in self._events if begin <= position - 1 < end]
            starts.append(min(inside) if inside else -1)
        for at in range(len(starts) - 1, -1, -1):
            if starts[at] < 0:
                starts[at] = starts[at + 1] if at + 1 < len(starts) else sum(map(len, self._sound)) // 2
        return starts

    def _receive(self, samples: object, count: int, events: object) -> int:
        if samples and count > 0:
            self._sound.append(ctypes.string_at(samples, 2 * count))  # type: ignore[arg-type]
        index = 0
        while events and events[index].type != _END_OF_EVENTS:  # type: ignore[index]
            if events[index].type == _WORD_EVENT:  # type: ignore[index]
                self._events.append((events[index].text_position, events[index].sample))  # type: ignore[index]
            index += 1
        return 0
