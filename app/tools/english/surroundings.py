"""What may stand around something exact that is mentioned in a longer text, so that it still means the same.

"... of 12 times 7, and then" holds a sum; "12 times 7 years ago" does not.
"""

from __future__ import annotations

ENDS = frozenset({",", ".", "?", "!", ";", ":", ")", "(", '"', "'"})

BEFORE = frozenset(
    """of is are was be what calculate compute convert about know if whether that than to with from say like and or get
    equals answer result out just does do would by for in even only knows how much exactly on case
    roughly the why""".split()
)
"""Words after which a sum may begin."""

AFTER = frozenset(
    """aside is are was be and or but then in on for to as if when because so which that at per from with without more
    less before after again please now correctly dollars euros bucks would will can could should i we you by equals it
    into my out right exactly the have has than does do makes make hot cold warm enough too really actually""".split()
)
"""Words that may follow and count nothing: "12 times 7 apples" is of apples."""


def ends_here(after: str) -> bool:
    """Whether what was read ends before the token `after` ("" for the end of the text)."""
    return not after or after in ENDS or after in AFTER


def begins_here(before: str) -> bool:
    """Whether something exact may begin after the token `before` ("" for the start of the text)."""
    return not before or before in ENDS or before in BEFORE
