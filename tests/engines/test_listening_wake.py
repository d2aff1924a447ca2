"""Wake words on real models: people's voices where the recordings are at hand, espeak-ng's everywhere."""

import json
from pathlib import Path

import numpy as np
import pymicro_wakeword
import pytest

from app.engines.job import NullJob
from app.engines.listening.base import SAMPLE_RATE, Samples, Wake
from app.engines.listening.engine import ListeningEngine
from app.engines.listening.gate import EnergyGate
from app.errors import BadInput, BadModel, BadSetting, Cancelled
from app.settings import WAKE_WORDS
from tests.engines.jobs import CountingJob
from tests.engines.sounds import noise, recording, silence
from tests.makers.spoken import speak

BUNDLED = Path(pymicro_wakeword.__file__).parent / "models"


@pytest.fixture(scope="module")
def engine() -> ListeningEngine:
    return ListeningEngine(wake_words=WAKE_WORDS)


def heard(engine: ListeningEngine, sound: Samples, piece: int = 1600) -> list[Wake]:
    engine.reset(NullJob())
    pieces = (sound[at : at + piece] for at in range(0, sound.size, piece))
    return [wake for one in pieces for wake in engine.wake(one, NullJob())]


def words(found: list[Wake]) -> list[str]:
    return [wake.word for wake in found]


def end_s(sound: Samples) -> float:
    """Where the last sound is, by 10 ms."""
    loud = [at for at in range(0, sound.size - 160, 160) if np.sqrt(np.mean(sound[at : at + 160] ** 2)) > 0.01]
    return (loud[-1] + 160) / SAMPLE_RATE


def test_the_settings_name_the_words_that_there_are() -> None:
    assert set(WAKE_WORDS) == {model.value for model in pymicro_wakeword.Model}


@pytest.mark.parametrize(
    ("text", "word"), [("okay nabu", "okay_nabu"), ("alexa", "alexa"), ("hey mycroft", "hey_mycroft")]
)
def test_a_synthetic_voice_wakes_it_and_the_end_of_the_word_is_known(
    engine: ListeningEngine, text: str, word: str
) -> None:
    sound = speak(text, "en-gb", lead_s=1.0, tail_s=1.0)
    (wake,) = heard(engine, sound)
    assert wake.word == word
    assert wake.at_s == pytest.approx(end_s(sound), abs=0.15)
    assert wake.probability > 0.8


def test_the_word_before_a_question_is_found_before_the_question_ends(engine: ListeningEngine) -> None:
    sound = speak("Alexa, what is the weather today?", lead_s=1.0)
    alone = end_s(speak("Alexa", lead_s=1.0))
    (wake,) = heard(engine, sound)
    assert wake.at_s == pytest.approx(alone, abs=0.15)


@pytest.mark.parametrize("piece", [1, 77, 160, 1600, 1_000_000])
def test_the_size_of_the_pieces_does_not_matter(engine: ListeningEngine, piece: int) -> None:
    sound = speak("Alexa", lead_s=0.8, tail_s=0.6)
    assert heard(engine, sound, piece) == heard(engine, sound)


def test_one_word_counts_once_and_the_next_one_again(engine: ListeningEngine) -> None:
    once = speak("Alexa", lead_s=1.0, tail_s=1.0)
    found = heard(engine, np.tile(once, 3))
    assert words(found) == ["alexa"] * 3
    gaps = np.diff([wake.at_s for wake in found])
    assert gaps == pytest.approx([once.size / SAMPLE_RATE] * 2, abs=0.1)


def test_a_reset_begins_anew_at_zero(engine: ListeningEngine) -> None:
    sound = speak("Alexa", lead_s=1.0, tail_s=0.5)
    first = heard(engine, sound)
    heard(engine, noise(5))
    assert heard(engine, sound) == first


def test_only_the_chosen_words_wake_it() -> None:
    chosen = ListeningEngine(wake_words=("hey_mycroft", "okay_nabu"))
    assert chosen.info(NullJob()).wake_words == ("hey_mycroft", "okay_nabu")
    assert words(heard(chosen, speak("Alexa", lead_s=1.0, tail_s=1.0))) == []
    assert words(heard(chosen, speak("hey mycroft", lead_s=1.0, tail_s=1.0))) == ["hey_mycroft"]
    assert words(heard(ListeningEngine(), speak("Alexa", lead_s=1.0, tail_s=1.0))) == []


def test_silence_noise_and_other_words_do_not_wake_it(engine: ListeningEngine) -> None:
    other = speak("The quick brown fox jumps over the lazy dog. Hey there, okay, all of you, a mixed craft.", "en-gb")
    for sound in (np.zeros(3 * SAMPLE_RATE, np.float32), noise(5, -20), other, np.zeros(0, np.float32)):
        assert heard(engine, sound) == []


@pytest.mark.parametrize("name", ["hey_jarvis_1.wav", "hey_jarvis_2.wav", "hey_jarvis_3.wav"])
def test_people_wake_it(engine: ListeningEngine, name: str) -> None:
    (wake,) = heard(engine, recording(name, lead_s=0.5, tail_s=0.7))
    assert wake.word == "hey_jarvis"


