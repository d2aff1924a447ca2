"""The makers of the tiny Whisper's clips: labelled with what is heard, and the same for the same seed."""

from __future__ import annotations

import random
from pathlib import Path

import numpy as np
import pytest

from app.bench.corpus import sentences
from app.engines.hearing.base import SAMPLE_RATE
from app.engines.job import NullJob
from app.engines.voice.base import SpeakRequest
from app.engines.voice.espeak import EspeakEngine
from tests.engines.sounds import words
from tests.makers.tiny_whisper import targets
from tests.makers.tiny_whisper.clips import Clip, Piece, Plan, Studio, any_voice, training_plan
from tests.makers.tiny_whisper.speech import TRAINED_VOICES, UNSEEN_VOICES, Speaker
from tests.makers.tiny_whisper.tokens import Tokens

SENTENCE = "What is the capital of France, and how many people live there?"


def clip(plan: Plan, seed: int = 1) -> Clip:
    return Studio(seed).clip(plan, any_voice(random.Random(seed), TRAINED_VOICES))


def test_the_same_seed_gives_the_same_clip() -> None:
    """Not to the sample: espeak-ng carries something on from text to text."""
    first, again, other = clip(Plan((SENTENCE,))), clip(Plan((SENTENCE,))), clip(Plan((SENTENCE,)), 2)
    assert first.text == again.text
    assert first.pieces[0].start_s == again.pieces[0].start_s
    assert first.samples.size == pytest.approx(again.samples.size, rel=0.01)
    assert first.samples.size != pytest.approx(other.samples.size, rel=0.01)


def test_words_begin_where_the_library_says() -> None:
    said = Speaker().say("Yes, stop.", "en-us")
    pause = said.samples[said.starts[1] - SAMPLE_RATE // 20 : said.starts[1]]
    assert said.starts[0] == 0
    assert np.abs(pause).max() < 0.05 < np.abs(said.samples).max()
    starts = Speaker().say(SENTENCE, "en-gb+f2").starts
    assert list(starts) == sorted(set(starts))
    assert len(starts) == len(SENTENCE.split())


def test_a_slower_voice_takes_longer() -> None:
    slow, fast = (Speaker().say(SENTENCE, "en-us", wpm=wpm).samples.size for wpm in (130, 215))
    assert slow > 1.3 * fast


def test_the_projects_own_voice_still_sounds_after_a_speaker() -> None:
    Speaker().say("Hello.", "en-us")
    chunks = list(EspeakEngine().speak(SpeakRequest(text="Hello."), NullJob()))
    assert sum(chunk.samples.size for chunk in chunks) > 1000


@pytest.mark.parametrize("seed", range(12))
def test_what_is_cut_off_is_labelled_with_whole_words_and_no_full_stop(seed: int) -> None:
    whole, cut = clip(Plan((SENTENCE,)), seed), clip(Plan((SENTENCE,), cut=True), seed)
    count = len(words(cut.text))
    assert 1 <= count < len(words(SENTENCE))
    assert words(cut.text) == words(SENTENCE)[:count]
    assert cut.text[-1].isalpha()
    assert cut.samples.size < whole.samples.size


def test_sentences_are_labelled_each_with_its_place() -> None:
    made = clip(Plan(("Stop.", "Go on."), between_s=(0.5, 0.5)))
    first, second = made.pieces
    assert made.text == "Stop. Go on."
    assert second.start_s - first.end_s == pytest.approx(0.5, abs=0.01)
    assert second.end_s <= made.samples.size / SAMPLE_RATE


def test_a_clip_without_speech_has_no_words() -> None:
    made = Studio(3).without_speech()
    assert (made.text, made.phonemes) == ("", "")


def test_unseen_voices_are_unseen() -> None:
    assert not set(TRAINED_VOICES) & set(UNSEEN_VOICES)


def test_training_never_sees_a_held_out_sentence() -> None:
    rng = random.Random(4)
    plans = [plan for _ in range(3000) if (plan := training_plan(rng))]
    trained = {sentences.strip(marked) for plan in plans for marked in plan.marked}
    # Salad may hit upon "13 hours."; nothing longer comes about by chance.
    judged = {text for text in sentences.sentences(1500, 5, part="held_out") if len(text.split()) > 2}
    assert not trained & judged


def test_a_prompt_is_given_and_never_a_target(tiny_whisper: Path) -> None:
    tokens = Tokens.load(tiny_whisper / "tokenizer.json")
    rng = random.Random(1)
    made = [targets.sequence([Piece("Stop.", 0.1, 0.6)], tokens, rng, prompted=True) for _ in range(60)]
    prompted = [target for target in made if target.ids[0] == tokens.previous]
    assert 30 < len(prompted) < 60
    for target in prompted:
        assert target.ids[target.known - 1] == tokens.start
        assert target.ids[target.known :][-1] == tokens.end
        assert set(tokens.ids("Stop.")) <= set(target.ids[target.known :])
