"""The grammar of spoken sentences: seeded, closed over its vocabulary, and split without overlap."""

from __future__ import annotations

import json
import random
import re
import subprocess
import sys
from pathlib import Path

import pytest

from app.bench.corpus import sentences
from app.bench.corpus.sentences import FIXED, KINDS, VOCABULARY, Kind

QUESTIONS = Path(__file__).resolve().parents[2] / "resources" / "questions" / "everyday.jsonl"


def words(text: str) -> list[str]:
    return [word.strip(".,?:").lower() for word in text.split()]


def known(word: str) -> bool:
    return word in {entry.lower() for entry in VOCABULARY} or re.fullmatch(r"1?\d:(15|30|45)", word) is not None


def test_the_same_seed_gives_the_same_sentences() -> None:
    assert sentences.sentences(200, 5) == sentences.sentences(200, 5)
    assert sentences.sentences(200, 5) != sentences.sentences(200, 6)


@pytest.mark.parametrize("kind", KINDS)
def test_sentences_are_written_as_sentences_and_differ(kind: Kind) -> None:
    said = sentences.sentences(60, 1, kind)
    assert len(set(said)) == 60
    for sentence in said:
        assert re.fullmatch(r"[A-Z0-9][A-Za-z0-9,:' -]*[.?]", sentence), sentence


def test_every_word_is_in_the_vocabulary() -> None:
    said = sentences.sentences(2000, 2)
    assert [word for sentence in said for word in words(sentence) if not known(word)] == []
    assert 450 <= len(VOCABULARY) <= 650
    assert len(set(VOCABULARY)) == len(VOCABULARY)


def test_most_everyday_questions_can_be_said_with_these_words() -> None:
    lines = QUESTIONS.read_text("utf-8").splitlines()
    questions = [str(json.loads(line)["question"]) for line in lines]
    assert sum(all(known(word) for word in words(question)) for question in questions) > 0.8 * len(questions)


def test_no_sentence_is_both_trained_with_and_held_out() -> None:
    trained = set(sentences.sentences(3000, 3, part="train"))
    judged = set(sentences.sentences(500, 4, part="held_out"))
    assert not trained & judged
    assert not judged & FIXED
    assert all(sentences.is_held_out(sentence) for sentence in judged)
    assert {"Stop.", "Yes.", "Okay."} <= FIXED


def test_a_two_part_question_has_two_parts() -> None:
    for sentence in sentences.two_part(40, 1):
        first, _, second = sentence.rpartition(", ")
        assert len(first.split()) >= 2, sentence
        assert len(second.split()) >= 4, sentence


def test_a_pause_stands_between_two_words() -> None:
    for paused in sentences.with_pause(200, 1):
        assert 1 <= paused.word < len(paused.sentence.split())
        assert paused.sentence.startswith(paused.before + " ")
        assert sentences.PAUSE not in paused.sentence


def test_salad_has_no_words_that_only_a_sentence_could_tell() -> None:
    rng = random.Random(1)
    said = {word for _ in range(500) for word in words(sentences.salad(rng))}
    assert not said & {"two", "to", "too", "for", "one", "sea", "our"}
    assert all(known(word) for word in said)


def test_times_of_day_are_spoken_as_two_numbers() -> None:
    assert sentences.spoken("Wake me up at 7:30 tomorrow.") == "Wake me up at 7 30 tomorrow."


def test_the_grammar_loads_nothing_native() -> None:
    code = "import sys, app.bench.corpus.sentences; print({'numpy', 'espeakng_loader', 'soxr'} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set()"
