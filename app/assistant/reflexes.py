"""Commands that are obeyed at once and need no model. So far one: to be silent."""

from __future__ import annotations

import re

_SILENCE = re.compile(
    r"(?:(?:ok(?:ay)?|please|now|duet|no|oh|just|all right|alright|hey) )*"
    r"(?:stop|stop (?:it|that|talking|speaking|now|there)|be quiet|quiet|hush|shut up|silence"
    r"|(?:that's |that is )?enough|never ?mind|cancel(?: that)?|shush)"
    r"(?: (?:please|now|duet|thanks|thank you|stop))*"
)


def wants_silence(words: str) -> bool:
    """Whether `words`, and nothing else, tell the assistant to stop speaking."""
    return _SILENCE.fullmatch(plain(words)) is not None


def plain(words: str) -> str:
    """`words` in lower case without punctuation, one space between."""
    return " ".join(re.sub(r"[^\w' ]+", " ", words.lower()).split())
