"""A grammar of everyday spoken sentences: commands, questions, statements, corrections, two-part questions, answers.

One source for everything that needs known words: spoken corpora, the router's tests, and the training of the tests'
Whisper model. Pure text, seeded: the same seed gives the same sentences on every machine. No sound is made here.
"""

from __future__ import annotations

import hashlib
import math
import random
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from app.bench.corpus.templates import LISTS, NAMES, NUMBERS, TEMPLATES

Kind = Literal["command", "question", "everyday", "statement", "correction", "two_part", "short"]
Part = Literal["all", "train", "held_out"]
"""Which sentences may come: every one, those a model may be trained with, or those it may be judged by."""

PAUSE = "|"
"""Where in a template a speaker may stop to think."""
KINDS: tuple[Kind, ...] = ("command", "question", "everyday", "statement", "correction", "two_part", "short")
SHARES = (24, 20, 20, 12, 8, 8, 8)
"""How often each of `KINDS` is said, in percent."""
HELD_OUT_ONE_IN = 8
_SLOT = re.compile(r"\{(\w+)\}")
_WORD = re.compile(r"[A-Za-z0-9][A-Za-z0-9:'-]*")
_PATIENCE = 200


@dataclass(frozen=True, slots=True)
class Paused:
    """A sentence, and before which of its words (0 is the first) a speaker may stop to think."""

    sentence: str
    word: int

    @property
    def before(self) -> str:
        """What is said before the pause."""
        return " ".join(self.sentence.split()[: self.word])


def sentences(count: int, seed: int, kind: Kind | None = None, part: Part = "all") -> list[str]:
    """`count` sentences as they are written, with capital and full stop; different ones as long as there are any."""
    return [strip(marked) for marked in _distinct(count, seed, kind, part)]


def two_part(count: int, seed: int, part: Part = "all") -> list[str]:
    """`count` questions of two parts, such as "What is the capital of France, and how many people live there?"."""
    return sentences(count, seed, "two_part", part)


def with_pause(count: int, seed: int, part: Part = "all") -> list[Paused]:
    """`count` sentences in which a speaker may stop to think, each with the place."""
    rng = _generator(seed)
    found: list[Paused] = []
    while len(found) < count:
        marked = draw(rng, None, part)
        places = pauses(marked)
        if places:
            found.append(Paused(strip(marked), rng.choice(places)))
    return found


def draw(rng: random.Random, kind: Kind | None = None, part: Part = "all") -> str:
    """One sentence, with `PAUSE` before each word where a speaker may stop."""
    while True:
        chosen = kind or rng.choices(KINDS, SHARES)[0]
        template = rng.choices(TEMPLATES[chosen], _WEIGHTS[chosen])[0]
        filled = _SLOT.sub(lambda slot: rng.choice(LISTS[slot[1]]), template)
        marked = filled[0].upper() + filled[1:]
        if part == "all" or is_held_out(strip(marked)) == (part == "held_out"):
            return marked


def salad(rng: random.Random, most: int = 5) -> str:
    """Up to `most` words in no order, written as a sentence: nothing but its sound tells them."""
    words = [rng.choice(_TELLABLE) for _ in range(rng.randint(1, most))]
    text = " ".join(words)
    return text[0].upper() + text[1:] + "."


def strip(marked: str) -> str:
    """The sentence without the marks of its pauses."""
    return " ".join(word for word in marked.split() if word != PAUSE)


def pauses(marked: str) -> list[int]:
    """Before which words of the stripped sentence the marks stand."""
    words = marked.split()
    return [place - words[:place].count(PAUSE) for place, word in enumerate(words) if word == PAUSE]


def is_held_out(sentence: str) -> bool:
    """Whether a model may be judged by this sentence and must not be trained with it. By the sentence alone.

    Sentences without a choice in them ("Stop.") are never held out: there is no other way to learn them.
    """
    return sentence not in FIXED and _number_of(sentence) % HELD_OUT_ONE_IN == 0


def spoken(sentence: str) -> str:
    """The sentence as a synthesiser should read it: times of day as two numbers."""
    return re.sub(r"\b(\d{1,2}):(\d{2})\b", r"\1 \2", sentence)


def _generator(seed: int) -> random.Random:
    return random.Random(seed)


def _number_of(sentence: str) -> int:
    return int(hashlib.md5(sentence.encode(), usedforsecurity=False).hexdigest(), 16)


def _distinct(count: int, seed: int, kind: Kind | None, part: Part) -> Iterator[str]:
    rng = _generator(seed)
    seen: set[str] = set()
    for _ in range(count):
        for _ in range(_PATIENCE):
            marked = draw(rng, kind, part)
            if strip(marked) not in seen:
                break
        seen.add(strip(marked))
        yield marked


def _weight(template: str) -> float:
    """Templates that can say more come more often, by the logarithm of how many sentences they hold."""
    return 1.0 + math.log2(math.prod(len(LISTS[slot]) for slot in _SLOT.findall(template))) / 3


def _vocabulary() -> tuple[str, ...]:
    texts = [_SLOT.sub(" ", template) for templates in TEMPLATES.values() for template in templates]
    texts += [entry for slot, entries in LISTS.items() if slot not in NUMBERS for entry in entries]
    found = {word.rstrip("'-:") for text in texts for word in _WORD.findall(text)}
    names = {word for word in found if word in NAMES or word == "I" or word.startswith("I'")}
    plain = {word.lower() for word in found if word not in names and not word[0].isdigit()}
    return tuple(sorted(names | plain)) + tuple(str(number) for number in range(101))


_WEIGHTS = {kind: [_weight(template) for template in templates] for kind, templates in TEMPLATES.items()}
FIXED = frozenset(
    strip(template) for templates in TEMPLATES.values() for template in templates if not _SLOT.search(template)
)
"""The sentences without a choice in them."""
_HOMOPHONES = frozenset(
    [
        "A",
        "a",
        "an",
        "B",
        "be",
        "by",
        "C",
        "E",
        "for",
        "know",
        "Moon",
        "of",
        "one",
        "our",
        "sea",
        "see",
        "the",
        "to",
        "too",
        "write",
    ]
)
"""Words that sound like another one or like nothing much: what they are, only a sentence tells."""
VOCABULARY = _vocabulary()
"""Every word that the sentences hold, names with their capitals, and the numbers from 0 to 100."""
_TELLABLE = tuple(word for word in VOCABULARY if word not in _HOMOPHONES)
