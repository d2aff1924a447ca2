"""Natural voices: Piper's neural networks (VITS) through onnxruntime, clause by clause.

The phonemes are piper-tts's work; the session, the cutting into clauses and the level are ours. No voice comes with
the program: a voice is an .onnx file with its .onnx.json beside it.
"""

from __future__ import annotations

import json
import time
from collections.abc import Generator
from pathlib import Path

import numpy as np
import onnxruntime
from piper import PiperVoice, SynthesisConfig
from piper.config import PiperConfig

from app.engines.job import Job
from app.engines.voice.base import Samples, SpeakRequest, SpeechChunk, Spoken, VoiceInfo
from app.engines.voice.clauses import clauses, ends_sentence, pronounceable, speakable
from app.engines.voice.sound import after_pause, checked, trim_lead
from app.errors import BadInput, BadModel

LATER_LETTERS, LONGEST = 40, 160
"""Later clauses are longer than the first, since each one is intoned by itself; none takes the network seconds."""

PEAK = 0.7
"""Loudest sample that the calibration sentence is brought to. One gain for all clauses: piper-tts's own way, every
clause to its full range, makes a quiet aside as loud as a shout."""
LARGEST_GAIN = 8.0
CALIBRATION = "The quick brown fox jumps over the lazy dog."

SENTENCE_PAUSE_S = 0.15
"""Silence added between sentences at rate 1; within them the network's own pauses do."""

SHORT_LETTERS = 10
"""A text with fewer letters is garbled unless it ends as a sentence does."""


class PiperEngine:
    """A Piper voice as a `VoiceEngine`. Its speakers are its voices, by name or by number."""

    def __init__(self, path: str, threads: int = 1, voice: str = "") -> None:
        """Load `path` (.onnx). `threads` of the session; `voice` is the default speaker.

        Raises `BadModel` if a file is missing or damaged, `BadInput` for a speaker that it lacks.
        """
        self._path = Path(path)
        config = _config(self._path)
        self._piper = PiperVoice(session=_session(self._path, threads), config=config)
        self._speakers = _speakers(config)
        self._voice = self._known(voice) if voice else next(iter(self._speakers))
        self._gain = self._calibrate()

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
        start = time.perf_counter()
        voice = self._known(request.voice) if request.voice else self._voice
        checked(request)
        rate = self._piper.config.sample_rate
        sounding, first_ms, pause_s = 0, None, 0.0
        for clause in clauses(speakable(request.text), later_letters=LATER_LETTERS, longest=LONGEST):
            job.checkpoint()
            samples = self._clause(clause, voice, request.rate) if pronounceable(clause) else None
            if samples is None or not samples.size:
                continue
            if first_ms is None:
                first_ms = 1000 * (time.perf_counter() - start)
            elif pause_s:
                samples = after_pause(samples, pause_s, rate)
            pause_s = SENTENCE_PAUSE_S / request.rate if ends_sentence(clause) else 0.0
            sounding += samples.size
            yield SpeechChunk(clause.strip(), samples * np.float32(request.volume), rate)
        job.checkpoint()
        return Spoken(
            voice=voice,
            audio_s=sounding / rate,
            sample_rate=rate,
            first_chunk_ms=first_ms,
            elapsed_ms=1000 * (time.perf_counter() - start),
        )

    def close(self) -> None:
        del self._piper

    def _clause(self, clause: str, voice: str, rate: float) -> Samples:
        sound = self._gain * self._synthesise(clause, voice, rate)
        return trim_lead(np.clip(sound, -1.0, 1.0).astype(np.float32), self._piper.config.sample_rate)

    def _synthesise(self, text: str, voice: str, rate: float) -> Samples:
        """The network's own samples for one clause, at its own level."""
        config = SynthesisConfig(
            speaker_id=self._speakers[voice],
            length_scale=self._piper.config.length_scale / rate,
            normalize_audio=False,
        )
        parts = [np.zeros(0, np.float32)]
        for phonemes in self._piper.phonemize(_as_text(text)):
            ids = self._piper.phonemes_to_ids(phonemes)
            if ids:
                sound = np.asarray(self._piper.phoneme_ids_to_audio(ids, config), np.float32)
                parts.append(np.nan_to_num(sound.reshape(-1)))
        return np.concatenate(parts)

    def _calibrate(self) -> float:
        """The gain for every clause, from one sentence; it also makes the session allocate before the first answer."""
        try:
            sound = self._synthesise(CALIBRATION, self._voice, 1.0)
        except Exception as error:
            raise BadModel(
                f"{self._path.name} does not speak as a Piper voice does ({_reason(error)}); "
                "choose an .onnx file made by Piper together with its own .json."
            ) from error
        peak = float(np.max(np.abs(sound), initial=0.0))
        return min(LARGEST_GAIN, PEAK / peak) if peak > 0 else 1.0

    def _known(self, voice: str) -> str:
        if voice in self._speakers:
            return voice
        for name, number in self._speakers.items():
            if voice == str(number):
                return name
        names = ", ".join(list(self._speakers)[:8])
        raise BadInput(f'The voice {self._path.name} has no speaker "{voice}"; name one such as {names}.')


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
