"""How one asks for a sum: "what is ...", "calculate ...", "... equals what". What the sum is, the parser finds out."""

from __future__ import annotations

import re
from typing import Literal

How = Literal["command", "question", "bare"]
"""Whether it was said that something be worked out, asked what something is, or neither."""

_COMMAND = re.compile(
    r"(?:calculate|compute|work out|figure out|evaluate|solve|do the math(?: for| on)?"
    r"|what do (?:you|i|we) get (?:if|when) (?:you|i|we)|what is the (?:result|answer|value) (?:of|to|for)"
    r"|(?:give me )?the (?:result|answer) (?:of|to)|how much do i get if i)[ :,]+(?:what (?:is )?)?"
)
_QUESTION = re.compile(
    r"(?:what is|what are|what does|what do|what would|what will|what was|whats|how much is|how much are|how much would"
    r"|how much does|how much|give me|find)[ :,]+(?:what (?:is )?)?"
)
_ENDINGS = (
    *(
        " is equal to",
        " equal to",
        " come to",
        " comes to",
        " add up to",
        " adds up to",
        " equals what",
        " is how much",
    ),
    *(" is what", " equals", " equal", " makes", " make", " give", " be", " is", " are", "="),
)


def sum_of(asked: str) -> tuple[str, How]:
    """The words of the sum in a tidy request, and how it was asked for."""
    command = _COMMAND.match(asked)
    led = command or _QUESTION.match(asked)
    how: How = "command" if command else "question" if led else "bare"
    core = asked[led.end() :] if led else asked
    for ending in _ENDINGS:
        if core.endswith(ending):
            core = core.removesuffix(ending).removeprefix("what ").rstrip(" ,")
            return core, "question" if how == "bare" and asked.startswith("what ") else how
    return core, how
