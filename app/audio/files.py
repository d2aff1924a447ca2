"""Sound files: any that libsndfile reads (WAV, FLAC, Ogg, MP3, ...) to 16 kHz mono, and samples to a WAV file.

Reading works in blocks with a streaming resampler, so that an hour needs little more memory than its result. It knows
no device and no engine.
"""

from __future__ import annotations

import os
import sys
import wave
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
import soundfile
import soxr

from app.audio.base import SAMPLE_RATE, Samples
from app.errors import BadInput

LONGEST_S = 6 * 3600.0
"""What `read_audio` takes into memory at most (1.3 GiB)."""

BLOCK_SAMPLES = 1 << 18
"""Samples of all channels decoded at once (1 MiB)."""

RATES = range(1000, 1_000_001)
"""Hz. A header with another rate is damaged."""


def read_audio(path: str | os.PathLike[str]) -> tuple[Samples, float]:
    """The sound of a file as mono float32 in [-1, 1] at 16 kHz, shape (n,), and its true duration in seconds.

    The duration counts the frames that were decoded, whatever the header says. Channels are averaged, samples beyond
    full scale are clipped. NaN and infinite samples become silence; where they are more than half, the file is refused.

    Raises `BadInput` for what is missing, unreadable, empty, damaged from its start, not audio, or beyond `LONGEST_S`.
    """
    gathered = bytearray()
    longest = int(LONGEST_S * SAMPLE_RATE) * 4
    duration_s = 0.0
    for block, decoded_s in _resampled(Path(path)):
        gathered += block.tobytes()
        duration_s = decoded_s
        if len(gathered) > longest:
            raise BadInput(f"{path} is longer than {LONGEST_S / 3600:.0f} hours; cut it into parts.")
    return np.frombuffer(gathered, np.float32), duration_s


def stream_audio(path: str | os.PathLike[str]) -> Iterator[Samples]:
    """The same sound as `read_audio` gives, block by block (a few seconds each), for files of any length.

    Raises what `read_audio` raises; a file that is mostly NaN is known only at its end.
    """
    for block, _ in _resampled(Path(path)):
        yield block


def write_wav(path: str | os.PathLike[str], samples: Samples, rate: int) -> None:
    """Write mono samples in [-1, 1] as 16-bit PCM. The file appears whole or not at all.

    Samples beyond full scale are clipped, NaN is written as silence. Raises `BadInput` with the reason where the
    folder is missing, read-only or full.
    """
    target = Path(os.path.realpath(path))
    try:
        if target.is_dir():
            raise BadInput(f"{path} is a folder; name a file to write to.")
        if target.exists() and not target.is_file():
            with target.open("wb") as device:
                _write_pcm(device, samples, rate)
            return
        part = target.with_name(f".{target.name}.{os.getpid()}.part")
        try:
            with part.open("wb") as file:
                _write_pcm(file, samples, rate)
            part.replace(target)
        finally:
            with suppress(OSError):
                part.unlink(missing_ok=True)
    except OSError as error:
        raise BadInput(f"Cannot write {path}: {_reason(error)}; choose another place.") from error


def _write_pcm(file: BinaryIO, samples: Samples, rate: int) -> None:
    with wave.open(file, "wb") as writer:
        writer.setnchannels(1)
        writer.setsampwidth(2)
        writer.setframerate(rate)
        writer.setnframes(len(samples))
        for start in range(0, len(samples), BLOCK_SAMPLES):
            block = np.nan_to_num(samples[start : start + BLOCK_SAMPLES], posinf=1.0, neginf=-1.0)
            pcm = np.rint(np.clip(block, -1.0, 1.0) * 32767.0).astype(np.int16)
            writer.writeframesraw((pcm.byteswap() if sys.byteorder == "big" else pcm).tobytes())


def _resampled(path: Path) -> Iterator[tuple[Samples, float]]:
    """Blocks at 16 kHz, each with the seconds decoded so far. At least one block."""
    with _opened(path) as sound:
        rate = int(sound.samplerate)
        resampler = None if rate == SAMPLE_RATE else soxr.ResampleStream(rate, SAMPLE_RATE, 1, dtype="float32")
        frames = nonfinite = 0
        for block in _decoded(sound, path):
            frames += len(block)
            mono, bad = _mono(block)
            nonfinite += bad
            if resampler is not None:
                mono = resampler.resample_chunk(mono)
            yield np.clip(mono, -1.0, 1.0), frames / rate
        if frames == 0:
            raise BadInput(f"{path} holds no sound; give a recording.")
        if nonfinite > frames * sound.channels / 2:
            raise BadInput(f"{path} holds no usable sound: most of its samples are not numbers; record it again.")
        if resampler is not None:
            rest = resampler.resample_chunk(np.zeros(0, np.float32), last=True)
            yield np.clip(rest, -1.0, 1.0), frames / rate


def _mono(block: Samples) -> tuple[Samples, int]:
    """Channels averaged, shape (frames,), and how many samples were not finite (they count as silence)."""
    finite = np.isfinite(block)
    bad = int(block.size - np.count_nonzero(finite))
    if bad:
        block = np.where(finite, block, np.float32(0.0))
    clipped = np.clip(block, -1.0, 1.0)
    return (clipped[:, 0] if clipped.shape[1] == 1 else clipped.mean(axis=1, dtype=np.float32)), bad


def _decoded(sound: Any, path: Path) -> Iterator[Samples]:
    """Blocks of shape (frames, channels). A file that breaks off gives what could be decoded."""
    frames_at_once = max(BLOCK_SAMPLES // sound.channels, 1)
    count = 0
    while True:
        try:
            block = sound.read(frames_at_once, dtype="float32", always_2d=True)
        except soundfile.LibsndfileError as error:
            if count == 0:
                raise BadInput(f"{path} is damaged and cannot be decoded; record or download it again.") from error
            return
        if len(block) == 0:
            return
        count += len(block)
        yield block


@contextmanager
def _opened(path: Path) -> Iterator[Any]:
    """The file, opened by libsndfile."""
    try:
        if path.exists() and not path.is_file():
            raise BadInput(f"{path} is not a file; give a sound file (WAV, FLAC, Ogg or MP3).")
        with path.open("rb") as file:
            if not file.read(1):
                raise BadInput(f"{path} is empty; give a sound file (WAV, FLAC, Ogg or MP3).")
    except FileNotFoundError as error:
        raise BadInput(f"There is no file {path}; check its name.") from error
    except OSError as error:
        raise BadInput(f"Cannot read {path}: {_reason(error)}.") from error
    except ValueError as error:
        raise BadInput("That is not the name of a file; check it.") from error
    try:
        sound = soundfile.SoundFile(path)
    except (soundfile.SoundFileError, TypeError, ValueError) as error:  # TypeError: raw sound without a header
        raise BadInput(f"{path} is not a sound file that can be read; give WAV, FLAC, Ogg or MP3.") from error
    with sound:
        if sound.samplerate not in RATES or sound.channels < 1:
            raise BadInput(f"{path} has a damaged header; record or download it again.")
        yield sound


def _reason(error: OSError) -> str:
    """The system's own words for what went wrong."""
    return (error.strerror or str(error) or type(error).__name__).lower()
