"""Guessing the language of a text among those that have a voice."""

import pytest

from app.engines.voice.languages import AnswerLanguage, guess_language

ALL = ("en", "de", "fr", "es", "it")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Die Hauptstadt von Frankreich ist Paris.", "de"),
        ("Ich weiß es leider nicht, aber ich kann nachsehen.", "de"),
        ("La capitale de la France est Paris.", "fr"),
        ("No lo sé, pero puedo buscarlo para usted.", "es"),
        ("Non lo so, ma è una bella domanda.", "it"),
        ("The capital of France is Paris.", None),
        ("You die in the end, and so do I.", None),
        ("Paris.", None),
        ("", None),
        ("42", None),
        ("The German for bread is das Brot, and der Tisch is the table.", None),
        ("Столица Франции - Париж.", None),
    ],
)
def test_guess(text: str, expected: str | None) -> None:
    assert guess_language(text, ALL) == expected


def test_only_languages_that_have_a_voice() -> None:
    assert guess_language("Die Hauptstadt von Frankreich ist Paris.", ("en", "fr")) is None
    assert guess_language("Столица Франции", (*ALL, "ru")) == "ru"
    assert guess_language("今日は天気がいい", ("ja", "cmn")) == "ja"
    assert guess_language("The capital of France is Paris.", ALL, expected="de") == "en"


def test_an_answer_keeps_its_language() -> None:
    answer = AnswerLanguage(ALL)
    assert [answer.add(clause) for clause in ("Paris,", "das ist die Hauptstadt.", "The end of the line.")] == [
        None,
        "de",
        "de",
    ]
