"""Whisper through CTranslate2: with a small authored model that always says the same, and a small trained one."""

import json
import socket
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from app.engines.hearing.base import SAMPLE_RATE, Partial, Samples
from app.engines.hearing.whisper import WhisperEngine, windows
from app.engines.hearing.whisper_folder import Manner, manner
from app.engines.hearing.whisper_network import LONGEST_S
from app.engines.hearing.whisper_utterance import LEAVE_ANYWHERE_S
from app.engines.job import NullJob
from app.errors import BadInput, BadModel
from tests.engines.sounds import noise, silence, word_errors
from tests.makers.spoken import speak
from tests.makers.whisper_model import make_whisper_model

ASKED = {"floor_s": 1, "margin_s": 0.5, "prompted": False}


@pytest.fixture(scope="module")
def speech() -> Samples:
    return speak("What is the weather in Paris?")


@pytest.fixture
def make(tmp_path: Path) -> Callable[..., WhisperEngine]:
    def make(**knobs: object) -> WhisperEngine:
        return WhisperEngine(str(make_whisper_model(tmp_path / "model", **knobs)), threads=1, **ASKED)

    return make


@pytest.fixture(scope="module")
def trained(tiny_whisper: Path) -> WhisperEngine:
    """Knows a grammar of everyday sentences in the voices of espeak-ng."""
    return WhisperEngine(str(tiny_whisper), threads=1, floor_s=2.5, margin_s=0.5)


@pytest.mark.parametrize("voice", ["en-us", "en-gb"])
@pytest.mark.parametrize(
    "text",
    ["What is the weather in Paris?", "Turn on the kitchen light.", "Set a timer for 25 minutes.", "Stop.", "No."],
)
def test_a_trained_model_hears_commands(trained: WhisperEngine, text: str, voice: str) -> None:
    heard = trained.transcribe(speak(text, voice=voice), "en", NullJob())
    assert word_errors(text, heard.text) <= 1
    assert 0.5 < (heard.confidence or 0) <= 1


def test_a_short_window_and_a_long_one_hear_the_same(trained: WhisperEngine, tiny_whisper: Path) -> None:
    long = WhisperEngine(str(tiny_whisper), threads=1, floor_s=30)
    sound = speak("Turn on the kitchen light.")
    assert long.transcribe(sound, "en", NullJob()).text == trained.transcribe(sound, "en", NullJob()).text


def test_a_trained_model_invents_nothing_on_noise(trained: WhisperEngine) -> None:
    assert trained.transcribe(noise(5, -30), "en", NullJob()).text == ""


def test_the_last_word_is_known_as_soon_as_it_is_over(trained: WhisperEngine) -> None:
    said = "Remind me to call my mother tomorrow."
    sound = speak(said, tail_s=0.0)
    sound = np.concatenate([sound[: np.flatnonzero(np.abs(sound) > 0.01)[-1]], noise(0.06, -65)])
    partials = fed(trained, sound)
    assert trained.peek(NullJob()).text == said
    assert any(partial.fixed for partial in partials), "something was fixed while the sentence went on"
    assert all(said.lower().startswith(partial.fixed.lower()) for partial in partials)


def fed(engine: WhisperEngine, sound: Samples, job: NullJob | None = None) -> list[Partial]:
    engine.begin("en", NullJob())
    partials = [engine.feed(sound[at : at + 1600], job or NullJob()) for at in range(0, sound.size, 1600)]
    return [partial for partial in partials if partial is not None]


def test_partial_transcripts_are_left_out_while_a_request_waits(trained: WhisperEngine) -> None:
    busy = NullJob()
    busy.waiting = True
    sound = speak("Set a timer for ten minutes.")
    assert fed(trained, sound, busy) == []
    assert trained.finish(NullJob()).text == "Set a timer for 10 minutes."
    assert fed(trained, sound)


