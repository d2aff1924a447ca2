"""From what a user types into a search field to a question that SQLite understands. Nothing a user types is syntax."""

from __future__ import annotations

import re

_WORD = re.compile(r"[^\W_]+")
# Thai to Myanmar, Khmer, kana and Han write words without spaces, so the index has whole sentences as one word.
_NO_SPACES = re.compile("[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff]")
_MOST_WORDS = 32
_SHORTEST_PREFIX = 2


def match_expression(text: str) -> str | None:
    """The FTS5 expression for turns that have all words of `text`, the last one perhaps only begun.

    None if the index cannot answer: there is no word in `text`, or its script has no spaces between words.
    """
    words = _WORD.findall(text)[:_MOST_WORDS]
    if not words or _NO_SPACES.search(text):
        return None
    terms = [f'"{word}"' for word in words]
    if len(words[-1]) >= _SHORTEST_PREFIX:
        terms[-1] += "*"
    return " ".join(terms)


def excerpt(text: str, wanted: str, width: int = 80) -> str:
    """The passage of `text` around the first `wanted`, on one line."""
    at = max(text.find(wanted), 0)
    start = max(at - width // 2, 0)
    passage = " ".join(text[start : start + width].split())
    return ("…" if start else "") + passage + ("…" if start + width < len(text) else "")
