"""espeak-ng through ctypes: load the library and its data, list voices, synthesise one text with a callback.

Knows nothing of requests, clauses or jobs. The library has one state for the whole process: voice, rate and data folder
are those set last, and it is never shut down, because another object may use it. It ends the process when its data is
missing, so the data is looked at before the library is touched.
Source of the interface: espeak-ng's speak_lib.h, version 1.52.
"""

from __future__ import annotations

import ctypes
import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import espeakng_loader

from app.errors import BadModel

_SYNCHRONOUS = 2
"""AUDIO_OUTPUT_SYNCHRONOUS: callbacks come on the calling thread before espeak_Synth returns."""
_DONT_EXIT = 0x8000
_CHARS_UTF8 = 1
_RATE_PARAMETER = 1
_BUFFER_MS = 50
_LONGEST_PATH = 150
"""Bytes. The library keeps its data path in 160 and takes another folder when it does not fit."""
_NEEDED = ("phontab", "phonindex", "phondata", "intonations", "lang", "voices")

SLOWEST_WPM, NORMAL_WPM, FASTEST_WPM = 80, 175, 700

Sink = Callable[[bytes], bool]
"""Takes 16-bit mono sound in the machine's byte order; answers whether to go on."""


@dataclass(frozen=True, slots=True)
class WordEvent:
    """A word of the text begins to sound: its first character's index and ms from the start of the sound."""

    place: int
    at_ms: int


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


class _Voice(ctypes.Structure):
    _fields_ = [
        ("name", ctypes.c_char_p),
        ("languages", ctypes.POINTER(ctypes.c_char)),
        ("identifier", ctypes.c_char_p),
        ("gender", ctypes.c_ubyte),
        ("age", ctypes.c_ubyte),
        ("variant", ctypes.c_ubyte),
        ("reserved", ctypes.c_ubyte),
        ("score", ctypes.c_int),
        ("spare", ctypes.c_void_p),
    ]


_Callback = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_void_p, ctypes.c_int, ctypes.POINTER(_Event))
_LIST_ENDS, _WORD = 0, 1
"""espeakEVENT_LIST_TERMINATED, espeakEVENT_WORD."""


class _Receiver:
    """Takes what the library calls back with. One for the process, as the library keeps the address for ever."""

    def __init__(self) -> None:
        self.sink: Sink | None = None
        self.words: list[WordEvent] = []
        self.failures: list[BaseException] = []
        self.callback = _Callback(self._receive)

    def _receive(self, samples: int | None, count: int, events: Any) -> int:
        """Answers 0 to go on, 1 to stop. No exception may leave it."""
        index = 0
        while events and events[index].type != _LIST_ENDS:
            event = events[index]
            if event.type == _WORD:  # positions count characters from 1
                self.words.append(WordEvent(event.text_position - 1, event.audio_position))
            index += 1
        if not samples or count <= 0 or self.sink is None:
            return 0
        try:
            return 0 if self.sink(ctypes.string_at(samples, 2 * count)) else 1
        except BaseException as failure:  # noqa: BLE001 (raised again by `synthesise`)
            self.failures.append(failure)
            return 1


_RECEIVER = _Receiver()


