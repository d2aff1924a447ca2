"""An utterance as commands are looked for in it: lower case, symbols in one form, without what is only politeness.

It takes away what changes nothing ("hey Duet, can you please tell me ...") and decides nothing.
"""

from __future__ import annotations

import re
from functools import lru_cache

LONGEST = 300
"""Characters. A longer text is no command, and its cost is bounded."""

_SYMBOLS = str.maketrans(
    {
        "’": "'",
        "‘": "'",
        "“": '"',
        "”": '"',
        "″": '"',
        "′": "'",
        "–": " to ",  # of ranges
        "—": " , ",
        "−": " - ",
        "×": " x ",
        "⋅": " * ",
        "·": " * ",
        "÷": " / ",
        "⁄": "/",
        "²": " squared ",
        "³": " cubed ",
        "√": " square root of ",
        "°": " degrees ",
        "º": " degrees ",
        "½": " 1/2 ",
        "¼": " 1/4 ",
        "¾": " 3/4 ",
        "⅓": " 1/3 ",
        "⅔": " 2/3 ",
        "…": " ",
    }
)
_SHORT_FORMS = (
    (re.compile(r"\b(what|how|when|where|who|that|it|there)(?:'s|s)\b(?<!its)(?<!hows)(?<!thats)"), r"\1 is"),
    (re.compile(r"\bwhat're\b"), "what are"),
    (re.compile(r"\bhow'd\b"), "how would"),
    (re.compile(r"\bi'd\b"), "i would"),
    (re.compile(r"\bi'm\b"), "i am"),
    (re.compile(r"(?<=[a-z])-(?=[a-z])"), " "),
    (re.compile(r"\bdegrees degrees\b"), "degrees"),
    (re.compile(r"\bper cent\b"), "percent"),
)
_LEADING = re.compile(
    r"(?:hey|hi|hello|ok|okay|alright|all right|so|and|then|well|uh|um|er|hm|hmm|please|now|also|quickly|duet|oh"
    r"|quick question|just|yes|yeah|thanks|thank you"
    r"|(?:can|could|would|will) you(?: please| quickly| just| maybe)?"
    r"(?: tell me| give me| find out| work out| figure out| calculate| help me(?: to)?| let me know)?"
    r"|would you mind telling me|do you (?:happen to )?know|please tell me|tell me|let me know"
    r"|i (?:would like|want|need|would love) (?:you )?to (?:know|tell me)|i (?:was|am) (?:just )?wondering|i wonder"
    r"|wondering|any idea)(?![a-z'])[ ,.:;!?-]*"
)
_TRAILING = (
    "please",
    "duet",
    "thanks",
    "thank you",
    "for me",
    "exactly",
    "if you can",
    "if you know",
    "would you",
    "could you",
    "can you",
    "do you know",
    "again",
    "then",
)


def tidy(text: str) -> str:
    """`text` in lower case, with symbols and short forms in one form and one space between; "" if it is too long."""
    if len(text) > LONGEST:
        return ""
    text = " ".join(text.lower().translate(_SYMBOLS).split())
    for pattern, form in _SHORT_FORMS:
        text = pattern.sub(form, text)
    return " ".join(text.split())


@lru_cache(maxsize=16)
def request(text: str) -> str:
    """What is asked for in `text`: `tidy`, without greetings, politeness, and punctuation at the ends."""
    text = tidy(text).strip(" \"'")
    while found := _LEADING.match(text):
        text = text[found.end() :]
    while True:
        shorter = text.rstrip(" ?!.,;:\"'")
        for word in _TRAILING:
            if shorter.endswith(f" {word}") or shorter.endswith(f",{word}"):
                shorter = shorter[: -len(word) - 1]
        if shorter == text:
            return text
        text = shorter
