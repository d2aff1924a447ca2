"""Commands to the assistant itself, which need neither a model nor a tool: be silent, think again, yes and no."""

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


_AGAIN = re.compile(
    r"(?:(?:ok(?:ay)?|please|duet|no|well|hey|could you|can you) )*"
    r"(?:think again|think (?:about )?(?:it|that|this) (?:over|through|over again|again)|think about (?:it|that) again|"
    r"think harder|are you sure(?: about (?:it|that))?|check (?:it|that)(?: again)?|double check(?: (?:it|that))?)"
    r"(?: (?:please|now|duet))*"
)


def wants_second_thought(words: str) -> bool:
    """Whether `words`, and nothing else, ask for the last answer to be thought over again."""
    return _AGAIN.fullmatch(plain(words)) is not None


_POLITE = r"(?: (?:please|thanks|thank you|duet|now|then))*"
_YES = re.compile(
    rf"(?:yes|yeah|yep|yup|sure|ok(?:ay)?|of course|certainly|please|please do|go ahead|do it|do that|go on|allow it|"
    rf"you may|right|yes (?:you may|go ahead|do it|do that|please do|of course|sure)|(?:ok(?:ay)? |sure )go ahead)"
    rf"{_POLITE}"
)
_NO = re.compile(
    rf"(?:no|nope|nah|don't|do not|don't do (?:it|that)|better not|rather not|not now|leave it|never ?mind|cancel|"
    rf"cancel (?:it|that)|stop|no (?:don't|leave it|never ?mind|not now|you may not)){_POLITE}"
)


def consent(words: str) -> bool | None:
    """Whether `words` are a yes or a no and nothing else, as the answer to a question."""
    said = plain(words)
    if _YES.fullmatch(said):
        return True
    return False if _NO.fullmatch(said) else None


def plain(words: str) -> str:
    """`words` in lower case without punctuation, one space between."""
    return " ".join(re.sub(r"[^\w' ]+", " ", words.lower()).split())
