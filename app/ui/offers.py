"""What can be done with a turn, and where that is offered. Knows no Qt, and does nothing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from app.ui.details import details
from app.ui.turns import ShownTurn

Wish = Literal["allow", "refuse", "stop", "other", "keep-first", "keep-second", "again", "copy", "details"]
Place = Literal["always", "near", "menu"]
"""In sight; in sight while the turn is pointed at or has the keyboard; only in its menu, which has all of them."""


@dataclass(frozen=True, slots=True)
class Offer:
    """One thing that can be done. `says` is on the button and in the menu, `hint` says more."""

    wish: Wish
    says: str
    hint: str = ""
    place: Place = "near"
    framed: bool = False


def offers(turn: ShownTurn, *, may_think: bool, other: bool, detailed: bool) -> tuple[Offer, ...]:
    """What is offered, in the order in which it stands there.

    may_think: the turn has the last answer, and nothing is under way. other, detailed: what of it is unfolded.
    """
    if turn.thinking:
        return (Offer("stop", "Stop", "Stop thinking again (Esc)", "always"),) if turn.answer else ()
    if turn.state == "answering":
        return ()
    return (*_consent(turn), *_revision(turn, other), *_more(turn, may_think, detailed))


def _consent(turn: ShownTurn) -> tuple[Offer, ...]:
    call = turn.asked
    if call is None or call.settled:
        return ()
    return (
        Offer("allow", "Allow", f"{call.question} Yes", "always", framed=True),
        Offer("refuse", "Don't", f"{call.question} No", "always", framed=True),
    )


def _revision(turn: ShownTurn, other: bool) -> tuple[Offer, ...]:
    if not turn.second:
        return ()
    first = Offer("keep-first", "Keep first", "From now on the first answer counts")
    verb = "Hide" if other else "Show"
    if turn.kept == "first":
        second = Offer("keep-second", "Keep second", "From now on the second answer counts")
        return Offer("other", f"{verb} second answer", place="always"), second
    shown = Offer("other", f"{verb} first answer", place="always")
    if turn.kept:
        return shown, first
    this = Offer("keep-second", "Keep this", "From now on the second answer counts alone")
    return (shown, first, this) if turn.verdict == "correct" else (first, this)


def _more(turn: ShownTurn, may_think: bool, detailed: bool) -> tuple[Offer, ...]:
    found = []
    if may_think:
        found.append(Offer("again", "Think again", "Have this answer thought over once more"))
    if details(turn):
        found.append(Offer("details", "Hide details" if detailed else "Show details", place="menu"))
    if turn.final:
        found.append(Offer("copy", "Copy answer", place="menu"))
    return tuple(found)
