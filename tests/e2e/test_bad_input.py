"""Bad input gets one clear sentence and the right exit code, or works; nothing stored is lost. As a user meets it."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import numpy as np
import pytest
import soundfile

from app.registry.starter import starter_model
from tests.e2e.program import duet
from tests.makers import gguf_model

# -- models ------------------------------------------------------------------------------------------------------------


def test_a_missing_model_is_named(tmp_path: Path) -> None:
    sentence = duet("ask", "Hello?", DUET_MODELS__FAST=str(tmp_path / "none.gguf")).refused(3)
    assert "none.gguf" in sentence


def test_a_truncated_model_is_refused(tmp_path: Path) -> None:
    model = tmp_path / "short.gguf"
    with starter_model().open("rb") as whole:
        model.write_bytes(whole.read(20_000_000))
    assert "short.gguf" in duet("ask", "Hello?", DUET_MODELS__FAST=str(model)).refused(3)


def test_a_gguf_that_is_no_language_model_is_refused(tmp_path: Path) -> None:
    eye = gguf_model.write_other(tmp_path / "eye.gguf", "clip", "mmproj")
    assert "eye.gguf" in duet("ask", "Hello?", DUET_MODELS__FAST=str(eye)).refused(3)


def test_a_file_that_is_no_model_is_refused(tmp_path: Path) -> None:
    text = tmp_path / "text.gguf"
    text.write_text("I am not a model.\n" * 1000)
    assert "text.gguf" in duet("ask", "Hello?", DUET_MODELS__FAST=str(text)).refused(3)


def test_a_missing_adapter_is_named_for_the_starter_too(tmp_path: Path) -> None:
    assert "none.gguf" in duet("ask", "Hello?", DUET_MODELS__ADAPTER=str(tmp_path / "none.gguf")).refused(3)


def test_a_missing_planner_does_not_keep_the_answer(tmp_path: Path) -> None:
    ran = duet("ask", "What is the capital of France?", "--json", DUET_MODELS__PLANNER=str(tmp_path / "none.gguf"))
    assert ran.code == 0, ran
    document = ran.document()
    assert "Paris" in document["final"]
    assert document["refinement"]["verdict"] == "failed"
    assert "none.gguf" in document["refinement"]["why"]


def test_a_whisper_folder_without_its_tokenizer_is_refused(tmp_path: Path) -> None:
    folder = tmp_path / "whisper-nothing"
    folder.mkdir()
    for name in ("model.bin", "config.json", "vocabulary.json"):
        (folder / name).write_text("{}")
    recording = tone(tmp_path / "tone.wav")
    chosen = {"DUET_HEARING__ENGINE": "whisper", "DUET_HEARING__MODEL": str(folder)}
    assert "tokenizer.json" in duet("hear", str(recording), **chosen).refused(3)
    assert "hearing.model" in duet("hear", str(recording), "--engine", "whisper").refused(3)


def test_an_unknown_engine_is_named(tmp_path: Path) -> None:
    sentence = duet("hear", str(tone(tmp_path / "tone.wav")), "--engine", "crystal-ball").refused(3)
    assert "crystal-ball" in sentence


def test_an_unknown_voice_is_named(tmp_path: Path) -> None:
    assert "klingon" in duet("say", "Hello.", "--voice", "klingon", "--out", str(tmp_path / "x.wav")).refused(3)


# -- sound -------------------------------------------------------------------------------------------------------------


def tone(path: Path, seconds: float = 0.5, rate: int = 16_000) -> Path:
    samples = 0.1 * np.sin(2 * np.pi * 440 * np.arange(int(seconds * rate)) / rate)
    soundfile.write(path, samples, rate)
    return path


@pytest.mark.parametrize("kind", ["missing", "not audio", "empty", "no samples", "folder", "not finite"])
def test_a_file_that_is_no_recording_is_refused(kind: str, tmp_path: Path) -> None:
    path = tmp_path / "recording.wav"
    if kind == "not audio":
        path.write_bytes(b"This is a letter, not a recording. " * 100)
    elif kind == "empty":
        path.write_bytes(b"")
    elif kind == "no samples":
        soundfile.write(path, np.zeros(0, np.float32), 16_000)
    elif kind == "folder":
        path.mkdir()
    elif kind == "not finite":
        soundfile.write(path, np.full(16_000, np.nan, np.float32), 16_000, subtype="FLOAT")
    assert "recording.wav" in duet("hear", str(path)).refused(3)
    assert "recording.wav" in duet("talk", str(path), "--out", str(tmp_path / "r.wav")).refused(3)


def test_any_rate_width_and_number_of_channels_will_do(tmp_path: Path) -> None:
    path = tmp_path / "stereo.wav"
    noise = np.random.default_rng(1).normal(0, 0.01, (8000, 2))
    soundfile.write(path, noise, 8000, subtype="PCM_24")
    ran = duet("hear", str(path), "--json")
    assert ran.code == 0, ran
    assert ran.document()["audio_s"] == pytest.approx(1.0, abs=0.01)


def test_an_hour_is_not_too_long(tmp_path: Path) -> None:
    path = tmp_path / "hour.flac"
    with soundfile.SoundFile(path, "w", 16_000, 1) as file:
        for _ in range(60):
            file.write(np.zeros(60 * 16_000, np.int16))
    ran = duet("hear", str(path), "--json")
    assert ran.code == 0, ran
    document = ran.document()
    assert document["audio_s"] == pytest.approx(3600, abs=0.1)
    assert document["text"] == ""


def test_a_reply_that_cannot_be_written_is_told_before_the_conversation(tmp_path: Path) -> None:
    recording = tone(tmp_path / "tone.wav")
    assert "nowhere" in duet("talk", str(recording), "--out", str(tmp_path / "nowhere" / "r.wav")).refused(3)
    assert "nowhere" in duet("say", "Hello.", "--out", str(tmp_path / "nowhere" / "r.wav")).refused(3)


# -- text --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("text", ["", "   ", "\u200b"])
def test_nothing_to_answer_is_refused(text: str) -> None:
    assert "empty" in duet("ask", text).refused(3)


def test_a_text_of_100_000_characters_is_refused_and_kept() -> None:
    text = "word " * 20_000
    assert "too long" in duet("ask", text).refused(3)
    (conversation,) = duet("history", "list", "--json").document()["conversations"]
    (turn,) = duet("history", "show", conversation["id"], "--json").document()["turns"]
    assert turn["text"] == text.strip()
    assert turn["state"] == "failed"


def test_nul_bytes_and_emoji_are_answered() -> None:
    ran = duet("chat", "--json", stdin="What is the capital of\0 France? \U0001f5fc\n")
    assert ran.code == 0, ran
    (turn,) = ran.document()["turns"]
    assert turn["heard"]["text"] == "What is the capital of France? \U0001f5fc"
    assert turn["final"]


def test_a_text_that_cannot_be_spoken_is_refused(tmp_path: Path) -> None:
    assert "nothing to say" in duet("say", "... \u2014 **", "--out", str(tmp_path / "x.wav")).refused(3)


# -- settings and storage ----------------------------------------------------------------------------------------------


def test_unknown_settings_are_told_and_kept(duet_home: Path) -> None:
    file = duet_home / "settings.toml"
    file.write_text('# mine\n[voice]\nrate = 1.5\nsparkle = true\n[moon]\nphase = "full"\n')
    ran = duet("settings", "get", "voice.rate")
    assert (ran.code, ran.out.strip()) == (0, "1.5")
    assert "sparkle" in ran.err
    assert duet("settings", "set", "voice.rate", "1.2").code == 0
    assert file.read_text() == '# mine\n[voice]\nrate = 1.2\nsparkle = true\n[moon]\nphase = "full"\n'


@pytest.mark.parametrize("text", ["[voice\n", '[voice]\nrate = "fast"\n', "[voice]\nrate = 100\n", "\x00"])
def test_settings_that_cannot_be_used_are_refused(text: str, duet_home: Path) -> None:
    (duet_home / "settings.toml").write_text(text)
    assert "settings.toml" in duet("ask", "Hello?").refused(3)


def test_a_data_folder_that_cannot_be_written_is_refused() -> None:
    assert "/proc" in duet("ask", "Hello?", DUET_HOME="/proc/duet").refused(3)


def test_a_corrupt_database_is_refused_and_left_alone(duet_home: Path) -> None:
    database = duet_home / "duet.db"
    database.write_bytes(b"This was a database once." * 1000)
    assert "duet.db" in duet("ask", "Hello?").refused(3)
    assert "duet.db" in duet("history", "list").refused(3)
    assert database.read_bytes() == b"This was a database once." * 1000


def test_a_locked_database_is_refused_and_nothing_is_lost(duet_home: Path) -> None:
    assert duet("ask", "What is the capital of France?", "--no-planner").code == 0
    lock = sqlite3.connect(duet_home / "duet.db", isolation_level=None)
    try:
        lock.execute("BEGIN EXCLUSIVE")
        assert "duet.db" in duet("ask", "Hello?").refused(3)
    finally:
        lock.close()
    assert duet("history", "list", "--json").document()["conversations"][0]["turns"] == 1


def test_an_unknown_conversation_is_refused() -> None:
    assert "nosuch" in duet("ask", "Hello?", "--conversation", "nosuch").refused(3)
    assert "nosuch" in duet("history", "show", "nosuch").refused(3)


def test_an_unknown_bench_is_refused() -> None:
    assert "nosuch" in duet("bench", "nosuch").refused(3)
