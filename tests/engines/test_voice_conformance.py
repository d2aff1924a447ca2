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
from tests.engines.voices import joined, level_db, onsets, say
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
    assert len(chunks) == 2
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


def test_a_clause_is_made_in_one_piece(engine: VoiceEngine) -> None:
    """Clauses come from the assistant; commas inside them are the voice's."""
    clause = "and so it went on, for a while, with this, that, and the other,"
    assert [chunk.text for chunk in say(engine, clause)[0]] == [clause]


def test_chunks_tell_when_their_words_sound(engine: VoiceEngine) -> None:
    (chunk,) = say(engine, "It **weighs** 3.5 kg — so they say, see [this page](http://a.com).")[0]
    assert [word.text for word in chunk.words] == chunk.text.split()
    assert chunk.spoken == "It weighs three point five kilograms — so they say, see this page."
    times = [instant for word in chunk.words for instant in (word.start_s, word.end_s)]
    assert times == sorted(times)
    assert 0 <= times[0] < 0.03
    assert times[-1] <= chunk.samples.size / chunk.sample_rate
    by_text = {word.text: word.end_s - word.start_s for word in chunk.words}
    assert by_text["3.5"] > 2 * by_text["It"]


def test_word_times_agree_with_the_sound(engine: VoiceEngine) -> None:
    """Words with a pause before each begin where the sound does: exactly for espeak-ng, by shares for Piper."""
    (chunk,) = say(engine, "Moon, noon, lamp, rain, arm, eel, moon.")[0]
    heard = onsets(chunk.samples, chunk.sample_rate)
    assert len(heard) == len(chunk.words) == 7
    apart = [abs(word.start_s - at_s) for word, at_s in zip(chunk.words, heard, strict=True)]
    assert max(apart) < (0.02 if engine.info(NullJob()).engine == "espeak" else 0.15)


def test_a_chunk_begins_with_sound_and_ends_with_its_pause(engine: VoiceEngine) -> None:
    """The pauses of `sound.py` from the last sound of one chunk to the first of the next, and no gap within 5 ms."""
    for text, pause_s in (("Here we are, my friend,", 0.15), ("Here we are, my friend.", 0.3), ("My list", 0.3)):
        (chunk,) = say(engine, text)[0]
        audible = np.flatnonzero(np.abs(chunk.samples) > 0.005)
        assert audible[0] / chunk.sample_rate < 0.012
        assert (chunk.samples.size - audible[-1]) / chunk.sample_rate == pytest.approx(pause_s, abs=0.03)


def test_seams_do_not_click(engine: VoiceEngine) -> None:
    for chunk in say(engine, "Ah, one thing. Oh, and another one.")[0]:
        assert abs(chunk.samples[0]) < 1e-3
        assert abs(chunk.samples[-1]) < 1e-3


def test_pauses_shorten_with_the_rate(engine: VoiceEngine) -> None:
    (chunk,) = say(engine, "Here we are, my friend.", rate=2)[0]
    last = np.flatnonzero(np.abs(chunk.samples) > 0.005)[-1]
    assert (chunk.samples.size - last) / chunk.sample_rate == pytest.approx(0.15, abs=0.03)


def test_code_is_announced_once_and_not_read(engine: VoiceEngine) -> None:
    chunks, _ = say(engine, "Here you are:\n\n```python\nprint('so long')\n```\n\nRun it now.")
    assert [(chunk.text, chunk.spoken) for chunk in chunks] == [
        ("Here you are:", "Here you are:"),
        ("```python", "There is code in the window."),
        ("print('so long')\n```", ""),
        ("Run it now.", "Run it now."),
    ]
    assert chunks[2].samples.size == 0


def test_the_rest_of_a_block_of_code_is_silent_by_itself_too(engine: VoiceEngine) -> None:
    (chunk,), spoken = say(engine, "print('so long')\n```")
    assert (chunk.spoken, chunk.samples.size, spoken.audio_s) == ("", 0, 0)


def test_rows_of_a_table_are_sentences(engine: VoiceEngine) -> None:
    table = "| Name | Age | Town |\n|---|:-:|---|\n| Anna | 3 | Rome |\n| **Bob** | 4 | Bonn |"
    chunks, _ = say(engine, table)
    assert [chunk.spoken for chunk in chunks] == ["Anna: Age three, Town Rome.", "Bob: Age four, Town Bonn."]
    assert "\n".join(chunk.text for chunk in chunks) == table
    assert chunks[1].words[1].text == "**Bob**"
    assert chunks[1].words[1].end_s - chunks[1].words[1].start_s > 0.1


def test_emoji_alone_are_named(engine: VoiceEngine) -> None:
    assert [chunk.spoken for chunk in say(engine, "👍")[0]] == ["thumbs up"]


def test_the_first_clause_comes_before_the_rest_is_made(engine: VoiceEngine) -> None:
    job = CountingJob()
    stream = engine.speak(SpeakRequest(text=TEXT * 20), job)
    next(stream)
    begun = job.checkpoints
    list(stream)
    assert begun <= 2
    assert job.checkpoints >= 20


@pytest.mark.parametrize("text", ["", "   ", "...", "\0\n\t", "---", "\ud800", "—", "?!"])
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
    assert len(say(engine, TEXT)[0]) == 2
