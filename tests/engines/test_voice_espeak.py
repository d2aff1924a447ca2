"""What espeak-ng does beyond what every voice does (see test_voice_conformance)."""

import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import espeakng_loader
import numpy as np
import pytest

from app.engines.job import NullJob
from app.engines.voice.base import SpeakRequest, Spoken
from app.engines.voice.espeak import EspeakEngine
from app.errors import BadInput, BadModel
from tests.engines.jobs import PausedJob
from tests.engines.voices import joined, say


@pytest.fixture(scope="module")
def engine() -> Iterator[EspeakEngine]:
    engine = EspeakEngine()
    yield engine
    engine.close()


@pytest.mark.parametrize("voice", ["en-us", "EN-GB", "en_gb", "de", "fr", "en-us+f3", "en"])
def test_voices_by_language_code(engine: EspeakEngine, voice: str) -> None:
    chunks, spoken = say(engine, "Hello there.", voice=voice)
    assert joined(chunks).size
    assert spoken.voice.split("+")[0] in engine.info(NullJob()).voices


def test_languages_sound_different(engine: EspeakEngine) -> None:
    lengths = {say(engine, "Die Sonne scheint hier.", voice=voice)[1].audio_s for voice in ("de", "en-us", "fr-fr")}
    assert len(lengths) == 3


@pytest.mark.parametrize("voice", ["xx", "en-us+nobody", "../en", "en-us+../../lang/gmw/de"])
def test_an_unknown_voice_is_bad_input(engine: EspeakEngine, voice: str) -> None:
    with pytest.raises(BadInput, match="no voice"):
        say(engine, "Hello", voice=voice)


def test_an_unknown_default_voice_is_bad_input() -> None:
    with pytest.raises(BadInput, match="no voice"):
        EspeakEngine(voice="klingonese")


def test_rate_is_words_per_minute(engine: EspeakEngine) -> None:
    text = "one two three four five six seven eight nine ten eleven twelve"
    normal, double, crawling, slowest = (say(engine, text, rate=rate)[1].audio_s for rate in (1.0, 2.0, 0.25, 80 / 175))
    assert 0.4 < double / normal < 0.6
    assert crawling == pytest.approx(slowest, rel=0.02)


def test_markup_is_text(engine: EspeakEngine) -> None:
    """SSML would swallow the tag and raise the pitch; phoneme input would swallow the brackets."""

    def length(text: str) -> int:
        sounds: list[bytes] = []
        engine._library.synthesise(text, lambda sound: not sounds.append(sound))
        return len(b"".join(sounds))

    assert length("<speak>word</speak>") > 1.5 * length("word")
    assert length("[[h@l]]") > 1.5 * length("hull")


def test_a_pause_stops_it_within_the_clause_and_it_says_the_clause_anew(engine: EspeakEngine) -> None:
    job = PausedJob()
    stream = engine.speak(SpeakRequest(text="A clause that is long enough. And the one after it."), job)
    first = next(stream)
    job.pause()
    second = next(stream)
    assert job.pauses == 1
    assert second.text == "And the one after it."
    undisturbed, _ = say(engine, "A clause that is long enough. And the one after it.")
    assert second.samples.size == pytest.approx(undisturbed[1].samples.size, rel=0.02)
    assert first.samples.size == pytest.approx(undisturbed[0].samples.size, rel=0.02)


def test_the_flag_stops_a_running_synthesis(engine: EspeakEngine) -> None:
    """The longest clause there is, cancelled by another thread: it must not be synthesised to its end."""
    job, sizes = PausedJob(), []

    def sink(sound: bytes) -> bool:
        sizes.append(len(sound))
        if len(sizes) == 3:
            thread = threading.Thread(target=job.pause)
            thread.start()
            thread.join()
        return not job._flag.value

    engine._library.synthesise("a very long clause " * 12, sink)
    assert len(sizes) == 3


def test_an_exception_in_the_callback_is_raised_outside(engine: EspeakEngine) -> None:
    def sink(_: bytes) -> bool:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        engine._library.synthesise("hello", sink)
    assert joined(say(engine, "Hello.")[0]).size


