"""What every voice does, run against each: espeak-ng, and Piper with a small real network."""

from collections.abc import Iterator
from importlib.metadata import entry_points
from pathlib import Path

import numpy as np
import pytest

from app.engines.job import NullJob
from app.engines.voice.base import SpeakRequest, VoiceEngine
from app.errors import BadInput, Cancelled
from tests.engines.jobs import CountingJob
from tests.engines.voices import joined, level_db, say
from tests.makers.piper_voice import make_piper_voice

TEXT = "Well, I think so, yes. The capital of France is Paris, a city of two million people; and 3.5 is a number."


@pytest.fixture(scope="module", params=["espeak", "piper"])
def engine(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[VoiceEngine]:
    (registered,) = entry_points(group="duet.voice", name=request.param)
    options = {"path": str(make_piper_voice(tmp_path_factory.mktemp("voice")))} if request.param == "piper" else {}
    engine: VoiceEngine = registered.load()(**options)
    yield engine
    engine.close()


def test_info_says_what_runs(engine: VoiceEngine) -> None:
    info = engine.info(NullJob())
    assert info.voice in info.voices
    assert info.engine in ("espeak", "piper")
    assert info.sample_rate >= 16_000
    assert info.name
    assert info.source


def test_chunks_are_sound_of_the_clauses_in_order(engine: VoiceEngine) -> None:
    chunks, spoken = say(engine, TEXT)
    rate = engine.info(NullJob()).sample_rate
    assert len(chunks) >= 3
    assert " ".join(chunk.text for chunk in chunks) == TEXT
    for chunk in chunks:
        assert chunk.sample_rate == rate
        assert chunk.samples.dtype == np.float32
        assert chunk.samples.ndim == 1
        assert np.abs(chunk.samples).max() <= 1.0
        assert level_db(chunk.samples) > -40
    assert spoken.audio_s == pytest.approx(sum(chunk.samples.size for chunk in chunks) / rate)
    assert spoken.sample_rate == rate
    assert spoken.first_chunk_ms is not None
    assert 0 <= spoken.first_chunk_ms <= spoken.elapsed_ms


def test_the_first_clause_comes_before_the_rest_is_made(engine: VoiceEngine) -> None:
    job = CountingJob()
    stream = engine.speak(SpeakRequest(text=TEXT * 20), job)
    next(stream)
    begun = job.checkpoints
    list(stream)
    assert begun <= 2
    assert job.checkpoints >= 25


@pytest.mark.parametrize("text", ["", "   ", "...", "\0\n\t", "😀👍", "\ud800", "—", "?!"])
def test_text_without_a_pronounceable_character_has_no_sound(engine: VoiceEngine, text: str) -> None:
    chunks, spoken = say(engine, text)
    assert (chunks, spoken.audio_s, spoken.first_chunk_ms) == ([], 0, None)


@pytest.mark.parametrize(
    "text",
    ["Hello\0there", "Hi 😀 there", "\ud83dx", "naïve café", "Привет", "日本語です。", "a\u202eb", "100 %", "<b>x</b>"],
)
def test_any_text_is_safe(engine: VoiceEngine, text: str) -> None:
    chunks, _ = say(engine, text)
    assert all(np.isfinite(chunk.samples).all() for chunk in chunks)
    if text.isascii():
        assert chunks


def test_a_very_long_text_can_be_left_at_any_time(engine: VoiceEngine) -> None:
    job = CountingJob(cancel_at=4)
    stream = engine.speak(SpeakRequest(text="word, " * 17_000), job)
    with pytest.raises(Cancelled):
        list(stream)
    unbroken = engine.speak(SpeakRequest(text="a" * 100_000), NullJob())
    assert next(unbroken).samples.size < 60 * 60 * 22_050
    unbroken.close()
    assert joined(say(engine, "And it still speaks.")[0]).size


def test_rate_and_volume(engine: VoiceEngine) -> None:
    text = "one two three four five six seven eight"
    normal, fast, quiet, silent = (
        say(engine, text, rate=rate, volume=volume) for rate, volume in ((1, 1), (2, 1), (1, 0.5), (1, 0))
    )
    assert 0.35 < fast[1].audio_s / normal[1].audio_s < 0.65
    assert level_db(joined(quiet[0])) == pytest.approx(level_db(joined(normal[0])) - 6, abs=1)
    assert not joined(silent[0]).any()


@pytest.mark.parametrize(
    ("rate", "volume"), [(0, 1), (-1, 1), (float("nan"), 1), (1, 1.5), (1, -0.1), (1, float("nan"))]
)
def test_impossible_numbers_are_bad_input(engine: VoiceEngine, rate: float, volume: float) -> None:
    with pytest.raises(BadInput):
        say(engine, "Hello", rate=rate, volume=volume)


def test_an_unknown_voice_is_bad_input(engine: VoiceEngine) -> None:
    with pytest.raises(BadInput, match="nobody"):
        say(engine, "Hello", voice="nobody")
    assert say(engine, "Hello", voice=engine.info(NullJob()).voice)[1].voice == engine.info(NullJob()).voice


def test_a_cancelled_request_leaves_the_engine_usable(engine: VoiceEngine) -> None:
    with pytest.raises(Cancelled):
        say(engine, TEXT, job=CountingJob(cancel_at=1))
    assert Path(engine.info(NullJob()).source).name
    assert len(say(engine, TEXT)[0]) >= 3
