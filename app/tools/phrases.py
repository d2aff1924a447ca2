"""What the intents of the built-in tools share: a command without its courtesies, and patterns for whole utterances.

Letters keep their case, since a note or a label is taken as it was said. Knows no tool.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

MOST_CHARACTERS = 500
"""Nothing longer is a command; it also bounds what a pattern can cost."""

_BEFORE = re.compile(
    r"(?:(?:hey|hi|hello|ok|okay|alright|all right|so|well|um|uh|please|kindly|just|duet|now|"
    r"(?:could|can|would|will) you(?: please| kindly| just)?|i(?: want|'d like| would like| need) you to)\b[,.!]?\s+)+",
    re.IGNORECASE,
)
_AFTER = re.compile(r"(?:[\s,]+(?:please|thanks|thank you|duet))+$", re.IGNORECASE)


def command(text: str) -> str:
    """`text` on one line without courtesies and final punctuation; empty if it is too long to be a command."""
    if len(text) > MOST_CHARACTERS:
        return ""
    said = " ".join(text.replace("\u2019", "'").split()).rstrip(".!?… ")
    said = _AFTER.sub("", said).rstrip(".!?… ,")
    return _BEFORE.sub("", said, count=1) if _BEFORE.match(said) else said


_FILLER = re.compile(r"^(?:the|my|our|your|a|an|some)\s+(?=\S)", re.IGNORECASE)
_MINE = {"my": "your", "me": "you", "i": "you", "mine": "yours"}


def searchable(words: str) -> str:
    """What to look for where the user says "the boiler" or "my sister"."""
    return _FILLER.sub("", words.strip(" ,'\""))


def turned(words: str) -> str:
    """The user's words as they are said to the user: "my sister" becomes "your sister"."""
    return re.sub(r"\b(?:my|me|i|mine)\b", lambda found: _MINE[found[0].lower()], words, flags=re.IGNORECASE)


Patterns = Sequence[re.Pattern[str]]


def patterns(*sources: str) -> Patterns:
    """For whole utterances in any case; a space stands for any one space."""
    return tuple(re.compile(source, re.IGNORECASE) for source in sources)


def first(said: str, whole: Patterns) -> re.Match[str] | None:
    """How the first of the patterns matches all of `said`; None if none does."""
    return next((found for pattern in whole if (found := pattern.fullmatch(said)) is not None), None)