def test_two_streams_do_not_change_each_others_voice(engine: EspeakEngine) -> None:
    text = "The first clause is here. And the second is here."
    alone, _ = say(engine, text, voice="en-us")
    slow = engine.speak(SpeakRequest(text=text, voice="en-us"), NullJob())
    next(slow)
    say(engine, text, voice="de", rate=3)
    assert next(slow).samples.size == pytest.approx(alone[1].samples.size, rel=0.02)


@pytest.mark.parametrize("missing", ["phontab", "phondata", "lang"])
def test_missing_data_is_a_bad_model_and_not_the_end_of_the_process(tmp_path: Path, missing: str) -> None:
    data = tmp_path / "espeak-ng-data"
    shutil.copytree(espeakng_loader.get_data_path(), data, ignore=shutil.ignore_patterns(missing, "*_dict"))
    with pytest.raises(BadModel, match=missing):
        EspeakEngine(data=str(data))
    with pytest.raises(BadModel, match="phontab"):
        EspeakEngine(data=str(tmp_path / "nowhere"))


def test_a_long_data_path_works(tmp_path: Path) -> None:
    """The library would cut it off at 160 bytes and then end the process."""
    data = tmp_path / ("x" * 100) / ("y" * 60) / "espeak-ng-data"
    shutil.copytree(espeakng_loader.get_data_path(), data, ignore=lambda _, names: [n for n in names if n in _BULKY])
    program = (
        "import sys; from app.engines.voice.espeak import EspeakEngine; from tests.engines.voices import say;"
        "print(say(EspeakEngine(data=sys.argv[1]), 'Hello.')[1].audio_s > 0.2)"
    )
    done = subprocess.run([sys.executable, "-c", program, str(data)], capture_output=True, text=True, timeout=120)
    assert done.stdout.strip() == "True", done.stderr


def test_a_text_is_spoken_by_a_voice_of_its_language(engine: EspeakEngine) -> None:
    def voice(text: str, **how: str) -> str:
        return list_spoken(engine, SpeakRequest(text=text, **how)).voice

    german, english = "Die Hauptstadt von Frankreich ist Paris.", "The capital of France is Paris."
    assert (voice(german), voice(english)) == ("de", "en-us")
    assert voice("Paris.") == "en-us"
    assert voice(english, language="de") == "de"
    assert voice(english, language="pl") == "pl"
    assert voice(german, voice="en-gb") == "en-gb"
    assert voice(german, language="xx") == "en-us"
    chosen = EspeakEngine(voice="en-gb", voices={"de": "de+f3"})
    assert list_spoken(chosen, SpeakRequest(text=german)).voice == "de+f3"
    assert list_spoken(chosen, SpeakRequest(text="La capitale de la France est Paris.")).voice == "en-gb"


def test_numbers_are_said_in_the_language_of_the_voice(engine: EspeakEngine) -> None:
    assert say(engine, "3,5 km", voice="de")[0][0].spoken == "drei Komma fünf Kilometer"
    assert say(engine, "3/4/2026", voice="en-gb")[0][0].spoken == "third of April, twenty twenty-six"
    assert say(engine, "3.5 km", voice="pl")[0][0].spoken == "3.5 km"


def test_a_voice_of_a_language_that_does_not_exist_is_bad_input() -> None:
    with pytest.raises(BadInput, match="no voice"):
        EspeakEngine(voices={"de": "klingonese"})


def list_spoken(engine: EspeakEngine, request: SpeakRequest) -> Spoken:
    stream = engine.speak(request, NullJob())
    while True:
        try:
            next(stream)
        except StopIteration as end:
            return end.value


def test_silence_before_the_first_sound_is_short(engine: EspeakEngine) -> None:
    for text in ("Hello there, friend.", "So it is.", "Be quick.", "What now?"):
        samples = joined(say(engine, text)[0])
        assert np.flatnonzero(np.abs(samples) > 0.01)[0] / 22_050 < 0.05


_BULKY = {"ru_dict", "cmn_dict", "yue_dict", "lb_dict", "it_dict", "mbrola_ph"}
