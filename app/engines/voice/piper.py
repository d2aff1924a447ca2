"""Natural voices: Piper's neural networks (VITS) through onnxruntime, clause by clause.

The phonemes are piper-tts's work; the session, the cutting into clauses and the level are ours. No voice comes with
the program: a voice is an .onnx file with its .onnx.json beside it.
"""

from __future__ import annotations

import json
from collections.abc import Generator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import onnxruntime
from piper import PiperVoice, SynthesisConfig
from piper.config import PiperConfig

from app.engines.job import Job
from app.engines.voice.base import Samples, SpeakRequest, SpeechChunk, Spoken, VoiceInfo
from app.engines.voice.languages import guess_language
from app.engines.voice.render import render
from app.engines.voice.sound import AUDIBLE, checked
from app.engines.voice.speakable import speakable
from app.engines.voice.timing import Mark, by_letters, shares
from app.errors import BadInput, BadModel

PEAK = 0.7
"""Loudest sample that the calibration sentence is brought to. One gain for all clauses: piper-tts's own way, every
clause to its full range, makes a quiet aside as loud as a shout."""
LARGEST_GAIN = 8.0
CALIBRATION = "The quick brown fox jumps over the lazy dog."

SHORT_LETTERS = 10
"""A text with fewer letters is garbled unless it ends as a sentence does."""


class PiperEngine:
    """A Piper voice as a `VoiceEngine`. Its speakers are its voices, by name or by number."""

    def __init__(self, path: str, threads: int = 1, voice: str = "", voices: Mapping[str, str] | None = None) -> None:
        """Load `path` (.onnx). `threads` of the session; `voice` is the default speaker.

        `voices` says what speaks a language: one of the speakers, or another .onnx file, which is loaded when it is
        first needed. Raises `BadModel` if a file is missing or damaged, `BadInput` for a speaker that it lacks.
        """
        self._path = Path(path)
        config = _config(self._path)
        self._piper = PiperVoice(session=_session(self._path, threads), config=config)
        self._speakers = _speakers(config)
        self._voice = self._known(voice) if voice else next(iter(self._speakers))
        self._language = _language(str(config.espeak_voice or "en"))
        self._threads = threads
        self._voices = {_language(code): name for code, name in (voices or {}).items()}
        self._others: dict[str, PiperEngine] = {}
        for name in self._voices.values():
            if not name.endswith(".onnx"):
                self._known(name)
        self._gain = self._calibrate()
        speakable("1 km, May 3", self._language)  # loads the tables before the first answer needs them

    def info(self, job: Job) -> VoiceInfo:
        return VoiceInfo(
            name=self._path.stem,
            engine="piper",
            source=str(self._path),
            voice=self._voice,
            voices=tuple(self._speakers),
            sample_rate=self._piper.config.sample_rate,
        )

    def speak(self, request: SpeakRequest, job: Job) -> Generator[SpeechChunk, None, Spoken]:
        checked(request)
        other = None if request.voice else self._of_language(request)
        if other is not None:
            return other.speak(replace(request, voice=other.info(job).voice), job)
        voice = self._known(request.voice) if request.voice else self._spoken_by(request)

        def synthesise(text: str) -> tuple[Samples, Sequence[Mark]]:
            sound, marks = self._synthesise(text, voice, request.rate)
            return self._gain * sound, marks

        return render(
            request,
            job,
            voice=voice,
            language=self._language,
            sample_rate=self._piper.config.sample_rate,
            synthesise=synthesise,
        )

    def close(self) -> None:
        for other in self._others.values():
            other.close()
        del self._piper

    def _synthesise(self, text: str, voice: str, rate: float) -> tuple[Samples, Sequence[Mark]]:
        """The network's own samples for one clause, at its own level, and when its words begin in them.

        Networks tell no times unless they were patched for it: within a sentence words take as long as their share of
        the phonemes.
        """
        config = SynthesisConfig(
            speaker_id=self._speakers[voice],
            length_scale=self._piper.config.length_scale / rate,
            normalize_audio=False,
        )
        parts = [np.zeros(0, np.float32)]
        sentences: list[list[str]] = []
        for phonemes in self._piper.phonemize(_as_text(text)):
            ids = self._piper.phonemes_to_ids(phonemes)
            if ids:
                sound = np.asarray(self._piper.phoneme_ids_to_audio(ids, config), np.float32)
                parts.append(np.nan_to_num(sound.reshape(-1)))
                sentences.append(phonemes)
        samples = np.concatenate(parts)
        return samples, _marks(text, sentences, samples, self._piper.config.sample_rate)

    def _calibrate(self) -> float:
        """The gain for every clause, from one sentence; it also makes the session allocate before the first answer."""
        try:
            sound, _ = self._synthesise(CALIBRATION, self._voice, 1.0)
        except Exception as error:
            raise BadModel(
                f"{self._path.name} does not speak as a Piper voice does ({_reason(error)}); "
                "choose an .onnx file made by Piper together with its own .json."
            ) from error
        peak = float(np.max(np.abs(sound), initial=0.0))
        return min(LARGEST_GAIN, PEAK / peak) if peak > 0 else 1.0

    def _asked(self, request: SpeakRequest) -> str:
        """What speaks the request's language, or the language that its text is in; empty for the default."""
        language = request.language or guess_language(request.text, tuple(self._voices), self._language)
        if not language or _language(language) == self._language:
            return ""
        return self._voices.get(_language(language), "")

    def _of_language(self, request: SpeakRequest) -> PiperEngine | None:
        """Another voice file, if the request's language has one."""
        name = self._asked(request)
        if not name.endswith(".onnx"):
            return None
        if name not in self._others:
            self._others[name] = PiperEngine(str(Path(name).expanduser()), self._threads)
        return self._others[name]

    def _spoken_by(self, request: SpeakRequest) -> str:
        name = self._asked(request)
        return self._known(name) if name else self._voice

    def _known(self, voice: str) -> str:
        if voice in self._speakers:
            return voice
        for name, number in self._speakers.items():
            if voice == str(number):
                return name
        names = ", ".join(list(self._speakers)[:8])
        raise BadInput(f'The voice {self._path.name} has no speaker "{voice}"; name one such as {names}.')


