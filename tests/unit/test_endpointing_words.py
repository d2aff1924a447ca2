"""Do these words end an utterance? English as recognisers give it, other languages by punctuation alone."""

from __future__ import annotations

import pytest

from app.assistant.endpointing.decision import fitted
from app.assistant.endpointing.words import features


def odds(text: str, language: str | None = "en") -> float:
    found = fitted().words.log_odds(text, language)
    assert found is not None
    return found


FINISHED = (
    "what is the weather in paris",
    "turn on the light in the kitchen",
    "how many people live in tokyo",
    "set a timer for ten minutes",
    "tell me a story about a dragon",
    "thank you",
    "yes",
)
OPEN = (
    "what is the",
    "turn on the light in the kitchen and",
    "how many people",
    "set a timer for",
    "tell me a story about",
    "if it rains tomorrow",
    "when i get home from work today",
    "um",
    "i was wondering",
    "my number is five five five",
    "what is the capital of",
    "could you",
)


@pytest.mark.parametrize("text", FINISHED)
def test_finished_utterances_are_rather_complete(text: str) -> None:
    assert odds(text) > 0


@pytest.mark.parametrize("text", OPEN)
def test_open_utterances_are_rather_not(text: str) -> None:
    assert odds(text) < 0


@pytest.mark.parametrize("end", ["the", "and", "of", "because", "um", "is a", "with my"])
def test_a_word_that_demands_more_takes_certainty_away(end: str) -> None:
    for text in FINISHED[:5]:
        assert odds(f"{text} {end}") < odds(text) - 0.5


def test_a_condition_is_open_until_its_main_clause_is_said() -> None:
    assert odds("if it rains tomorrow should i take an umbrella") > odds("if it rains tomorrow") + 1
    assert features("when does the shop close")["length"] > 0  # type: ignore[index]


def test_punctuation_counts_where_there_is_some() -> None:
    question = "What is the population of Canada"
    assert odds(f"{question}?") > odds(f"{question}.") > odds(question) > odds(f"{question},")
    assert odds(f"{question}...") < odds(question)
    assert odds("Stop. And then") < odds("Stop. Go on.")


def test_a_finished_sentence_before_says_nothing_for_an_open_one() -> None:
    assert odds("Turn on the light. What is the") < 0


def test_capitals_and_apostrophes_do_not_matter() -> None:
    assert odds("what's the time") == odds("What’s the TIME")


@pytest.mark.parametrize("text", ["", "  ", "...", "?"])
def test_no_words_tell_nothing(text: str) -> None:
    assert fitted().words.log_odds(text) is None


def test_other_languages_are_judged_by_their_punctuation_alone() -> None:
    assert fitted().words.log_odds("wie ist das wetter in", "de") is None
    assert odds("Wie ist das Wetter in Berlin?", "de") > 1 > -1 > odds("Wie ist das Wetter in ...", "de")
    assert odds("turn on the", "en-GB") == odds("turn on the") == odds("turn on the", None)


def test_foreign_signs_and_endless_words_do_no_harm() -> None:
    assert fitted().words.log_odds("你好吗？", "zh") is not None
    assert odds("a" * 100_000) is not None
    assert odds("\u0000 😀 hello") is not None