class EspeakLibrary:
    """The library with its data loaded. Attributes: `sample_rate` (Hz), `version`, `voices` (name to identifier)."""

    def __init__(self, data: Path | None = None) -> None:
        """Load it; `BadModel` when the library or a part of its data is missing or of another version."""
        folder = checked_data(data or _bundled_data())
        try:
            self._library = ctypes.CDLL(espeakng_loader.get_library_path())
        except OSError as error:
            raise BadModel(
                f"The espeak-ng library cannot be loaded ({error}); install the package espeakng-loader again."
            ) from error
        self._declare()
        self.sample_rate = int(self._library.espeak_Initialize(_SYNCHRONOUS, _BUFFER_MS, _short(folder), _DONT_EXIT))
        if self.sample_rate <= 0:
            raise BadModel(f"espeak-ng cannot read its data in {folder}; install the package espeakng-loader again.")
        self._library.espeak_SetSynthCallback(_RECEIVER.callback)
        self.version = self._library.espeak_Info(None).decode("utf-8", "replace")
        self.voices = self._list_voices()
        self.variants = frozenset(path.name for path in (folder / "voices" / "!v").glob("*") if path.is_file())

    def set_voice(self, identifier: str) -> bool:
        return bool(self._library.espeak_SetVoiceByName(identifier.encode()) == 0)

    def set_rate(self, words_per_minute: int) -> None:
        self._library.espeak_SetParameter(_RATE_PARAMETER, words_per_minute, 0)

    def synthesise(self, text: str, sink: Sink) -> list[WordEvent]:
        """Give the sound of `text` to `sink` until it is all there or `sink` answers False; when its words begin.

        Words that the voice runs together ("of the") have one event. No markup is read: the text is text. An
        exception of `sink` is raised again here.
        """
        encoded = text.encode("utf-8", "ignore").replace(b"\0", b" ") + b"\0"
        _RECEIVER.sink, _RECEIVER.words = sink, []
        try:
            self._library.espeak_Synth(encoded, len(encoded), 0, 1, 0, _CHARS_UTF8, None, None)
        finally:
            _RECEIVER.sink = None
        if _RECEIVER.failures:
            raise _RECEIVER.failures.pop()
        return _RECEIVER.words

    def _list_voices(self) -> dict[str, str]:
        """Every language code and its voice's identifier, the library's order."""
        found: dict[str, str] = {}
        listed = self._library.espeak_ListVoices(None)
        index = 0
        while listed[index]:
            voice = listed[index].contents
            language = ctypes.string_at(ctypes.addressof(voice.languages.contents) + 1).decode("utf-8", "replace")
            found.setdefault(language, voice.identifier.decode("utf-8", "replace"))
            index += 1
        return found

    def _declare(self) -> None:
        library, number, text = self._library, ctypes.c_int, ctypes.c_char_p
        library.espeak_Initialize.argtypes = [number, number, text, number]
        library.espeak_SetSynthCallback.argtypes = [_Callback]
        library.espeak_SetVoiceByName.argtypes = [text]
        library.espeak_SetParameter.argtypes = [number, number, number]
        library.espeak_Synth.argtypes = [
            text, ctypes.c_size_t, ctypes.c_uint, number, ctypes.c_uint, ctypes.c_uint,
            ctypes.c_void_p, ctypes.c_void_p,
        ]  # fmt: skip
        library.espeak_Info.argtypes = [ctypes.c_void_p]
        library.espeak_Info.restype = text
        library.espeak_ListVoices.argtypes = [ctypes.c_void_p]
        library.espeak_ListVoices.restype = ctypes.POINTER(ctypes.POINTER(_Voice))


def checked_data(folder: Path) -> Path:
    """`folder`, if everything the library needs is in it; otherwise `BadModel` that names what is not."""
    for name in _NEEDED:
        path = folder / name
        if not path.exists() or (path.is_file() and path.stat().st_size == 0):
            raise BadModel(f"espeak-ng's data lacks {path}; install the package espeakng-loader again.")
    return folder


def _bundled_data() -> Path:
    try:
        return Path(espeakng_loader.get_data_path())
    except RuntimeError as error:
        raise BadModel("espeak-ng's data is missing; install the package espeakng-loader again.") from error


def _short(folder: Path) -> bytes:
    """The folder as bytes that fit into the library's buffer: relative to a working folder entered for it if need be.

    The library opens files there for as long as it lives, so the working folder stays.
    """
    path = os.fsencode(folder)
    if len(path) <= _LONGEST_PATH:
        return path
    os.chdir(folder.parent)
    return os.fsencode(folder.name)
