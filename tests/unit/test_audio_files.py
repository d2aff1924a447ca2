"""Sound files of every kind a user may hand in, good and bad."""

from __future__ import annotations

import os
import struct
import sys
import tracemalloc
from pathlib import Path

import numpy as np
import pytest
import soundfile

from app.audio.files import read_audio, stream_audio, write_wav
from app.errors import BadInput


def tone(seconds: float, rate: int, hertz: float = 440.0, level: float = 0.5) -> np.ndarray:
    return (level * np.sin(2 * np.pi * hertz * np.arange(round(seconds * rate)) / rate)).astype(np.float32)


def peak_hertz(samples: np.ndarray) -> float:
    return float(np.argmax(np.abs(np.fft.rfft(samples)))) * 16_000 / len(samples)


def refusal(path: Path | str) -> str:
    """The sentence with which a file is refused."""
    with pytest.raises(BadInput) as caught:
        read_audio(path)
    sentence = str(caught.value)
    assert "\n" not in sentence
    assert sentence.endswith(".")
    return sentence


@pytest.mark.parametrize(
    ("suffix", "subtype", "rate", "channels"),
    [
        ("wav", "PCM_24", 8_000, 2),
        ("wav", "PCM_U8", 11_025, 1),
        ("wav", "PCM_16", 16_000, 1),
        ("wav", "DOUBLE", 96_000, 6),
        ("wav", "ULAW", 8_000, 1),
        ("flac", "PCM_24", 44_100, 2),
        ("ogg", "VORBIS", 48_000, 2),
        ("ogg", "OPUS", 48_000, 1),
        ("mp3", "MPEG_LAYER_III", 22_050, 1),
        ("aiff", "PCM_16", 32_000, 1),
    ],
)
def test_common_formats_become_16_khz_mono(tmp_path: Path, suffix: str, subtype: str, rate: int, channels: int) -> None:
    path = tmp_path / f"tön.{suffix}"
    soundfile.write(path, np.repeat(tone(1.5, rate)[:, None], channels, axis=1), rate, subtype=subtype)
    samples, duration_s = read_audio(path)
    assert samples.dtype == np.float32
    assert samples.ndim == 1
    assert duration_s == pytest.approx(1.5, abs=0.1)  # MP3 pads to whole frames
    assert len(samples) / 16_000 == pytest.approx(duration_s, abs=2e-4)
    assert peak_hertz(samples) == pytest.approx(440, abs=3)
    assert np.sqrt(np.mean(samples[4000:12000] ** 2)) == pytest.approx(0.5 / np.sqrt(2), rel=0.05)


def test_streaming_gives_the_same_sound(tmp_path: Path) -> None:
    path = tmp_path / "long.wav"
    rng = np.random.default_rng(1)
    soundfile.write(path, rng.uniform(-0.5, 0.5, (30 * 44_100, 2)), 44_100)
    blocks = list(stream_audio(path))
    assert len(blocks) > 5
    np.testing.assert_array_equal(np.concatenate(blocks), read_audio(path)[0])


def test_an_hour_needs_little_more_memory_than_its_result(tmp_path: Path) -> None:
    path = tmp_path / "hour.wav"
    with soundfile.SoundFile(path, "w", 8_000, 2, "PCM_16") as file:
        minute = np.repeat(tone(60, 8_000)[:, None], 2, axis=1)
        for _ in range(60):
            file.write(minute)
    tracemalloc.start()
    try:
        samples, duration_s = read_audio(path)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert duration_s == pytest.approx(3600)
    assert len(samples) == pytest.approx(3600 * 16_000, abs=2)
    assert peak < 1.4 * samples.nbytes + 20_000_000


def test_what_is_not_a_sound_file_is_refused_in_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "text.wav").write_text("This is not audio.\n" * 100)
    (tmp_path / "empty.wav").touch()
    (tmp_path / "noise.mp3").write_bytes(b"\x00\x01\x02" * 5000)
    (tmp_path / "headerless.raw").write_bytes(bytes(3200))
    soundfile.write(tmp_path / "zero.wav", np.zeros(0, np.float32), 16_000)
    assert "not a sound file" in refusal(tmp_path / "text.wav")
    assert "is empty" in refusal(tmp_path / "empty.wav")
    refusal(tmp_path / "noise.mp3")
    assert "not a sound file" in refusal(tmp_path / "headerless.raw")
    assert "holds no sound" in refusal(tmp_path / "zero.wav")
    assert "not a file" in refusal(tmp_path)
    assert "no file" in refusal(tmp_path / "missing.wav")
    refusal("nul\0byte.wav")


def test_an_unreadable_file_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "secret.wav"
    write_wav(path, tone(0.1, 16_000), 16_000)
    path.chmod(0)
    if os.access(path, os.R_OK):
        pytest.skip("this user may read every file")
    assert "Cannot read" in refusal(path)


