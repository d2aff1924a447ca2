"""An utterance as numbers, alike for what was typed and for what was heard: hashed n-grams and a few plain counts.

Words and pairs of words tell what is wanted, groups of letters inside words what a recogniser or a typist meant (as in
fastText, Joulin et al. 2016: hashed, so there is no vocabulary to keep). Pure Python; no library is loaded.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from zlib import crc32

from app.assistant.routing.lexicon import kind_of

COLUMNS = 1 << 14
"""Of the hashed n-grams. The plain counts come after them."""

PLAIN = ("length", "numbers", "code marks", "foreign letters", "no words", "little words")

FIRST_WORDS, LAST_WORDS = 30, 12
"""What counts of a long text: people say what they want before what they paste, or after it. It bounds the time."""

FIRST_CHARACTERS, LAST_CHARACTERS = 600, 240

LETTERS = (3, 4, 5, 6)
"""Lengths of the groups of letters."""

WORD_WEIGHT, PAIR_WEIGHT, LETTERS_WEIGHT, KIND_WEIGHT, KIND_PAIR_WEIGHT = 1.0, 1.0, 0.5, 2.0, 0.7
"""Chosen, like `LETTERS`, by cross-validation over groups of the phrases `train`: 84 % of them find their role in
groups left out, 74 % without the kinds, 68 % (of fewer phrases) with words and their pairs alone."""

_WORD = re.compile(r"\d+(?:[.,:]\d+)*|[^\W\d_]+(?:['’][^\W\d_]+)?")
_CODE = re.compile(r"[{}\[\]()<>=;_#$|\\^*`]")
_FIGURES = frozenset(
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen "
    "eighteen nineteen twenty thirty forty fifty sixty seventy eighty ninety hundred thousand million".split()
)
_NUMBER = "0"


def features(text: str) -> tuple[list[int], list[float]]:
    """Columns and their values. A column may come twice; values then add up."""
    text, length = window(text)
    words = [_NUMBER if word[0].isdigit() or word in _FIGURES else word for word in _WORD.findall(text.casefold())]
    words = _shortened(words)
    kinds = [kind_of(word) for word in words]
    families = (
        (WORD_WEIGHT, words),
        (PAIR_WEIGHT, _pairs(words, " ")),
        (KIND_WEIGHT, [f"~{kind}" for kind in kinds if kind]),
        (KIND_PAIR_WEIGHT, _pairs([kind or "" for kind in kinds], "~")),
        (LETTERS_WEIGHT, [*_letters(words)]),
    )
    columns, values = [], []
    for weight, grams in families:
        columns += [crc32(gram.encode("utf-8", "replace")) % COLUMNS for gram in grams]
        values += [weight] * len(grams)
    norm = math.sqrt(sum(value * value for value in values)) or 1.0
    plain = _plain(text, words, kinds.count("english"), length)
    return (
        [*columns, *range(COLUMNS, COLUMNS + len(PLAIN))],
        [*(value / norm for value in values), *plain],
    )


def window(text: str) -> tuple[str, int]:
    """The beginning and the end of a long text, and how many characters there were."""
    if len(text) <= FIRST_CHARACTERS + LAST_CHARACTERS:
        return text, len(text)
    return f"{text[:FIRST_CHARACTERS]} {text[-LAST_CHARACTERS:]}", len(text)


def _shortened(words: list[str]) -> list[str]:
    """Numbers in a row are one; of many words only the first and the last."""
    kept = [word for place, word in enumerate(words) if word != _NUMBER or place == 0 or words[place - 1] != _NUMBER]
    return kept if len(kept) <= FIRST_WORDS + LAST_WORDS else [*kept[:FIRST_WORDS], *kept[-LAST_WORDS:]]


def _pairs(words: list[str], between: str) -> list[str]:
    return [between.join(pair) for pair in zip(["<", *words], [*words, ">"], strict=True)]


def _letters(words: list[str]) -> Iterator[str]:
    for word in words:
        if word != _NUMBER:
            marked = f"_{word[:20]}_"
            for size in LETTERS:
                for start in range(len(marked) - size + 1):
                    yield f"*{marked[start : start + size]}"


def _plain(text: str, words: list[str], little: int, length: int) -> tuple[float, ...]:
    """The counts of `PLAIN`, about 0 to 1 each."""
    return (
        math.log1p(length) / 10,
        min(words.count(_NUMBER), 4) / 4,
        min(len(_CODE.findall(text)), 4) / 4,
        sum(not character.isascii() for character in text) / max(len(text), 1),
        float(not words),
        little / max(len(words), 1),
    )