def test_a_slow_model_is_seldom_asked(trained: WhisperEngine) -> None:
    """Time is what the network took last, so a network that takes a second a window is given nothing for ten."""
    sound = np.tile(speak("Set a timer for ten minutes.", tail_s=0.3), 3)
    trained.begin("en", NullJob())
    trained._utterance()._cost_s = 1.0
    partials = [trained.feed(sound[at : at + 1600], NullJob()) for at in range(0, sound.size, 1600)]
    assert sound.size < 10 * SAMPLE_RATE
    assert not any(partials[: 8 * 10])


def test_a_folder_says_how_its_model_wants_to_be_asked(tmp_path: Path) -> None:
    folder = make_whisper_model(tmp_path / "model")
    assert manner(folder) == Manner()
    (folder / "duet.json").write_text('{"floor_s": 2.5, "suppress_tokens": [], "prompted": false}', "utf-8")
    assert manner(folder) == Manner(floor_s=2.5, suppress_tokens=(), prompted=False)
    engine = WhisperEngine(str(folder), threads=1, margin_s=0.5)
    assert engine._network.encode(noise(0.2)).shape[1] * 2 == 250
    for wrong in ('{"floor_s": "much"}', '{"floors": 3}', "[1]", '{"floor_s": 0}', "{", '{"prompted": 3}'):
        (folder / "duet.json").write_text(wrong, "utf-8")
        with pytest.raises(BadModel, match=r"duet\.json"):
            WhisperEngine(str(folder))


def test_only_the_sound_and_a_margin_are_encoded(make: Callable[..., WhisperEngine], speech: Samples) -> None:
    engine = make()
    frames = {seconds: engine._network.encode(noise(seconds)).shape[1] * 2 for seconds in (0.2, 3.0, 28.0)}
    assert frames == {0.2: 100, 3.0: 350, 28.0: 2850}
    assert WhisperEngine(str(engine._path))._network.encode(noise(2)).shape[1] * 2 == 1000
    assert engine._network.encode(noise(40)).shape[1] * 2 == 3000


def test_confidence_comes_from_the_models_own_certainty(make: Callable[..., WhisperEngine], speech: Samples) -> None:
    sure = make().transcribe(speech, None, NullJob())
    unsure = make(certainty=7.0).transcribe(speech, None, NullJob())
    assert (sure.text, unsure.text) == ("Hello there.", "Hello there.")
    assert 0 < (unsure.confidence or 0) < 0.6 < 0.95 < (sure.confidence or 0) <= 1


def test_times_are_those_of_the_speech(make: Callable[..., WhisperEngine], speech: Samples) -> None:
    (segment,) = make().transcribe(silence(2.0, speech, 3.0), None, NullJob()).segments
    assert segment.start_s == pytest.approx(2.3, abs=0.2)
    assert segment.end_s == pytest.approx(2.0 + speech.size / SAMPLE_RATE - 0.5, abs=0.25)


@pytest.mark.parametrize(
    "knobs",
    [
        {"certainty": 4.0},
        {"says": "Thanks for watching!"},
        {"says": "Untertitel im Auftrag des ZDF"},
        {"says": "Thank you.", "no_speech": 7.0},
        {"says": "and so on and so on and so on and so on and so on and so"},
        {"says": "   "},
    ],
)
def test_inventions_are_left_out(make: Callable[..., WhisperEngine], speech: Samples, knobs: dict[str, object]) -> None:
    heard = make(**knobs).transcribe(speech, None, NullJob())
    assert (heard.text, heard.segments) == ("", ())


def test_a_polite_word_that_was_heard_is_kept(make: Callable[..., WhisperEngine]) -> None:
    assert make(says="Thank you.").transcribe(speak("Thank you."), None, NullJob()).text == "Thank you."


@pytest.mark.parametrize("sound", [noise(3, -30), noise(3, -75), np.zeros(SAMPLE_RATE, np.float32)])
def test_what_is_no_speech_is_not_even_decoded(make: Callable[..., WhisperEngine], sound: Samples) -> None:
    assert make().transcribe(sound, None, NullJob()).text == ""


