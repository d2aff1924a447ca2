"""Takes the wake word from the start of a transcript, and what a recogniser may have left or made of it.

Only ever to be asked about words that were said right after a wake word was heard. Conservative: what might be a word
of the question stays.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from difflib import SequenceMatcher
from pathlib import PurePath

ALIKE = 0.75
"""How alike the letters must be (Ratcliff and Obershelp, 0..1). "hay jervis" has 0.82, "hey travis" 0.78, "alexander"
0.71 of "alexa", "hey service" 0.63 of "hey jarvis"."""

SHORTEST_REST = 3
"""Letters of a word's end that may be left of it ("vis", "exa"); shorter ones are words of their own ("is", "a")."""


def without_wake_word(text: str, words: Iterable[str]) -> str:
    """`text` without a wake word at its start; "" if it was nothing else.

    words: wake words as the settings name them ("hey_jarvis"), the one that was heard or all that there are.
    """
    for word in words:
        phrase = spoken(word).split()
        if (end := _said(text, phrase) or _rest(text, phrase)) is not None:
            left = text[end:].lstrip(' \t\n,.!?;:…-–—"”»')
            began = next((letter for letter in text if letter.isalpha()), "")
            return left[:1].upper() + left[1:] if began.isupper() else left
    return text


def spoken(word: str) -> str:
    """A wake word as it is said: "hey_jarvis" is "hey jarvis", a model's file the words of its name."""
    name = PurePath(word).stem if word.lower().endswith(".json") else word
    return re.sub(r"[\W_]+", " ", name.lower()).strip()


def _said(text: str, phrase: list[str]) -> int | None:
    """Where the first words that sound like the phrase end: as many as it has, or one more or less."""
    found = list(re.finditer(r"[\w'’]+", text))
    wanted = "".join(phrase)
    best, end = ALIKE, None
    for count in range(1, len(phrase) + 2):
        if count > len(found):
            break
        letters = re.sub(r"\W", "", "".join(match.group() for match in found[:count]).lower())
        alike = SequenceMatcher(None, letters, wanted, autojunk=False).ratio()
        if alike >= best:
            best, end = alike, found[count - 1].end()
    return end


def _rest(text: str, phrase: list[str]) -> int | None:
    """Where the phrase's own last word ends, or the end of that word, if the text begins with it."""
    first = re.match(r"\W*([\w'’]+)", text)
    if first is None or not phrase:
        return None
    heard = first.group(1).lower()
    return first.end() if len(heard) >= SHORTEST_REST and phrase[-1].endswith(heard) else None
