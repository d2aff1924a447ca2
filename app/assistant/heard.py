"""What later turns remember of an answer that was cut short: the words that were heard, as a person would quote them.

No mark such as "[interrupted]" is added: small models take it for a way of speaking and imitate it.
"""

from __future__ import annotations

import re

FRAGMENT_WORDS = 3
"""A begun sentence of fewer words says nothing; it is left out where whole sentences were heard before it."""

_SENTENCE_END = re.compile(r"[.!?…][\"'”’»)\]]*(?=\s|$)")


def quoted(heard: str, answer: str) -> str:
    """`heard`, the first words of `answer`, as the history holds them: whole, or trailing off with an ellipsis."""
    heard = heard.strip()
    if not heard or len(heard) >= len(answer.strip()):
        return heard
    ends = [found.end() for found in _SENTENCE_END.finditer(heard)]
    whole = heard[: ends[-1]] if ends else ""
    begun = heard[len(whole) :].strip()
    if not begun:
        return heard
    if whole and len(begun.split()) < FRAGMENT_WORDS:
        return whole
    return f"{heard.rstrip(' ,;:-–—')}…"