def test_what_the_gate_leaves_of_it_is_enough(engine: ListeningEngine) -> None:
    sounds = [recording(f"hey_jarvis_{n}.wav", lead_s=0.5, tail_s=1.0) for n in (1, 2, 3)]
    sounds += [speak(text, "en-gb", lead_s=3.0, tail_s=1.0) for text in ("Alexa", "okay nabu", "hey mycroft")]
    for sound, level_db in ((sound, level_db) for sound in sounds for level_db in (-120.0, -60.0, -50.0)):
        room = sound + noise(sound.size / SAMPLE_RATE, level_db)[: sound.size]
        gate, found = EnergyGate(), []
        engine.reset(NullJob())
        for at in range(0, room.size, 1600):
            found += engine.wake(gate.push(room[at : at + 1600]), NullJob())
        assert len(found) == 1, level_db


@pytest.mark.parametrize(
    "name",
    [
        "LJ001-0002.wav",
        "LJ001-0004.wav",
        "LJ001-0006.wav",
        "beckett.wav",
        "jfk.flac",
        "living_room_light_en.wav",
        "weather_question.wav",
        "office_noise.mp3",
    ],
)
def test_other_people_and_an_office_do_not(engine: ListeningEngine, name: str) -> None:
    assert heard(engine, recording(name)) == []


def test_a_word_of_ones_own_is_taken_from_its_file(tmp_path: Path) -> None:
    described = json.loads((BUNDLED / "alexa.json").read_text()) | {"wake_word": "Computer, please!"}
    (tmp_path / "mine.json").write_text(json.dumps(described))
    (tmp_path / "alexa.tflite").write_bytes((BUNDLED / "alexa.tflite").read_bytes())
    mine = ListeningEngine(wake_words=(str(tmp_path / "mine.json"),))
    assert words(heard(mine, speak("Alexa", lead_s=1.0, tail_s=1.0))) == ["computer_please"]


@pytest.mark.parametrize(
    ("network", "why"),
    [
        (None, "lacks alexa.tflite"),
        (b"", "damaged"),
        (b"\0" * 5000, "damaged"),
        ((BUNDLED / "alexa.tflite").read_bytes()[:20_000], "damaged"),
    ],
)
def test_a_missing_or_damaged_network_is_told_instead_of_crashing(
    tmp_path: Path, network: bytes | None, why: str
) -> None:
    (tmp_path / "mine.json").write_bytes((BUNDLED / "alexa.json").read_bytes())
    if network is not None:
        (tmp_path / "alexa.tflite").write_bytes(network)
    with pytest.raises(BadModel, match=why):
        ListeningEngine(wake_words=(str(tmp_path / "mine.json"),))


@pytest.mark.parametrize("text", ["", "[]", '{"model": "alexa.tflite"}', '{"wake_word": "x"}', "\0\0"])
def test_a_description_that_is_none_is_told(tmp_path: Path, text: str) -> None:
    (tmp_path / "mine.json").write_text(text)
    (tmp_path / "alexa.tflite").write_bytes((BUNDLED / "alexa.tflite").read_bytes())
    with pytest.raises(BadModel, match=r"mine\.json does not describe a wake word model"):
        ListeningEngine(wake_words=(str(tmp_path / "mine.json"),))


def test_words_that_there_are_not_are_told(tmp_path: Path) -> None:
    with pytest.raises(BadSetting, match="choose one of okay_nabu, hey_jarvis, hey_mycroft, alexa"):
        ListeningEngine(wake_words=("hey_computer",))
    with pytest.raises(BadModel, match="There is no wake word model"):
        ListeningEngine(wake_words=(str(tmp_path / "none.json"),))


def test_cancelling_leaves_the_engine_usable(engine: ListeningEngine) -> None:
    with pytest.raises(Cancelled):
        engine.wake(noise(30), CountingJob(cancel_at=2))
    assert words(heard(engine, speak("Alexa", lead_s=1.0, tail_s=1.0))) == ["alexa"]


def test_sound_that_is_no_sound_is_refused(engine: ListeningEngine) -> None:
    for sound in (np.zeros((2, 160), np.float32), np.full(160, np.inf, np.float32), np.zeros(160, np.int16)):
        with pytest.raises(BadInput):
            engine.wake(sound, NullJob())


def test_speech_has_a_high_probability_and_noise_a_low_one(engine: ListeningEngine) -> None:
    engine.reset(NullJob())
    quiet = engine.speech_probability(noise(2, -50), NullJob())
    assert len(quiet) == 2 * SAMPLE_RATE // 512
    assert np.median(quiet) < 0.1
    engine.reset(NullJob())
    spoken = engine.speech_probability(recording("jfk.flac"), NullJob())
    assert np.mean(np.array(spoken) > 0.5) > 0.5


@pytest.mark.parametrize("piece", [100, 512, 5000])
def test_probabilities_of_speech_do_not_depend_on_the_pieces(engine: ListeningEngine, piece: int) -> None:
    sound = speak("What is the weather today?")
    engine.reset(NullJob())
    whole = engine.speech_probability(sound, NullJob())
    engine.reset(NullJob())
    cut = (sound[at : at + piece] for at in range(0, sound.size, piece))
    pieces = [probability for one in cut for probability in engine.speech_probability(one, NullJob())]
    assert pieces == pytest.approx(whole, abs=1e-4)
    assert max(whole) > 0.5


def test_silence_is_kept_from_nothing_by_its_length(engine: ListeningEngine) -> None:
    sound = silence(60.0, speak("Alexa"), 1.0)
    (wake,) = heard(engine, sound, 16_000)
    assert wake.at_s == pytest.approx(end_s(sound), abs=0.15)
