"""What a correction changed, word by word, for those who show it. It compares wording; verdicts are made elsewhere."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

_EDGES = ".,;:!?\"'“”‘’«»()[]*_`…"
"""Around a word these do not make it another one; a minus, a percent or a currency sign does."""

_SHORT = 8
_SHARED = 0.3
"""Texts of more than `_SHORT` words of which less than this share stayed are rewritten: marks everywhere say nothing. A
choice of taste, made by looking at some twenty corrections."""

_LARGEST = 1_000_000
"""Product of the numbers of words that are compared at most, some tenths of a second in the worst case."""


@dataclass(frozen=True, slots=True)
class Change:
    """Words `first[old_from:old_to]` became `second[new_from:new_to]`; one of the two may be empty."""

    old_from: int
    old_to: int
    new_from: int
    new_to: int


def changes(first: Sequence[str], second: Sequence[str]) -> list[Change] | None:
    """The changes from the words of `first` to those of `second`, in order; None where it is a text of its own.

    Case and the punctuation around a word are no change. A single word that stayed between two changes belongs to them:
    pieces of one word are harder to read than a few words more.
    """
    if len(first) * len(second) > _LARGEST:
        return None
    matcher = SequenceMatcher(None, [_key(word) for word in first], [_key(word) for word in second], autojunk=False)
    kept = sum(block.size for block in matcher.get_matching_blocks())
    longest = max(len(first), len(second))
    if longest > _SHORT and kept < _SHARED * longest:
        return None
    found: list[Change] = []
    for tag, a, b, c, d in matcher.get_opcodes():
        if tag == "equal":
            continue
        last = found[-1] if found else None
        if last is not None and c - last.new_to <= 1 and last.old_to > last.old_from and last.new_to > last.new_from:
            found[-1] = Change(last.old_from, b, last.new_from, d)
        else:
            found.append(Change(a, b, c, d))
    return found


def in_words(first: str, second: str) -> str:
    """The changes as one line: "Lyon → Paris; new: the capital; gone: perhaps"; nothing where it is another text."""
    old, new = first.split(), second.split()
    parts = []
    for change in changes(old, new) or ():
        before, after = _phrase(old[change.old_from : change.old_to]), _phrase(new[change.new_from : change.new_to])
        if before and after:
            parts.append(f"{before} → {after}")
        elif after:
            parts.append(f"new: {after}")
        elif before:
            parts.append(f"gone: {before}")
    return "; ".join(parts)


def _key(word: str) -> str:
    return word.strip(_EDGES).casefold() or word


def _phrase(words: Sequence[str]) -> str:
    return " ".join(words).strip(_EDGES)
