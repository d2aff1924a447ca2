"""The trained model of the tests hears what it should: its error rates on small held-out sets stay under bounds.

The full figures are in its card, tests/data/tiny-whisper/README.md; the sets are those of its makers.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from app.bench.corpus import sentences
from app.engines.hearing.base import Samples
from app.engines.hearing.whisper import WhisperEngine
from app.engines.job import NullJob
from tests.engines.sounds import silence, word_errors, words
from tests.makers.spoken import speak
from tests.makers.tiny_whisper import evaluation
from tests.makers.tiny_whisper.evaluation import Case, Score
from tests.makers.tiny_whisper.speech import Speaker

PROMPTED = ("after another sentence as prompt", "with hotwords")
MOST = {
    "trained voices": 0.05,
    "unseen voices": 0.08,
    "everyday questions": 0.08,
    "short answers, one word to four": 0.3,
    "cut right after the last word": 0.08,
    "a pause of 0.15 to 1.2 s inside": 0.08,
    "two sentences, 0.25 to 1.2 s apart": 0.2,
    "cut off inside the sentence": 0.12,
    "silence and noise": 0.0,
}
"""Word error rates, with room for the few words of these small sets."""


@pytest.fixture(scope="module")
def cases() -> list[Case]:
    return list(evaluation.cases(0.15))


@pytest.fixture(scope="module")
def scores(tiny_whisper: Path, cases: list[Case]) -> dict[str, Score]:
    hear = evaluation.engine(tiny_whisper, floor_s=2.5, margin_s=0.5)
    found = evaluation.score(hear, [case for case in cases if case.set in MOST])
    return {score.set: score for score in found}


@pytest.fixture(scope="module")
def engine(tiny_whisper: Path) -> WhisperEngine:
    return WhisperEngine(str(tiny_whisper), threads=1, floor_s=2.5, margin_s=0.5)


@pytest.mark.parametrize("name", MOST)
def test_the_word_error_rate_is_small(scores: dict[str, Score], name: str) -> None:
    assert scores[name].rate <= MOST[name], scores[name].mistakes


def test_sentences_come_with_capital_and_full_stop(scores: dict[str, Score]) -> None:
    score = scores["trained voices"]
    assert score.exact >= 0.8 * score.clips


def test_what_was_cut_off_is_not_completed(scores: dict[str, Score]) -> None:
    score = scores["cut off inside the sentence"]
    assert score.longer <= 0.34 * score.clips


@pytest.mark.parametrize("name", PROMPTED)
def test_a_prompt_does_not_wreck_the_output(tiny_whisper: Path, cases: list[Case], name: str) -> None:
    hear = evaluation.faster_whisper(tiny_whisper)
    given = [case for case in cases if case.set == name]
    assert all(case.prompt or case.hotwords for case in given)
    (told,) = evaluation.score(hear, given)
    (untold,) = evaluation.score(hear, [replace(case, prompt=None, hotwords=None) for case in given])
    assert told.errors <= untold.errors + 0.15 * told.words, told.mistakes


def test_growing_audio_gives_growing_text(engine: WhisperEngine) -> None:
    """Cut at each word's beginning, what is heard is what was said so far; the last word may be in doubt."""
    right = total = 0
    for text in ("Set a timer for 25 minutes.", "What is the capital of France?", "Wake me up at 7 on Monday."):
        said = Speaker().say(text, "en-us")
        for count in range(2, len(text.split())):
            stop = said.starts[count]
            heard = engine.transcribe(silence(0.3, said.samples[:stop], 0.1), "en", NullJob()).text
            total += 1
            right += words(heard)[: count - 1] == words(text)[: count - 1] and len(words(heard)) <= count
    assert right >= 0.9 * total


@pytest.mark.parametrize("pause_s", [0.3, 0.6, 1.0])
@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("What is the capital of France?", "What time is it?"),
        ("Tell me a joke.", "What is the capital of France?"),
        ("Set a timer for 25 minutes.", "Tell me a joke."),
    ],
)
def test_two_sentences_are_heard_as_two(engine: WhisperEngine, first: str, second: str, pause_s: float) -> None:
    sound = np.concatenate([speak(first, tail_s=pause_s), speak(second, lead_s=0)])
    heard = engine.transcribe(sound, "en", NullJob()).text
    assert heard == f"{first} {second}"


@pytest.mark.parametrize("voice", ["en-us", "en-gb", "en-us+f3", "en-us+m3"])
@pytest.mark.parametrize("word", ["Yes.", "No.", "Stop.", "Wait.", "Okay.", "Thank you."])
def test_single_words(engine: WhisperEngine, word: str, voice: str) -> None:
    assert words(engine.transcribe(speak(word, voice=voice), "en", NullJob()).text) == words(word)


def test_the_engines_own_voice_is_heard_at_every_window(tiny_whisper: Path) -> None:
    texts = sentences.sentences(6, 77, "question", "held_out")
    sounds: list[Samples] = [speak(text) for text in texts]
    for floor_s in (2.5, 5.0, 10.0, 30.0):
        engine = WhisperEngine(str(tiny_whisper), threads=1, floor_s=floor_s, margin_s=0.5)
        heard = [engine.transcribe(sound, "en", NullJob()).text for sound in sounds]
        wrong = sum(word_errors(text, got) for text, got in zip(texts, heard, strict=True))
        assert wrong <= 2, (floor_s, heard)
