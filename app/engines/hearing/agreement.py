"""Which words of a growing hypothesis are fixed: those that several successive hypotheses agree on.

LocalAgreement of Liu et al. 2020, Low-Latency Sequence-to-Sequence Speech Recognition and Translation by Partial
Hypothesis Selection, as used for Whisper by Macháček et al. 2023. What is fixed stays, to the letter: later hypotheses
are made to begin with it. Knows no engine and no time.

A word comes with the space before it, so that the words of a text, joined, are the text; where a script writes no
spaces each character counts as a word.
"""

from __future__ import annotations

import re
from collections import deque

Words = tuple[str, ...]

_UNSPACED = "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff"
"""Thai, Lao, Burmese, Khmer, Japanese, Chinese."""
_WORD = re.compile(rf"\s*(?:[{_UNSPACED}]|[^\s{_UNSPACED}]+)")
_MARKS = re.compile(r"[^\w']+")


class Agreement:
    """Attributes: `fixed`, the words that will not change any more."""

    def __init__(self, hypotheses: int = 2, hold_back: int = 1) -> None:
        """A word is fixed when so many successive `hypotheses` have it, and the words before it, alike, and it is not
        among the last `hold_back` words of the newest one, whose sound may not be over yet."""
        self.fixed: Words = ()
        self._hold_back = hold_back
        self._seen: deque[Words] = deque(maxlen=hypotheses - 1)

    def add(self, hypothesis: Words) -> Words:
        """The next hypothesis, made to begin with what was fixed before it; `fixed` may grow."""
        words = beginning_with(self.fixed, hypothesis)
        if len(self._seen) == self._seen.maxlen:
            agreed = min([len(words) - self._hold_back, *(common(earlier, words) for earlier in self._seen)])
            if agreed > len(self.fixed):
                self.fixed = words[:agreed]
        self._seen.append(words)
        return words

    def leave(self, said: Words) -> Words:
        """A beginning of the utterance leaves the window: `said` is what was understood of it. Gives its words for
        good, which are the fixed ones as far as those go, and keeps the others fixed for what stays."""
        kept = 0 if len(said) >= len(self.fixed) else nearest_prefix(self.fixed, said)
        words = self.fixed[:kept] if kept else beginning_with(self.fixed, said)
        self.fixed = self.fixed[len(words) :]
        self._seen.clear()
        return words


def words_of(text: str) -> Words:
    return tuple(_WORD.findall(text.strip()))


def text_of(words: Words) -> str:
    return "".join(words).strip()


def bare(word: str) -> str:
    """`word` without case and punctuation; a word that is nothing else is itself."""
    return _MARKS.sub("", word.lower()) or word.strip()


def common(one: Words, other: Words) -> int:
    """How many words both begin with."""
    for number, (a, b) in enumerate(zip(one, other, strict=False)):
        if bare(a) != bare(b):
            return number
    return min(len(one), len(other))


def beginning_with(fixed: Words, words: Words) -> Words:
    """`words` with the beginning that is nearest to `fixed` replaced by it."""
    rest = words[len(fixed) if common(fixed, words) == len(fixed) else nearest_prefix(words, fixed) :]
    if fixed and len(rest) == len(words) and rest:
        rest = (f" {rest[0].lstrip()}", *rest[1:])
    return fixed + rest


def nearest_prefix(words: Words, to: Words) -> int:
    """How long a prefix of `words` is that differs the least (Levenshtein) from all of `to`. Among equals the one
    whose length is nearest to that of `to`: a word for a word."""
    row = list(range(len(words) + 1))  # row[j]: edits between what was read of `to` and the first j words
    for read, word in enumerate(to, 1):
        corner, row[0] = row[0], read
        for j, other in enumerate(words, 1):
            corner, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, corner + (bare(word) != bare(other)))
    return min(range(len(row)), key=lambda j: (row[j], abs(j - len(to)), -j))
