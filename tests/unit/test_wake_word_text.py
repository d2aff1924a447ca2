"""The wake word at the start of a transcript: gone, and nothing else."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.assistant.wake_word import spoken, without_wake_word


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("Hey Jarvis, what's the time?", "What's the time?"),
        ("hey jarvis what is the weather", "what is the weather"),
        ("Hey, Jarvis! Stop.", "Stop."),
        ("hay jervis tell me a joke", "tell me a joke"),
        ("A Jarvis, what now?", "What now?"),
        ("Jarvis, stop.", "Stop."),
        ("vis what's up", "what's up"),
        ("Hey Jarvis.", ""),
        ("“Hey Jarvis” — are you there?", "Are you there?"),
    ],
)
def test_the_word_and_what_is_left_of_it_go(text: str, left: str) -> None:
    assert without_wake_word(text, ["hey_jarvis"]) == left


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("Is it raining?", "hey_jarvis"),
        ("Who is Jarvis?", "hey_jarvis"),
        ("Hey Jude is a song by whom?", "hey_jarvis"),
        ("Hey service, open", "hey_jarvis"),
        ("Hey, what is this?", "hey_jarvis"),
        ("A", "alexa"),
        ("Alexander the Great was born when?", "alexa"),
        ("Okay, what is new?", "okay_nabu"),
        ("Okay now who is he?", "okay_nabu"),
        ("My craft is old", "hey_mycroft"),
        ("", "alexa"),
        ("...", "alexa"),
    ],
)
def test_what_may_belong_to_the_question_stays(text: str, word: str) -> None:
    assert without_wake_word(text, [word]) == text


def test_any_of_several_words_goes() -> None:
    assert without_wake_word("Alexa, stop", ["hey_jarvis", "alexa"]) == "Stop"
    assert without_wake_word("Hey Jarvis, stop", []) == "Hey Jarvis, stop"


def test_a_word_is_said_as_its_name_or_its_file_says() -> None:
    assert spoken("hey_jarvis") == "hey jarvis"
    assert spoken("~/words/Hey Computer.json") == "hey computer"
    assert without_wake_word("Hey computer, lights", ["~/words/hey_computer.json"]) == "Lights"


@given(rest=st.text(st.characters(codec="utf-8"), max_size=60))
def test_what_is_said_after_the_word_is_kept_to_the_letter(rest: str) -> None:
    said = "what is " + rest
    assert without_wake_word("hey jarvis " + said, ["hey_jarvis"]) == said
    assert said.endswith(without_wake_word(said, ["hey_jarvis"]))
