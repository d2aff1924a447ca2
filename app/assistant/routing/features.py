"""An utterance as numbers, alike for what was typed and for what was heard: hashed n-grams and a few plain counts.

Words and pairs of words tell what is wanted, groups of letters inside words what a recogniser or a typist meant (as in
fastText, Joulin et al. 2016: hashed, so there is no vocabulary to keep). Pure Python; no library is loaded.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from zlib import crc32

COLUMNS = 1 << 14
"""Of the hashed n-grams. The plain counts come after them."""

PLAIN = ("length", "numbers", "code marks", "foreign letters", "no words")

FIRST_WORDS, LAST_WORDS = 30, 12
"""What counts of a long text: people say what they want before what they paste, or after it. This also bounds the time."""

FIRST_CHARACTERS, LAST_CHARACTERS = 600, 240

LETTERS = (3, 4)
"""Lengths of the groups of letters."""

WORD_WEIGHT, PAIR_WEIGHT, LETTERS_WEIGHT = 1.0, 1.0, 0.5

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
    columns = [crc32(gram.encode("utf-8", "replace")) % COLUMNS for gram in _words(words)]
    values = [WORD_WEIGHT] * len(words) + [PAIR_WEIGHT] * (len(words) + 1)
    grams = [crc32(gram.encode("utf-8", "replace")) % COLUMNS for gram in _letters(words)]
    columns += grams
    values += [LETTERS_WEIGHT] * len(grams)
    norm = math.sqrt(sum(value * value for value in values))
    plain = _plain(text, words, length)
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


def _words(words: list[str]) -> Iterator[str]:
    yield from words
    for pair in zip(["<", *words], [*words, ">"], strict=True):
        yield " ".join(pair)


def _letters(words: list[str]) -> Iterator[str]:
    for word in words:
        if word != _NUMBER:
            marked = f"_{word[:20]}_"
            for size in LETTERS:
                for start in range(len(marked) - size + 1):
                    yield f"*{marked[start : start + size]}"


def _plain(text: str, words: list[str], length: int) -> tuple[float, ...]:
    """The counts of `PLAIN`, about 0 to 1 each."""
    return (
        math.log1p(length) / 10,
        min(words.count(_NUMBER), 4) / 4,
        min(len(_CODE.findall(text)), 4) / 4,
        sum(not character.isascii() for character in text) / max(len(text), 1),
        float(not words),
    )