def test_the_language_is_detected_or_given(make: Callable[..., WhisperEngine], speech: Samples) -> None:
    engine = make(detects="de")
    assert engine.info(NullJob()).languages == ("de", "en", "fr")
    assert engine.transcribe(speech, None, NullJob()).language == "de"
    assert engine.transcribe(speech, "fr-FR", NullJob()).language == "fr"
    with pytest.raises(BadInput, match="fi"):
        engine.transcribe(speech, "fi", NullJob())
    french = WhisperEngine(str(engine._path), language="fr")
    assert french.transcribe(speech, None, NullJob()).language == "fr"


def test_an_english_model_knows_english_only(make: Callable[..., WhisperEngine], speech: Samples) -> None:
    engine = make()
    assert engine.transcribe(speech, None, NullJob()).language == "en"
    with pytest.raises(BadInput, match="English only"):
        engine.begin("de", NullJob())
    with pytest.raises(BadInput, match="English only"):
        WhisperEngine(str(engine._path), language="de")


def test_tokens_can_be_suppressed(make: Callable[..., WhisperEngine], speech: Samples) -> None:
    path = make()._path
    exclaiming = json.loads((path / "vocabulary.json").read_text("utf-8")).index("H")
    engine = WhisperEngine(str(path), threads=1, floor_s=1, margin_s=0.5, suppress_tokens=[exclaiming])
    assert not engine.transcribe(speech, None, NullJob()).text.startswith("H")


def test_a_long_stream_is_heard_while_it_is_fed(make: Callable[..., WhisperEngine], speech: Samples) -> None:
    engine = make()
    engine.begin(None, NullJob())
    sound = np.tile(speech, int(2.2 * LONGEST_S * SAMPLE_RATE / speech.size))
    for at in range(0, sound.size, SAMPLE_RATE // 2):
        engine.feed(sound[at : at + SAMPLE_RATE // 2], NullJob())
        assert engine._utterance().window_s <= LEAVE_ANYWHERE_S
    heard = engine.finish(NullJob())
    assert len(heard.segments) >= 3
    starts = [segment.start_s for segment in heard.segments]
    assert starts == sorted(starts)
    assert heard.segments[-1].end_s == pytest.approx(heard.audio_s, abs=1.5)


def test_windows_join_stretches_up_to_what_the_model_takes(speech: Samples) -> None:
    found = windows(np.tile(silence(1.0, speech, 1.0), 20))
    lengths = [(part.stop - part.start) / SAMPLE_RATE for part in found]
    assert max(lengths) <= LONGEST_S
    assert sorted(lengths)[len(lengths) // 2] > LONGEST_S / 2


@pytest.mark.parametrize("name", ["model.bin", "config.json", "tokenizer.json", "vocabulary.json"])
def test_a_missing_file_is_named_and_nothing_is_fetched(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    def no_network(*_: object) -> None:
        raise AssertionError("a connection was tried")

    monkeypatch.setattr(socket.socket, "connect", no_network)
    folder = make_whisper_model(tmp_path)
    (folder / name).unlink()
    with pytest.raises(BadModel, match=name.split(".")[0]):
        WhisperEngine(str(folder))


def test_no_folder_is_a_bad_model(tmp_path: Path) -> None:
    with pytest.raises(BadModel, match="no folder"):
        WhisperEngine(str(tmp_path / "tiny"))
    with pytest.raises(BadModel, match="no folder"):
        WhisperEngine("tiny")


@pytest.mark.parametrize("name", ["model.bin", "config.json", "tokenizer.json", "vocabulary.json"])
@pytest.mark.parametrize("keep", [0, 0.5])
def test_a_damaged_file_is_a_bad_model(tmp_path: Path, name: str, keep: float) -> None:
    folder = make_whisper_model(tmp_path)
    data = (folder / name).read_bytes()
    (folder / name).write_bytes(data[: int(keep * len(data))])
    with pytest.raises(BadModel):
        WhisperEngine(str(folder))


def test_anothers_tokenizer_is_a_bad_model(tmp_path: Path) -> None:
    folder = make_whisper_model(tmp_path)
    text = (folder / "tokenizer.json").read_text("utf-8")
    (folder / "tokenizer.json").write_text(text.replace("<|notimestamps|>", "<|nothing|>"), "utf-8")
    with pytest.raises(BadModel, match="notimestamps"):
        WhisperEngine(str(folder))