def _marks(text: str, sentences: list[list[str]], samples: Samples, rate: int) -> Sequence[Mark]:
    """When the words begin: by phonemes where these fall into as many words as the text, otherwise by letters."""
    weights = by_letters(text)
    groups = [group for phonemes in sentences for group in "".join(phonemes).split()]
    if len(groups) == len(weights):
        weights = [(place, 1.0 + len(group)) for (place, _), group in zip(weights, groups, strict=True)]
    audible = np.flatnonzero(np.abs(samples) > AUDIBLE)
    if not audible.size:
        return ()
    lead_s, end_s = int(audible[0]) / rate, int(audible[-1]) / rate
    return [Mark(mark.place, mark.at_s + lead_s) for mark in shares(weights, end_s - lead_s)]


def _language(tag: str) -> str:
    return tag.lower().replace("_", "-").partition("-")[0]


def _as_text(text: str) -> str:
    """`text` as the phonemiser should read it: no raw phoneme blocks, and an end where a short text has none."""
    plain = text.strip().replace("[[", "[ [")
    if plain[-1].isalnum() and sum(map(str.isalnum, plain)) < SHORT_LETTERS:
        plain += "."
    return plain


def _speakers(config: PiperConfig) -> dict[str, int | None]:
    """Name to number, the default speaker first; a voice of one speaker has the name "0" and needs no number."""
    if config.num_speakers <= 1:
        return {next(iter(config.speaker_id_map), "0"): None}
    named = dict(config.speaker_id_map) or {str(number): number for number in range(config.num_speakers)}
    return dict(sorted(named.items(), key=lambda item: (item[1] != config.default_speaker_id, item[1])))


def _config(path: Path) -> PiperConfig:
    if not path.is_file():
        raise BadModel(f"There is no Piper voice at {path}; choose its .onnx file.")
    described = path.with_name(path.name + ".json")
    if not described.is_file():
        raise BadModel(f"The voice {path.name} lacks {described.name}; put that file beside it.")
    try:
        config = PiperConfig.from_dict(json.loads(described.read_text("utf-8")))
        if not (config.sample_rate > 0 and config.length_scale > 0 and config.phoneme_id_map):
            raise ValueError("a value is not positive")
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise BadModel(
            f"{described.name} does not describe a Piper voice ({_reason(error)}); fetch it again."
        ) from error
    return config


def _session(path: Path, threads: int) -> onnxruntime.InferenceSession:
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = max(1, threads)
    options.inter_op_num_threads = 1
    # Spinning threads would take the cores from the language model between two clauses.
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    options.add_session_config_entry("session.inter_op.allow_spinning", "0")
    options.log_severity_level = 3
    try:
        session = onnxruntime.InferenceSession(str(path), sess_options=options, providers=["CPUExecutionProvider"])
    except Exception as error:
        raise BadModel(f"{path.name} is not a usable ONNX model ({_reason(error)}); fetch the voice again.") from error
    missing = {"input", "input_lengths", "scales"} - {one.name for one in session.get_inputs()}
    if missing:
        raise BadModel(f"{path.name} is an ONNX model but not a Piper voice; choose a voice made by Piper.")
    return session


def _reason(error: Exception) -> str:
    """The first line of a library's complaint, short enough for a sentence."""
    lines = str(error).strip().splitlines()
    return (lines[0] if lines else type(error).__name__)[:120]