def test_a_truncated_header_is_refused_and_a_lying_one_is_not_believed(tmp_path: Path) -> None:
    path = tmp_path / "liar.wav"
    write_wav(path, tone(1.0, 16_000), 16_000)
    whole = path.read_bytes()
    lying = whole[:40] + struct.pack("<I", 0x7FFF_FFF0) + whole[44:]
    path.write_bytes(lying)
    assert read_audio(path)[1] == pytest.approx(1.0)
    path.write_bytes(whole[: 44 + 16_000])
    assert read_audio(path)[1] == pytest.approx(0.5)
    path.write_bytes(whole[:30])
    refusal(path)
    path.write_bytes(whole[:24] + struct.pack("<I", 3) + whole[28:])  # 3 Hz
    assert "damaged header" in refusal(path)


def test_a_flac_that_breaks_off_gives_what_could_be_decoded(tmp_path: Path) -> None:
    path = tmp_path / "broken.flac"
    soundfile.write(path, np.random.default_rng(0).uniform(-0.5, 0.5, 16_000 * 60), 16_000)
    whole = path.read_bytes()
    path.write_bytes(whole[: len(whole) // 2])
    samples, duration_s = read_audio(path)
    assert 10 < duration_s < 40
    assert len(samples) == pytest.approx(duration_s * 16_000, abs=2)


def test_samples_that_are_not_numbers_become_silence_or_are_refused(tmp_path: Path) -> None:
    sound = tone(1.0, 44_100)
    sound[1000:1100] = np.nan
    sound[2000] = np.inf
    path = tmp_path / "nan.wav"
    soundfile.write(path, sound, 44_100, subtype="FLOAT")
    samples, _ = read_audio(path)
    assert np.all(np.isfinite(samples))
    assert np.max(np.abs(samples[8000:])) == pytest.approx(0.5, abs=0.02)
    soundfile.write(path, np.where(np.arange(44_100) % 3, np.nan, sound), 44_100, subtype="FLOAT")
    assert "not numbers" in refusal(path)


def test_sound_beyond_full_scale_is_clipped(tmp_path: Path) -> None:
    path = tmp_path / "loud.wav"
    soundfile.write(path, tone(1.0, 44_100, level=1e30), 44_100, subtype="FLOAT")
    samples, _ = read_audio(path)
    assert np.max(samples) == 1.0
    assert np.min(samples) == -1.0
    assert np.all(np.isfinite(samples))


@pytest.mark.parametrize("count", [0, 1, 22_050, 300_000])
def test_what_was_written_can_be_read(tmp_path: Path, count: int) -> None:
    path = tmp_path / "out.wav"
    samples = tone(count / 22_050, 22_050)
    write_wav(path, samples, 22_050)
    info = soundfile.info(path)
    assert (info.samplerate, info.channels, info.subtype, info.frames) == (22_050, 1, "PCM_16", count)
    np.testing.assert_allclose(soundfile.read(path)[0], samples, atol=1e-4)
    assert [p.name for p in tmp_path.iterdir()] == ["out.wav"]


def test_writing_clips_and_silences_what_16_bits_cannot_hold(tmp_path: Path) -> None:
    path = tmp_path / "out.wav"
    write_wav(path, np.array([2.0, -2.0, np.nan, np.inf, 0.0], np.float32), 16_000)
    np.testing.assert_array_equal(soundfile.read(path, dtype="int16")[0], [32767, -32767, 0, 32767, 0])


def test_where_nothing_can_be_written_the_reason_is_told(tmp_path: Path) -> None:
    for target in (tmp_path / "missing" / "out.wav", tmp_path):
        with pytest.raises(BadInput, match=r"\.$"):
            write_wav(target, tone(0.1, 16_000), 16_000)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.skipif(sys.platform == "win32", reason="file size limits are a POSIX matter")
def test_a_full_disk_leaves_the_old_file_alone(tmp_path: Path) -> None:
    import resource

    path = tmp_path / "out.wav"
    write_wav(path, tone(0.1, 16_000), 16_000)
    before = path.read_bytes()
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (10_000, limits[1]))
    try:
        with pytest.raises(BadInput, match="Cannot write"):
            write_wav(path, tone(5.0, 16_000), 16_000)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    assert path.read_bytes() == before
    assert [p.name for p in tmp_path.iterdir()] == ["out.wav"]


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no /dev/full here")
def test_a_device_can_be_written_to_but_a_full_one_is_told() -> None:
    write_wav(os.devnull, tone(0.1, 16_000), 16_000)
    assert not Path(os.devnull).is_file()
    with pytest.raises(BadInput, match="no space"):
        write_wav("/dev/full", tone(5.0, 16_000), 16_000)
