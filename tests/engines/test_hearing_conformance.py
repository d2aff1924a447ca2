"""What every hearing engine does, run against each: pocketsphinx, and Whisper with an authored and a trained model."""

from collections.abc import Iterator
from importlib.metadata import entry_points
from pathlib import Path

import numpy as np
import pytest

from app.engines.hearing.base import SAMPLE_RATE, HearingEngine, Samples
from app.engines.job import NullJob
from app.errors import BadInput, Cancelled
from tests.engines.jobs import CountingJob
from tests.engines.sounds import noise
from tests.makers.spoken import speak
from tests.makers.whisper_model import make_whisper_model


@pytest.fixture(scope="module", params=["sphinx", "whisper", "whisper trained"])
def engine(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, tiny_whisper: Path
) -> Iterator[HearingEngine]:
    name, _, trained = request.param.partition(" ")
    (registered,) = entry_points(group="duet.hearing", name=name)
    options: dict[str, object] = {}
    if name == "whisper":
        folder = tiny_whisper if trained else make_whisper_model(tmp_path_factory.mktemp("whisper"))
        options = {"path": str(folder), "threads": 1, "floor_s": 1.0, "margin_s": 0.5, "prompted": False}
    engine: HearingEngine = registered.load()(**options)
    yield engine
    engine.close()


@pytest.fixture(scope="module")
def speech() -> Samples:
    return speak("What is the weather today?")


def test_info_says_what_runs(engine: HearingEngine) -> None:
    info = engine.info(NullJob())
    assert info.engine in ("sphinx", "whisper")
    assert "en" in info.languages
    assert (info.threads or 0) >= 1
    assert info.name
    assert info.source


@pytest.mark.parametrize("language", [None, "en", "en-US"])
def test_a_recording_becomes_a_transcript(engine: HearingEngine, speech: Samples, language: str | None) -> None:
    heard = engine.transcribe(speech, language, NullJob())
    assert heard.text
    assert heard.text == " ".join(segment.text for segment in heard.segments)
    assert heard.engine == engine.info(NullJob()).engine
    assert heard.model
    assert heard.language == "en"
    assert heard.audio_s == pytest.approx(speech.size / SAMPLE_RATE)
    assert heard.elapsed_s > 0
    assert 0 < (heard.confidence or 0) <= 1
    for segment in heard.segments:
        assert 0 <= segment.start_s < segment.end_s <= heard.audio_s + 0.1


@pytest.mark.parametrize("chunk", [160, 1600, 3200, 100_000])
def test_a_stream_gives_a_transcript_at_its_end(engine: HearingEngine, speech: Samples, chunk: int) -> None:
    engine.begin("en", NullJob())
    partials = [engine.feed(speech[at : at + chunk], NullJob()) for at in range(0, speech.size, chunk)]
    heard = engine.finish(NullJob())
    assert heard.text
    assert heard.audio_s == pytest.approx(speech.size / SAMPLE_RATE)
    assert all(segment.end_s <= heard.audio_s + 0.1 for segment in heard.segments)
    assert any(partials) == engine.info(NullJob()).streaming


@pytest.mark.parametrize("sound", [np.zeros(0), np.zeros(1), np.zeros(100), np.zeros(32_000), noise(2, -80)])
def test_silence_is_nothing(engine: HearingEngine, sound: Samples) -> None:
    samples = sound.astype(np.float32)
    heard = engine.transcribe(samples, None, NullJob())
    assert (heard.text, heard.segments, heard.confidence) == ("", (), None)
    engine.begin(None, NullJob())
    assert engine.feed(samples, NullJob()) is None
    assert engine.finish(NullJob()).text == ""


def test_an_utterance_that_is_begun_anew_forgets_the_old(engine: HearingEngine, speech: Samples) -> None:
    engine.begin(None, NullJob())
    engine.feed(speech, NullJob())
    engine.begin(None, NullJob())
    engine.feed(np.zeros(8000, np.float32), NullJob())
    heard = engine.finish(NullJob())
    assert heard.text == ""
    assert heard.audio_s == pytest.approx(0.5)


def test_utterances_do_not_change_each_other(engine: HearingEngine, speech: Samples) -> None:
    first = engine.transcribe(speech, None, NullJob())
    engine.begin(None, NullJob())
    engine.feed(noise(1, -20), NullJob())
    engine.finish(NullJob())
    again = engine.transcribe(speech, None, NullJob())
    assert (again.text, again.segments) == (first.text, first.segments)


def test_nothing_can_be_fed_or_finished_before_the_beginning(engine: HearingEngine, speech: Samples) -> None:
    engine.begin(None, NullJob())
    engine.finish(NullJob())
    with pytest.raises(BadInput, match="begin"):
        engine.feed(speech, NullJob())
    with pytest.raises(BadInput, match="begin"):
        engine.finish(NullJob())


@pytest.mark.parametrize("bad", [np.full(1000, np.nan), np.array([np.inf]), np.zeros((2, 100)), np.zeros(10, np.int16)])
def test_damaged_sound_is_bad_input(engine: HearingEngine, speech: Samples, bad: Samples) -> None:
    with pytest.raises(BadInput, match="sound"):
        engine.transcribe(bad, None, NullJob())
    engine.begin(None, NullJob())
    with pytest.raises(BadInput, match="sound"):
        engine.feed(bad, NullJob())
    engine.feed(speech, NullJob())
    assert engine.finish(NullJob()).text


def test_too_loud_sound_is_heard(engine: HearingEngine, speech: Samples) -> None:
    assert engine.transcribe(speech * np.float32(3), None, NullJob()).text


def test_an_unknown_language_is_bad_input(engine: HearingEngine, speech: Samples) -> None:
    for language in ("xx", "klingon"):
        with pytest.raises(BadInput, match=language):
            engine.transcribe(speech, language, NullJob())


def test_cancelling_leaves_the_engine_usable(engine: HearingEngine, speech: Samples) -> None:
    with pytest.raises(Cancelled):
        engine.transcribe(np.tile(speech, 3), None, CountingJob(cancel_at=1))
    engine.begin(None, NullJob())
    with pytest.raises(Cancelled):
        engine.feed(speech, CountingJob(cancel_at=1))
    assert engine.transcribe(speech, None, NullJob()).text


def test_a_long_recording_is_heard_in_pieces_with_checkpoints(engine: HearingEngine, speech: Samples) -> None:
    gap = np.zeros(4 * SAMPLE_RATE, np.float32)
    long = np.tile(np.concatenate([speech, gap]), 11)
    job = CountingJob()
    heard = engine.transcribe(long, None, job)
    assert job.checkpoints >= 3
    assert len(heard.segments) >= 3
    assert heard.audio_s == pytest.approx(long.size / SAMPLE_RATE)
    starts = [segment.start_s for segment in heard.segments]
    assert starts == sorted(starts)


def test_an_hour_of_next_to_nothing_takes_next_to_no_time(engine: HearingEngine, speech: Samples) -> None:
    hour = np.zeros(3600 * SAMPLE_RATE, np.float32)
    hour[-speech.size :] = speech
    heard = engine.transcribe(hour, None, NullJob())
    assert len(heard.segments) == 1
    assert heard.segments[0].start_s > 3590
