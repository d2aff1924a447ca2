"""Which words of a growing hypothesis are fixed: those that several successive hypotheses agree on.

LocalAgreement of Liu et al. 2020, Low-Latency Sequence-to-Sequence Speech Recognition and Translation by Partial
Hypothesis Selection, as used for Whisper by Macháček et al. 2023. Words are compared without case and punctuation. What
is fixed stays: later hypotheses are made to begin with it. Knows no engine and no time.
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Sequence

Words = tuple[str, ...]

_MARKS = re.compile(r"[^\w']+")


class Agreement:
    """Attributes: `fixed`, the words that will not change any more."""

    def __init__(self, hypotheses: int = 2, hold_back: int = 1) -> None:
        """A word is fixed when so many successive `hypotheses` have it and the words before it alike, and it is not
        among the last `hold_back` words of the newest one."""
        self.fixed: Words = ()
        self._hypotheses = hypotheses
        self._hold_back = hold_back
        self._seen: deque[Words] = deque(maxlen=hypotheses - 1)

    def add(self, hypothesis: Sequence[str]) -> Words:
        """The next hypothesis, made to begin with what was fixed before it; `fixed` may grow."""
        words = beginning_with(self.fixed, hypothesis)
        agreed = max(0, len(words) - self._hold_back)
        for earlier in self._seen:
            agreed = min(agreed, common(earlier, words))
        if len(self._seen) == self._seen.maxlen and agreed > len(self.fixed):
            self.fixed = words[:agreed]
        self._seen.append(words)
        return words

    def fix(self, words: Sequence[str]) -> None:
        """Fix all `words`, which begin with what is fixed already."""
        self.fixed = tuple(words)


def common(one: Sequence[str], other: Sequence[str]) -> int:
    """How many words both begin with."""
    for number, (a, b) in enumerate(zip(one, other, strict=False)):
        if bare(a) != bare(b):
            return number
    return min(len(one), len(other))


def bare(word: str) -> str:
    """`word` without case and punctuation; a word that is nothing else is itself."""
    return _MARKS.sub("", word.lower()) or word


def beginning_with(fixed: Sequence[str], words: Sequence[str]) -> Words:
    """`words` with their beginning replaced by `fixed`, in the way that changes the fewest words (Levenshtein)."""
    if common(fixed, words) == len(fixed):
        return (*fixed, *words[len(fixed) :])
    # row[j]: edits between all of the fixed words read so far and the first j words.
    row = list(range(len(words) + 1))
    for read, word in enumerate(fixed, 1):
        corner, row[0] = row[0], read
        for j, other in enumerate(words, 1):
            corner, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, corner + (bare(word) != bare(other)))
    fewest = min(row)
    # Among equally good places the one nearest to the fixed words' own number: a word for a word.
    place = min((j for j, edits in enumerate(row) if edits == fewest), key=lambda j: (abs(j - len(fixed)), -j))
    return (*fixed, *words[place:])
