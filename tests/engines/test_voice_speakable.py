"""Text made speakable: what is said for what is written, and what holds for any text."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.engines.voice.speakable import speakable
from tests.engines.speakable_cases import CASES

LANGUAGES = ("en", "de", "fr", "es", "it")
MARKUP = set("*_`#|~^<>[]{}\\")

prose = st.lists(
    st.sampled_from(["the", "cat", "sat", "on", "a", "mat", "however", "nobody", "came", "I'm", "here"]), min_size=1
)
marked = st.text(alphabet=st.sampled_from("ab 12.,:/-–*_`#|~<>[](){}\\$€%&@!+=^\n°²'\"½😀→https://x.de"), max_size=80)


@pytest.mark.parametrize(("language", "written", "said"), CASES)
def test_what_is_said(language: str, written: str, said: str) -> None:
    assert speakable(written, language).text == said


def test_there_are_cases_enough() -> None:
    assert len(CASES) >= 120
    assert len(set(CASES)) == len(CASES)


def test_british_dates_have_the_day_first() -> None:
    assert speakable("3/4/2026", "en-gb").text == "third of April, twenty twenty-six"


@given(st.text(max_size=120), st.sampled_from([*LANGUAGES, "pl", None]))
def test_any_text_can_be_said(text: str, language: str | None) -> None:
    said = speakable(text, language)
    assert not MARKUP & set(said.text)
    assert "\n" not in said.text
    said.text.encode("utf-8")
    assert len(said.origins) == len(said.text)


@given(marked, st.sampled_from(LANGUAGES))
def test_no_figure_and_no_markup_is_left(text: str, language: str) -> None:
    said = speakable(text, language)
    assert not (MARKUP | set("0123456789")) & set(said.text)
    assert list(said.origins) == sorted(said.origins)
    assert all(0 <= origin <= len(text) for origin in said.origins)


@given(prose)
def test_plain_prose_stays_as_it_is(words: list[str]) -> None:
    text = " ".join(words) + "."
    assert speakable(text, "en").text == text


@given(marked, st.sampled_from(LANGUAGES))
def test_what_is_said_is_speakable_already(text: str, language: str) -> None:
    once = speakable(text, language).text
    assert not MARKUP & set(speakable(once, language).text)


@given(
    prose,
    st.sampled_from(["**{}**", "- {}", "# {}", "*{}", "> {}", "`{}`", "{} [x](http://a.com)", "{} 5 km", "{} 😀"]),
)
def test_no_word_is_lost(words: list[str], markup: str) -> None:
    said = speakable(markup.format(" ".join(words)), "en").text
    assert said.split()[: len(words)] == words


@pytest.mark.parametrize(
    "text", ["a" * 240, "1" * 240, "*" * 240, "[" * 240, "1.1" * 80, "1-" * 120, "$" * 240, "`a" * 120]
)
def test_hostile_clauses_take_no_time(text: str) -> None:
    speakable("1", "en")
    start = time.process_time()
    speakable(text, "en")
    assert time.process_time() - start < 0.5


def test_words_can_be_found_again() -> None:
    written = "It **weighs** 3.5 kg, [I think](http://a.com)."
    said = speakable(written, "en")
    assert said.text == "It weighs three point five kilograms, I think."
    start, end = said.place(written.index("**w"), written.index(" 3.5"))
    assert said.text[start:end] == "weighs"
    start, end = said.place(written.index("3.5"), written.index(", ["))
    assert said.text[start:end] == "three point five kilograms"
