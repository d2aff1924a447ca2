"""What a way of deciding makes of turns that were heard: how long it waits at their ends, and which it cuts off.

Pure arithmetic on what `app.bench.endpointing.replay` noted, for the endpointer, which learns from turn to turn, and
for a fixed silence. A turn is cut off when speech goes on after the wait of any of its pauses was over.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from statistics import fmean, median

from app.assistant.endpointing import Endpointer, EndpointSettings, PauseHabits
from app.bench.endpointing.replay import Heard, Pause

JOIN_S = 1.0
"""Speech that goes on within this time after a commit joins the turn; the listener gives one answer to the whole."""

Session = Sequence[Heard]
"""What one speaker said, in order."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one turn.

    latency_s: from the true last sample to the commit. cut: speech went on after a commit, heard by the front end or
    not (then the latency is below 0). lost: it was heard to go on later than `JOIN_S` after it, so that nothing joins
    the parts.
    """

    heard: Heard
    latency_s: float
    cut: bool
    lost: bool


def adaptive(session: Session, settings: EndpointSettings | None = None, *, learn: bool = True) -> list[Outcome]:
    """The endpointer on one speaker's turns. It begins with no habits and learns as the listener would have it."""
    endpointer = Endpointer(PauseHabits(), settings)
    found = []
    for heard in session:
        waits = [endpointer.wait_s(pause.evidence).wait_s for pause in heard.pauses]
        if heard.end is not None:
            found.append(_outcome(heard, heard.end, waits))
        if learn:
            for pause, wait in zip(heard.pauses, waits, strict=True):
                inside = pause.length_s is not None and pause.length_s <= wait + JOIN_S
                endpointer.habits.add(pause.length_s or 0.0, inside)
    return found


def fixed(session: Session, silence_s: float) -> list[Outcome]:
    """A fixed silence on the same turns and the same front end."""
    return [_outcome(heard, heard.end, [silence_s] * len(heard.pauses)) for heard in session if heard.end is not None]


def _outcome(heard: Heard, end: Pause, waits: Sequence[float]) -> Outcome:
    over = [
        pause.length_s - wait
        for pause, wait in zip(heard.pauses, waits, strict=True)
        if pause.length_s is not None and pause.length_s > wait
    ]
    latency = end.at_s + waits[-1] - heard.turn.end_s
    return Outcome(heard, latency, bool(over) or latency < 0.0, any(late > JOIN_S for late in over))


def silence_for(sessions: Iterable[Session], latency_s: float, mean: bool = False) -> float:
    """The fixed silence that commits after `latency_s` in the median, or on average."""
    late = [heard.end.at_s - heard.turn.end_s for session in sessions for heard in session if heard.end is not None]
    return latency_s - (fmean(late) if mean else median(late))


def silence_for_share(sessions: Sequence[Session], share: float) -> float:
    """The shortest fixed silence, to 10 ms, that cuts off at most `share` of the turns."""
    for hundredths in range(6, 400):
        outcomes = [outcome for session in sessions for outcome in fixed(session, hundredths / 100)]
        if share_of(outcomes, _cut) <= share:
            return hundredths / 100
    raise ValueError(f"no silence below 4 s cuts off at most {share:.1%} of these turns")


def share_of(outcomes: Sequence[Outcome], true: Callable[[Outcome], bool]) -> float:
    """Of the outcomes, 0 to 1; 0 for none."""
    return sum(map(true, outcomes)) / len(outcomes) if outcomes else 0.0


def _cut(outcome: Outcome) -> bool:
    return outcome.cut
